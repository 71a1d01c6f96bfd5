/* Makes what the page downloads as its C compiler, from the pinned package:
 *     clang-HASH.0.bin, .1.bin, ...   the gzipped WebAssembly module, in pieces
 *     system-HASH.0.bin               the gzipped pack (packs.js) of headers and libraries of a C program
 *     manifest.json                   which pieces there are
 *     NOTICES.txt                     whose work it is
 * Hosts differ: some refuse files above 25 MB, some compress .wasm and some do not, some unpack .gz. Gzipped pieces of
 * at most 8 MB with a neutral suffix mean the same on all of them. The hash is in the name, so that a browser keeps a
 * piece for as long as it is in use, and a new version of the site does not fetch it again.
 *
 * Usage: node pack.mjs --out FOLDER */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { compilerVersion, packagePath, systemFiles } from './node.mjs';
import { option } from './options.mjs';
import { pack } from './packs.js';

const PIECE_BYTES = 8_000_000;

/** @typedef {import('./loader.js').Download} Download */

/** @param {Uint8Array} data */
const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * Writes `data`, gzipped, in pieces.
 * @param {string} folder
 * @param {string} name
 * @param {Uint8Array} data
 * @returns {Download}
 */
export function writePieces(folder, name, data) {
  const packed = gzipSync(data, { level: 9 });
  const hash = sha256(packed).slice(0, 12);
  for (const old of readdirSync(folder))
    if (old.startsWith(`${name}-`) && old.endsWith('.bin')) rmSync(join(folder, old));
  /** @type {Download['pieces']} */
  const pieces = [];
  for (let at = 0; at < packed.length; at += PIECE_BYTES) {
    const piece = packed.subarray(at, at + PIECE_BYTES);
    const file = `${name}-${hash}.${pieces.length}.bin`;
    writeFileSync(join(folder, file), piece);
    pieces.push({ file, bytes: piece.length, sha256: sha256(piece) });
  }
  return { pieces, bytes: packed.length };
}

/** What the result depends on: the package, and how it is packed. */
function recipe() {
  const hash = createHash('sha256').update(compilerVersion());
  for (const file of ['pack.mjs', 'packs.js', 'node.mjs', 'NOTICES.txt'])
    hash.update(readFileSync(new URL(file, import.meta.url)));
  return hash.digest('hex').slice(0, 12);
}

/** @param {string} out */
function packCompiler(out) {
  const manifestFile = join(out, 'manifest.json'),
    made = recipe();
  if (existsSync(manifestFile) && JSON.parse(readFileSync(manifestFile, 'utf8')).recipe === made) return;
  mkdirSync(out, { recursive: true });
  const clang = writePieces(out, 'clang', readFileSync(packagePath('gen/llvm.core.wasm')));
  const system = writePieces(out, 'system', pack(systemFiles()));
  copyFileSync(new URL('NOTICES.txt', import.meta.url), join(out, 'NOTICES.txt'));
  const clangVersion = parseInt(compilerVersion(), 10); /* the package's major version is clang's */
  writeFileSync(manifestFile, `${JSON.stringify({ recipe: made, clangVersion, clang, system }, null, 1)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) packCompiler(option('out'));
