/* Makes the second module of the labs: the same sources, by the page's own compiler, with the kernels built for relaxed
 * SIMD. There a multiplication and an addition may be fused and rounded once instead of twice: faster where the
 * processor adds and multiplies in the same units, and other last digits than laymanz.wasm. Same exports, and imports
 * that the same loader gives.
 * Of what was compiled for challenges (library.mjs) the library is used again; kernels and labs are compiled for this.
 * Usage: node relaxed.mjs --out FILE */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labsArchive, libraryFiles } from './library.mjs';
import { loadCompiler } from './node.mjs';
import { filesUnder, Objects } from './objects.mjs';
import { option } from './options.mjs';
import { labLinkFlags, relaxedFlags, runTool, smallFlags } from './tools.js';

const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const cache = join(root, 'build/compiler-objects');

/** @returns {Promise<Record<string, Uint8Array>>} the kernels' objects, by a name for the linker */
async function kernels() {
  const objects = new Objects(root, join(cache, 'relaxed'), relaxedFlags);
  /** @type {Record<string, Uint8Array>} */
  const made = {};
  for (const path of filesUnder(root, 'src/ml/kernels', ['.c']))
    made[`${path.replaceAll('/', '-').slice(0, -2)}.o`] = await objects.compile(path);
  objects.prune();
  return made;
}

/** The first definition wins: relaxed kernels stand before the library's own. */
async function linked() {
  const [labs, library] = ['liblabs.a', 'libml.a'];
  const files = {
    ...(await kernels()),
    [labs]: await labsArchive(join(cache, 'small-labs'), smallFlags),
    [library]: /** @type {Uint8Array} */ ((await libraryFiles(join(cache, 'library'))).get('usr/lib/laymanz/libml.a')),
  };
  const { llvm, system } = await loadCompiler();
  const command = [...labLinkFlags(Object.keys(files), 'a.wasm'), '--strip-all'];
  const { err, read } = runTool(llvm, [system], command, files);
  const wasm = read('a.wasm');
  if (!wasm) throw new Error(`the relaxed module could not be linked: ${err}`);
  return wasm;
}

writeFileSync(option('out'), await linked());
