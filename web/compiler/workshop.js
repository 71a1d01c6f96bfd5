/* What the compile worker does, and the tests do in Node: from a learner's text to diagnostics, to a module with the
 * challenge's checks, and from a trap in it to a line. */
import { functionsFrom, withCounters } from './count.js';
import { definesMain, diagnose, explainLink } from './diagnostics.js';
import {
  checkedFlags,
  drivingFlags,
  fastFlags,
  fastLinkFlags,
  labLinkFlags,
  linkFlags,
  runTool,
  syntaxFlags,
} from './tools.js';
import { codeStart, explainTrap } from './traps.js';
import { compilerWorkshop as strings } from '../strings/strings.js';

/** @typedef {import('./diagnostics.js').Diagnostic} Diagnostic */
/** @typedef {import('./traps.js').Trap} Trap */

/**
 * @typedef {object} Build
 * @property {Diagnostic[]} diagnostics
 * @property {string[]} problems sentences of the linker's; empty when all is well
 * @property {Uint8Array | null} wasm null if there is an error
 * @property {number} ms that it took
 */

const FILE = 'main.c';
const MAX_SOURCE = 1 << 20;
const TOO_LONG = strings.yourFileIsLonger;
const GAVE_UP = strings.theCompilerItselfFailed;
/* By the order, a definition of the learner's wins over one of the library's. */
const LIBML = '/usr/lib/laymanz/libml.a';
const LIBRARY = ['/usr/lib/laymanz/guard.o', LIBML];
const PROGRAM = ['main.o', 'checks.o', '/usr/lib/laymanz/check.o', '/usr/lib/laymanz/wasm.o'];
const LINKED = [...PROGRAM, ...LIBRARY];
const LINKED_FAST = [...PROGRAM, LIBML];
const LINKED_LAB = ['/usr/lib/laymanz/prints.o', LIBML];

/* Touches what learners' files touch, so that the engine has compiled those parts of the compiler before they run. */
const WARM_UP = `#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ml.h>
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
float warm(const float *x, size_t n, int *order) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        for (int j = 0; j < 3; j++) sum += sqrt((double)x[i] * j) / (j + 1);
        if (x[i] > 2.0f && order[i] % 3 == 1) order[i] = (int)x[i];
    }
    qsort(order, n, sizeof *order, compare);
    double *copy = malloc(n * sizeof *copy);
    if (copy == NULL) return NAN;
    memcpy(copy, x, n);
    printf("%f\\n", sum);
    free(copy);
    return (float)sum;
}`;

export class Workshop {
  /**
   * @param {WebAssembly.Module} llvm
   * @param {import('./wasi.js').FileLayer[]} layers the system's files and the library's
   */
  constructor(llvm, layers) {
    this.llvm = llvm;
    this.layers = layers;
  }

  /**
   * @param {string[]} command
   * @param {Record<string, Uint8Array | string>} files
   */
  #run(command, files) {
    return runTool(this.llvm, this.layers, command, files);
  }

  /** Compiles something once, because the first time is slow: engines compile the compiler as it is used. */
  warmUp() {
    this.check(WARM_UP);
    const compiled = this.#run(checkedFlags(FILE, 'main.o'), { [FILE]: WARM_UP });
    const object = compiled.read('main.o');
    if (object) this.#run(linkFlags(['main.o', ...LIBRARY], 'a.wasm'), { 'main.o': object });
  }

  /**
   * Diagnostics only, for while the learner types.
   * @param {string} text
   * @returns {Diagnostic[]}
   */
  check(text) {
    if (text.length > MAX_SOURCE) return [];
    return diagnose(this.#run(syntaxFlags(FILE), { [FILE]: text }).err, text, FILE);
  }

  /**
   * Compiles a learner's text in checked mode and links it with a challenge's checks.
   * @param {string} text
   * @param {Uint8Array} checks the object of checks.c
   * @param {string} expected the declaration of what the checks call
   * @returns {Build}
   */
  build(text, checks, expected) {
    const start = performance.now();
    const { diagnostics = [], problems = [], wasm = null } = this.#compileAndLink(text, checks, expected);
    return { diagnostics, problems, wasm, ms: performance.now() - start };
  }

  /**
   * @param {string} text
   * @param {Uint8Array} checks
   * @param {string} expected
   * @returns {Partial<Build>}
   */
  #compileAndLink(text, checks, expected) {
    const { object, ...told } = this.#compile(text, checkedFlags(FILE, 'main.o'));
    if (!object) return told;
    const files = { 'main.o': object, 'checks.o': checks };
    return { ...told, ...this.#link(linkFlags(LINKED, 'a.wasm'), files, expected, 'checks') };
  }

  /**
   * The learner's function linked in front of the library's, with all labs: which of them it drives, the page knows.
   * @param {string} text
   * @param {Uint8Array | null} drive the object of the challenge's drive.c, if it has one
   * @param {Uint8Array} labs liblabs.a (library.mjs)
   * @param {string} expected the declaration of what the lab, or drive.c, calls
   * @returns {Build} its module is a lab's: src/wasm/exports.c
   */
  drive(text, drive, labs, expected) {
    const start = performance.now();
    const { object, ...told } = this.#compile(text, drivingFlags(FILE, 'main.o'));
    /** @type {Partial<Build>} */
    let linked = {};
    if (object) {
      const files = { 'main.o': object, ...(drive && { 'drive.o': drive }), 'liblabs.a': labs };
      linked = this.#link(labLinkFlags([...Object.keys(files), ...LINKED_LAB], 'a.wasm'), files, expected, 'lab');
    }
    return { diagnostics: [], problems: [], wasm: null, ...told, ...linked, ms: performance.now() - start };
  }

  /**
   * @param {string} text
   * @param {string[]} command that makes main.o
   * @returns {Pick<Partial<Build>, 'diagnostics' | 'problems'> & {object?: Uint8Array}} no object: it is wrong
   */
  #compile(text, command) {
    if (text.length > MAX_SOURCE) return { problems: [TOO_LONG] };
    let compiled;
    try {
      compiled = this.#run(command, { [FILE]: text });
    } catch {
      return { problems: [GAVE_UP] }; /* clang is a program with a stack of its own, and can run out of it */
    }
    const diagnostics = diagnose(compiled.err, text, FILE);
    const object = compiled.read('main.o');
    if (compiled.code !== 0 || !object) {
      const told = diagnostics.some(({ severity }) => severity === 'error');
      return { diagnostics, problems: told ? [] : [GAVE_UP] };
    }
    return { diagnostics, object };
  }

  /**
   * @param {string[]} command that makes a.wasm
   * @param {Record<string, Uint8Array>} files
   * @param {string} expected
   * @param {import('./diagnostics.js').Caller} caller
   * @returns {Pick<Build, 'problems' | 'wasm'>}
   */
  #link(command, files, expected, caller) {
    const linked = this.#run(command, files);
    const problems = linked.err === '' ? [] : explainLink(linked.err, expected, caller);
    problems.push(...definesMain(linked.out, caller));
    return { problems, wasm: linked.code === 0 && problems.length === 0 ? linked.read('a.wasm') : null };
  }

  /**
   * A text that has passed its checks, compiled for speed: for what it costs (cost.js).
   * @param {string} text
   * @param {Uint8Array} checks
   * @returns {import('./cost.js').FastBuild | null}
   */
  buildFast(text, checks) {
    const object = this.#run(fastFlags(FILE, 'main.o'), { [FILE]: text }).read('main.o');
    if (!object) return null;
    const command = [...fastLinkFlags(LINKED_FAST, 'a.wasm'), '--Map=a.map'];
    const { read } = this.#run(command, { 'main.o': object, 'checks.o': checks });
    const plain = read('a.wasm'),
      map = read('a.map');
    if (!plain || !map) return null;
    return { plain, counting: withCounters(plain, functionsFrom(new TextDecoder().decode(map), 'main.o')) };
  }

  /**
   * @param {Trap} trap
   * @param {Uint8Array} wasm the module that trapped
   */
  explain(trap, wasm) {
    return explainTrap(trap, this.#frames(trap.offsets, wasm), FILE);
  }

  /**
   * @param {number[]} offsets
   * @param {Uint8Array} wasm
   * @returns {import('./traps.js').Frame[]} innermost first, inlined calls included
   */
  #frames(offsets, wasm) {
    if (offsets.length === 0) return [];
    const start = codeStart(wasm);
    const addresses = offsets.map((offset) => `0x${(offset - start).toString(16)}`);
    const { out } = this.#run(['symbolizer', '--obj=a.wasm', '--output-style=JSON', ...addresses], { 'a.wasm': wasm });
    return JSON.parse(out).flatMap((/** @type {{Symbol?: any[]}} */ address) => address.Symbol ?? []);
  }
}
