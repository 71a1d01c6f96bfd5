/* Runs the checks of a module: what the run worker does, and the tests do in Node. It runs to the end of an endless
 * loop, so whoever calls it must be able to stop it from outside. */
import { Output } from './output.js';
import { trapOf } from './traps.js';
import { Wasi, WasiExit } from './wasi.js';
import { compilerRunner as strings } from '../strings/strings.js';

/** @typedef {import('./traps.js').Trap} Trap */

/**
 * @typedef {{type: 'start', index: number}} Started
 * @typedef {import('./output.js').Printed & {index: number}} Printed what the program printed, in order
 * @typedef {import('./output.js').Cut & {index: number}} Cut the program printed more than is shown
 * @typedef {object} Verdict
 * @property {'verdict'} type
 * @property {number} index of the check
 * @property {boolean} passed
 * @property {string} message why not, when it is a sentence of the check's or of ours
 * @property {string} input what went in, for the sentence about a trap
 * @property {Trap | null} trap
 * @property {Leaks | null} leaks of a check that passed
 * @property {number} ms
 * @typedef {{blocks: number, bytes: number, trap: Trap | null}} Leaks the trap leads to where the first was allocated
 * @typedef {Started | Printed | Cut | Verdict} RunEvent
 */

const MOST_MS_TO_REPEAT = 1000; /* a longer check is not run again to learn where it allocates */

/**
 * @param {WebAssembly.Instance} instance
 * @param {number} address of a NUL-terminated text
 */
function textAt(instance, address) {
  const heap = new Uint8Array(/** @type {WebAssembly.Memory} */ (instance.exports.memory).buffer);
  return new TextDecoder().decode(heap.subarray(address, heap.indexOf(0, address)));
}

/**
 * @param {WebAssembly.Module} module
 * @param {(stream: number, bytes: Uint8Array) => void} output
 */
function instantiate(module, output) {
  const wasi = new Wasi({ output, makesFiles: false });
  const instance = new WebAssembly.Instance(module, wasi.importsFor(module));
  wasi.attach(instance.exports);
  return { instance, call: /** @type {Record<string, Function>} */ (/** @type {unknown} */ (instance.exports)) };
}

/**
 * The checks that a module holds.
 * @param {WebAssembly.Module} module
 * @returns {{name: string, sentence: string, hidden: boolean}[]}
 */
export function listChecks(module) {
  const { instance, call } = instantiate(module, () => {});
  return Array.from({ length: call.checks_count() }, (_, i) => ({
    name: textAt(instance, call.checks_name(i)),
    sentence: textAt(instance, call.checks_sentence(i)),
    hidden: call.checks_hidden(i) === 1,
  }));
}

/**
 * What the address guard says of the trap, if it was the guard's (src/checks/guard.c: six words).
 * @param {ReturnType<typeof instantiate>} program
 * @returns {import('./traps.js').AddressFault | null}
 */
function addressFault({ instance, call }) {
  const { buffer } = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
  const [kind, at, bytes, write, block, blockBytes] = new Uint32Array(buffer, call.guard_report(), 6);
  return kind === 0 ? null : { kind, at, bytes, write: write === 1, block, blockBytes };
}

/**
 * Something that went wrong in the check itself: the learner's code ended it.
 * @param {any} error
 * @param {ReturnType<typeof instantiate>} program
 */
function ended(error, { instance, call }) {
  const pointer = /** @type {WebAssembly.Global | undefined} */ (instance.exports.__stack_pointer)?.value;
  let input = '';
  try {
    input = textAt(instance, call.checks_input());
  } catch {
    /* Its memory is past telling. */
  }
  if (error instanceof WasiExit)
    return {
      message: strings.yourCodeCallsExit(error.code),
      input,
      trap: null,
    };
  return { message: '', input, trap: trapOf(error, pointer, addressFault({ instance, call })) };
}

/**
 * What the check has left behind of what malloc gave (src/checks/guard.c: three words).
 * @param {ReturnType<typeof instantiate>} program
 */
function leaksOf({ instance, call }) {
  const at = call.guard_leaks(); /* before the buffer is asked for */
  const { buffer } = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
  const [blocks, bytes, first] = new Uint32Array(buffer, at, 3);
  return { blocks, bytes, first };
}

/**
 * Who allocated the first block that was left: runs the check once more, up to there.
 * @param {WebAssembly.Module} module
 * @param {number} index
 * @param {number} number of the allocation
 * @returns {Trap | null}
 */
function trapAtAllocation(module, index, number) {
  const { call } = instantiate(module, () => {});
  try {
    call._initialize();
    call.guard_stop_at(number);
    call.checks_run(index);
  } catch (error) {
    return trapOf(error, undefined, null);
  }
  return null;
}

/**
 * One check, in an instance of its own: fresh memory, fresh statics.
 * @param {WebAssembly.Module} module
 * @param {number} index
 * @param {Output} output
 * @returns {Verdict}
 */
function runCheck(module, index, output) {
  const start = performance.now();
  output.begin();
  const program = instantiate(module, (stream, bytes) => output.write(stream, bytes));
  /** @type {{passed: boolean, message: string, input: string, trap: Trap | null, leaks: Leaks | null}} */
  const verdict = { passed: false, message: '', input: '', trap: null, leaks: null };
  try {
    program.call._initialize();
    verdict.passed = program.call.checks_run(index) === 1;
    if (!verdict.passed) verdict.message = textAt(program.instance, program.call.checks_told());
    else {
      const { first, ...left } = leaksOf(program);
      const again = left.blocks > 0 && performance.now() - start < MOST_MS_TO_REPEAT;
      if (left.blocks > 0) verdict.leaks = { ...left, trap: again ? trapAtAllocation(module, index, first) : null };
    }
  } catch (error) {
    Object.assign(verdict, ended(error, program));
  }
  output.flush();
  return { type: 'verdict', index, ...verdict, ms: performance.now() - start };
}

/**
 * A program can only call what it imports, and all that it is given is WASI with files in memory.
 * @param {WebAssembly.Module} module
 */
function refuseForeign(module) {
  for (const { module: from, name } of WebAssembly.Module.imports(module))
    if (from !== 'wasi_snapshot_preview1')
      throw new Error(
        strings.yourCodeAsksIts(from, name),
      );
}

/**
 * Runs the checks from `first` on, each to its end.
 * @param {Uint8Array} wasm
 * @param {number} first
 * @param {(event: RunEvent) => void} tell
 */
export async function runChecks(wasm, first, tell) {
  const module = await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (wasm));
  refuseForeign(module);
  let index = first;
  const output = new Output((event) => tell({ ...event, index }));
  const count = instantiate(module, () => {}).call.checks_count();
  for (; index < count; index++) {
    tell({ type: 'start', index });
    tell(runCheck(module, index, output));
  }
}
