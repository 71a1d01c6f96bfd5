/* The compiler in Node, from the installed package: for building the site and for tests. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FileLayer } from './wasi.js';
import { untar } from './tar.mjs';

const packageFolder = new URL('../node_modules/@yowasp/clang/', import.meta.url);

/** @param {string} name */
export const packagePath = (name) => fileURLToPath(new URL(name, packageFolder));

/** @returns {string} the pinned version, as its package says */
export const compilerVersion = () => JSON.parse(readFileSync(packagePath('package.json'), 'utf8')).version;

/* What a C program for wasm32-wasip1 needs of the 30 MB: clang's own headers, the C library's, and its objects. */
const CLANG_HEADER = new RegExp(
  '^include/(__std|__float|float\\.h|inttypes|iso646|limits|stdalign|stdarg|stdatomic' +
    '|stdbool|stdckdint|stdcountof|stddef|stdint|stdnoreturn|tgmath|unwind|varargs|wasm_simd128|builtins)',
);
const SYSTEM_HEADER = /^include\/wasm32-wasip1\/(?!c\+\+|arpa|netinet|netpacket|wasi\/wasip[23])/;
const SYSTEM_OBJECT = new RegExp(
  '^lib/wasm32-(unknown-)?wasip1/' +
    '(crt1-reactor\\.o|libc\\.a|libm\\.a|libclang_rt\\.builtins\\.a|libc-printscan-long-double\\.a)$',
);

/** @returns {Map<string, Uint8Array>} headers and libraries, by path */
export function systemFiles() {
  const files = new Map();
  for (const [name, bytes] of untar(readFileSync(packagePath('gen/llvm-resources.tar'))))
    if (CLANG_HEADER.test(name) || SYSTEM_HEADER.test(name) || SYSTEM_OBJECT.test(name))
      files.set(`usr/${name}`, bytes);
  return files;
}

/** @returns {Promise<{llvm: WebAssembly.Module, system: FileLayer}>} */
export async function loadCompiler() {
  const llvm = await WebAssembly.compile(readFileSync(packagePath('gen/llvm.core.wasm')));
  return { llvm, system: new FileLayer(systemFiles()) };
}
