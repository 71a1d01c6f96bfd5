/* From a trap (a WebAssembly.RuntimeError, or the engine's stack error) to a sentence and a line of the learner's. */
import { compilerTraps as strings } from '../strings/strings.js';

/**
 * What a worker tells about a trap. It is what survives being posted.
 * @typedef {object} Trap
 * @property {string} name of the JavaScript error
 * @property {string} message of it
 * @property {number[]} offsets of the frames in the module, innermost first
 * @property {boolean} stackSpent whether the program's own stack had run out
 * @property {AddressFault | null} fault what src/checks/guard.c found, if it was that which trapped
 *
 * @typedef {{kind: number, at: number, bytes: number, write: boolean, block: number, blockBytes: number}} AddressFault
 *   kind as in guard.c; block: address and size of the heap block that is meant, or 0
 */

/**
 * A frame as the symbolizer tells it.
 * @typedef {{FunctionName: string, FileName: string, Line: number, Column: number}} Frame
 */

/** A frame in V8's words, and in SpiderMonkey's: "...:wasm-function[12]:0x3f2". It ends with an offset in the module. */
const FRAME = /wasm-function\[\d+\]:0x([0-9a-f]+)/g;
const DEEPEST = 8;

/**
 * @param {any} error
 * @param {number | undefined} stackPointer of the program; the stack lies at the bottom of memory
 * @param {AddressFault | null} fault
 * @returns {Trap}
 */
export function trapOf(error, stackPointer, fault) {
  const NEAR_THE_END = 512;
  return {
    name: String(error?.name),
    message: String(error?.message),
    offsets: [...String(error?.stack).matchAll(FRAME)].slice(0, DEEPEST).map((match) => parseInt(match[1], 16)),
    stackSpent: stackPointer !== undefined && (stackPointer | 0) < NEAR_THE_END,
    fault,
  };
}

/**
 * DWARF counts addresses from the start of the code section.
 * @param {Uint8Array} wasm
 * @returns {number} its offset in the module; 0 if there is none
 */
export function codeStart(wasm) {
  const CODE_SECTION = 10;
  let at = 8;
  const leb128 = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value |= (byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value >>> 0;
    }
  };
  while (at < wasm.length) {
    const id = wasm[at++],
      length = leb128();
    if (id === CODE_SECTION) return at;
    at += length;
  }
  return 0;
}

/** Clang writes why it put a trap as the name of an inlined function. */
const REASON = /^__clang_trap_msg\$Undefined Behavior Sanitizer\$(.*)/;

/** @type {[RegExp, (reason: string) => string][]} */
const REASONS = [
  [/overflow in '(.*)'/, (reason) => strings.theResultOfDoes(/'(.*)'/.exec(reason)?.[1])],
  [/divide or remainder/, () => strings.anIntegerIsDivided],
  [/index out of bounds/, () => strings.anIndexLiesOutside],
  [/Alignment, null|type mismatch/i, () => strings.aNullOrMisaligned],
  [/Shift exponent/, () => strings.aShiftByA],
  [/Left shift|Shift base/i, () => strings.aLeftShiftPushes],
  [/integer conversion/, () => strings.aFloatingPointNumber],
  [/Pointer overflow|pointer index/i, () => strings.aPointerMovesOutside],
  [/Integer overflow|overflow/i, () => strings.aSignedIntegerOverflows],
  [/Reached unreachable/, () => strings.theProgramReachesA],
  [/end of a value-returning function|missing return/i, () => strings.aFunctionThatPromises],
  [/Load of invalid|invalid value/i, () => strings.aValueIsRead],
  [/Invalid builtin/i, () => strings.aBuiltinGetsA],
  [/null pointer|nonnull/i, () => strings.aNullPointerIs],
  [/variable length array/i, () => strings.anArrayOfVariable],
];

/** @param {string} reason clang's words */
const ofReason = (reason) =>
  REASONS.find(([pattern]) => pattern.test(reason))?.[1](reason) ?? reason.charAt(0).toLowerCase() + reason.slice(1);

/** As in src/checks/guard.c. */
const BAD_FREE = 1,
  FREED_TWICE = 2,
  NULL_PAGE = 0xe0,
  GLOBAL = 0xf9,
  HEAP = 0xfa,
  FREED = 0xfd;

/** @param {AddressFault} fault */
function ofAddress({ kind, at, bytes, write, block, blockBytes }) {
  const act = write ? strings.yourCodeWrites : strings.yourCodeReads;
  if (kind === BAD_FREE) return strings.freeOrReallocGets;
  if (kind === FREED_TWICE) return strings.aBlockThatWas;
  if (kind === NULL_PAGE) return strings.throughANullPointer(act);
  if (kind === FREED) return strings.memoryThatWasAlready(act);
  if (kind === GLOBAL) return strings.outsideAGlobalOr(act);
  if (kind !== HEAP) return strings.outsideALocalArray(act);
  const place = (write ? strings.writesBytes : strings.readsBytes)(bytes);
  if (at < block) return strings.thatLieBeforeThe(place, block - at, blockBytes);
  return strings.atByteOfA(place, at - block, blockBytes);
}

/** @param {Trap} trap */
function ofEngine({ name, message, stackSpent }) {
  if (stackSpent || name === 'RangeError' || name === 'InternalError' || /call stack|too much recursion/i.test(message))
    return strings.theCallStackIs;
  if (/divide by zero|integer divide|remainder by zero/i.test(message)) return strings.anIntegerIsDividedBy;
  if (/out of bounds/i.test(message)) return strings.anAddressOutsideThe;
  if (/unreachable/i.test(message))
    return strings.theProgramStopsItself;
  if (/signature|indirect|null function|table/i.test(message)) return strings.aFunctionPointerIs;
  if (/float unrepresentable|integer overflow/i.test(message))
    return strings.aFloatingPointNumberDoes;
  return strings.theProgramFails(message);
}

/**
 * @param {Trap} trap
 * @param {Frame[]} frames
 * @param {string} file the learner's
 * @returns {{message: string, line: number}} the line counts from 1; 0 if none of the learner's is involved
 */
export function explainTrap(trap, frames, file) {
  const line = frames.find((frame) => frame.Line > 0 && frame.FileName.endsWith(file))?.Line ?? 0;
  const reason = frames.map((frame) => REASON.exec(frame.FunctionName)?.[1]).find((text) => text !== undefined);
  const what =
    trap.fault && !trap.stackSpent ? ofAddress(trap.fault) : reason === undefined ? ofEngine(trap) : ofReason(reason);
  return { message: `${what.charAt(0).toUpperCase()}${what.slice(1)}.`, line };
}
