/* From a trap (a WebAssembly.RuntimeError, or the engine's stack error) to a sentence and a line of the learner's. */

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
  [/overflow in '(.*)'/, (reason) => `the result of ${/'(.*)'/.exec(reason)?.[1]} does not fit into its integer type`],
  [/divide or remainder/, () => 'an integer is divided by zero (or the smallest one by -1)'],
  [/index out of bounds/, () => 'an index lies outside its array'],
  [/Alignment, null|type mismatch/i, () => 'a null or misaligned pointer is used'],
  [/Shift exponent/, () => 'a shift by a negative amount, or by as many bits as the type has'],
  [/Left shift|Shift base/i, () => 'a left shift pushes bits out of a signed integer'],
  [/integer conversion/, () => 'a floating-point number that fits no such integer (or NaN) is converted'],
  [/Pointer overflow|pointer index/i, () => 'a pointer moves outside the memory, or away from null'],
  [/Integer overflow|overflow/i, () => 'a signed integer overflows'],
  [/Reached unreachable/, () => 'the program reaches a place that was declared unreachable'],
  [/end of a value-returning function|missing return/i, () => 'a function that promises a value ends without `return`'],
  [/Load of invalid|invalid value/i, () => 'a value is read that its type cannot have'],
  [/Invalid builtin/i, () => 'a builtin gets a value that it does not allow'],
  [/null pointer|nonnull/i, () => 'a null pointer is passed where none is allowed'],
  [/variable length array/i, () => 'an array of variable length gets a length below 1'],
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

/**
 * @param {number} n
 * @param {string} noun
 */
const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** @param {AddressFault} fault */
function ofAddress({ kind, at, bytes, write, block, blockBytes }) {
  const act = `your code ${write ? 'writes' : 'reads'}`;
  if (kind === BAD_FREE) return 'free or realloc gets a pointer that malloc did not return';
  if (kind === FREED_TWICE) return 'a block that was already freed is freed or resized again';
  if (kind === NULL_PAGE) return `${act} through a null pointer`;
  if (kind === FREED) return `${act} memory that was already freed`;
  if (kind === GLOBAL) return `${act} outside a global or static array`;
  if (kind !== HEAP) return `${act} outside a local array or variable`;
  const place = `${act} ${count(bytes, 'byte')}`;
  if (at < block) return `${place} that lie ${count(block - at, 'byte')} before the start of a block of ${blockBytes}`;
  return `${place} at byte ${at - block} of a block of ${count(blockBytes, 'byte')}, which ends before`;
}

/** @param {Trap} trap */
function ofEngine({ name, message, stackSpent }) {
  if (stackSpent || name === 'RangeError' || name === 'InternalError' || /call stack|too much recursion/i.test(message))
    return 'the call stack is used up: a function calls itself without end, or a local array is too large';
  if (/divide by zero|integer divide|remainder by zero/i.test(message)) return 'an integer is divided by zero';
  if (/out of bounds/i.test(message)) return 'an address outside the program’s memory is used';
  if (/unreachable/i.test(message))
    return 'the program stops itself (abort, a failed assert), or does what can only go wrong';
  if (/signature|indirect|null function|table/i.test(message)) return 'a function pointer is null or of the wrong type';
  if (/float unrepresentable|integer overflow/i.test(message))
    return 'a floating-point number does not fit the integer type';
  return `the program fails (${message})`;
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
