/* Makes what every challenge is linked with, by the page's own compiler: one gzipped pack (packs.js) of the library,
 * its headers and the part of the checks that all challenges share.
 *     library-HASH.0.bin
 *     library.json         which piece it is
 * Usage: node library.mjs --out FOLDER */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesUnder, Objects } from './objects.mjs';
import { option } from './options.mjs';
import { writePieces } from './pack.mjs';
import { pack } from './packs.js';

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/**
 * The files that the library adds to the system's: what a learner includes, and what their object is linked with.
 * @param {string} cache a folder for what was compiled before
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function libraryFiles(cache) {
  const objects = new Objects(root, cache);
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  for (const path of filesUnder(root, 'src/ml', ['.h']))
    files.set(path.replace(/^src\/ml/, 'usr/include/laymanz'), readFileSync(join(root, path)));
  files.set('usr/lib/laymanz/check.o', await objects.compile('src/checks/check.c'));
  files.set('usr/lib/laymanz/guard.o', await objects.compile('src/checks/guard.c'));
  files.set('usr/lib/laymanz/prints.o', await objects.compile('src/checks/prints.c'));
  files.set('usr/lib/laymanz/wasm.o', await objects.compile('src/checks/wasm.c'));
  files.set('usr/lib/laymanz/libml.a', await objects.archive(filesUnder(root, 'src/ml', ['.c'])));
  objects.prune();
  return files;
}

/**
 * The labs and what the page calls of them, to be linked with a learner's function in front of the library's: liblabs.a.
 * It is not part of the compiler's download.
 * @param {string} cache
 * @param {ConstructorParameters<typeof Objects>[2]} [flags]
 * @returns {Promise<Uint8Array>}
 */
export async function labsArchive(cache, flags) {
  const objects = new Objects(root, cache, flags);
  const archive = await objects.archive([
    ...filesUnder(root, 'src/labs', ['.c']),
    'build/gen/labs.c' /* their list, as make has written it for laymanz.wasm */,
    'src/wasm/exports.c',
  ]);
  objects.prune();
  return archive;
}

/** @param {string} out */
async function makeLibrary(out) {
  mkdirSync(out, { recursive: true });
  const files = await libraryFiles(`${out}-objects/library`);
  const json = `${JSON.stringify({ library: writePieces(out, 'library', pack(files)) }, null, 1)}\n`;
  const listed = join(out, 'library.json');
  if (!existsSync(listed) || readFileSync(listed, 'utf8') !== json) writeFileSync(listed, json);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await makeLibrary(option('out'));
