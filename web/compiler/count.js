/* Counts what a program computes: rewrites a linked module so that chosen functions count their floating-point
 * operations, loads and stores as they run, in globals that the module then exports. The counts are those of the
 * instructions that clang made, so they are the same in every engine and at every run.
 *
 * An instruction on vectors counts as many operations as it has lanes, and one load or store. Comparisons, conversions,
 * sign changes and what library functions do are not counted.
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format). */

/** @typedef {{flops: number, loads: number, stores: number}} Counts */

const QUANTITIES = /** @type {const} */ (['flops', 'loads', 'stores']);
const EXPORT_PREFIX = 'counted_';

const SECTION = { custom: 0, global: 6, export: 7, code: 10 };
const KIND_GLOBAL = 3;
const I64 = 0x7e,
  MUTABLE = 1;

/** Instructions that this file looks at, by their first byte. */
const OP = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  brTable: 0x0e,
  callIndirect: 0x11,
  returnCallIndirect: 0x13,
  selectTyped: 0x1c,
  firstLoad: 0x28,
  firstStore: 0x36,
  lastStore: 0x3e,
  i32Const: 0x41,
  i64Const: 0x42,
  f32Const: 0x43,
  f64Const: 0x44,
  end: 0x0b,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Add: 0x7c,
  prefixMisc: 0xfc,
  prefixVector: 0xfd,
};

/** What ends a stretch of instructions that run one after the other: unreachable, loop, if, else, end, br..., return. */
const ENDS_STRETCH = new Set([0x00, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x12, 0x13]);

/** Instructions with one index or number after them: br, br_if, return, call, locals, globals, tables, memory, ref. */
const ONE_NUMBER = new Set([
  0x0c, 0x0d, 0x10, 0x12, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2,
]);

/** sqrt, add, sub, mul, div of f32, and of f64. */
const isScalarArithmetic = (/** @type {number} */ op) => (op >= 0x91 && op <= 0x95) || (op >= 0x9f && op <= 0xa3);

/** How many numbers follow the instructions that start with 0xfc, from 0xfc 0 (i32.trunc_sat_f32_s) on. */
const MISC_NUMBERS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** @param {number} op after 0xfd: sqrt, add, sub, mul, div of f32x4 and of f64x2 */
function vectorLanes(op) {
  if (op === 0xe3 || (op >= 0xe4 && op <= 0xe7)) return 4;
  return op === 0xef || (op >= 0xf0 && op <= 0xf3) ? 2 : 0;
}

/** Bytes, read from the front. */
class Reader {
  /**
   * @param {Uint8Array} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** An unsigned number of at most 32 bits. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value >>> 0;
    }
  }

  /** A number of any width, signed or not, whose value is of no interest. */
  skipNumber() {
    while (this.byte() & 0x80);
  }

  /** @param {number} count */
  skipNumbers(count) {
    for (; count > 0; count--) this.skipNumber();
  }
}

/**
 * @param {number} value not negative
 * @returns {number[]} as an unsigned number
 */
function unsigned(value) {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/**
 * @param {number} value not negative
 * @returns {number[]} as a signed number, whose bit 6 at the end is the sign
 */
function signed(value) {
  const bytes = [];
  for (; value > 0x3f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

/** @param {number[] | Uint8Array} content */
const sized = (content) => [...unsigned(content.length), ...content];

/** One pass over the instructions of a function. */
class CountingFunction {
  /**
   * @param {Reader} reader at the function's first local declaration
   * @param {number} end
   * @param {number} firstCounter index of the first counter's global
   */
  constructor(reader, end, firstCounter) {
    this.reader = reader;
    this.end = end;
    this.firstCounter = firstCounter;
    /** @type {Counts} */
    this.counts = { flops: 0, loads: 0, stores: 0 }; /* of this stretch, so far */
    /** @type {number[]} */
    this.out = [];
  }

  /** @returns {number[]} the function's new body */
  rewrite() {
    const { reader } = this;
    let kept = reader.at; /* what lies from here on is not yet written */
    for (let groups = reader.number(); groups > 0; groups--) reader.skipNumbers(2); /* the locals */
    while (reader.at < this.end) {
      if (ENDS_STRETCH.has(reader.bytes[reader.at]) && this.#counted()) {
        this.#copy(kept);
        kept = reader.at;
        this.#count();
      }
      this.#instruction(reader.byte());
    }
    this.#copy(kept);
    return this.out;
  }

  /** @param {number} from */
  #copy(from) {
    for (let i = from; i < this.reader.at; i++) this.out.push(this.reader.bytes[i]);
  }

  #counted() {
    return QUANTITIES.some((quantity) => this.counts[quantity] > 0);
  }

  /** Writes instructions that add what this stretch has done. They leave the stack as it was. */
  #count() {
    QUANTITIES.forEach((quantity, i) => {
      const n = this.counts[quantity],
        counter = unsigned(this.firstCounter + i);
      if (n > 0)
        this.out.push(OP.globalGet, ...counter, OP.i64Const, ...signed(n), OP.i64Add, OP.globalSet, ...counter);
      this.counts[quantity] = 0;
    });
  }

  /** @param {number} op the first byte of an instruction; reads what follows it */
  #instruction(op) {
    const { reader, counts } = this;
    if (op >= OP.firstLoad && op <= OP.lastStore) {
      if (op < OP.firstStore) counts.loads++;
      else counts.stores++;
      reader.skipNumbers(2);
    } else if (isScalarArithmetic(op)) counts.flops++;
    else if (ONE_NUMBER.has(op) || op === OP.block || op === OP.loop || op === OP.if) reader.skipNumber();
    else if (op === OP.f32Const) reader.at += 4;
    else if (op === OP.f64Const) reader.at += 8;
    else if (op === OP.callIndirect || op === OP.returnCallIndirect) reader.skipNumbers(2);
    else if (op === OP.brTable) reader.skipNumbers(reader.number() + 1);
    else if (op === OP.selectTyped) reader.skipNumbers(reader.number());
    else if (op === OP.prefixMisc) reader.skipNumbers(MISC_NUMBERS[reader.number()]);
    else if (op === OP.prefixVector) this.#vector(reader.number());
  }

  /** @param {number} op after the prefix */
  #vector(op) {
    const { reader, counts } = this;
    const wholeLoad = op <= 10 || op === 92 || op === 93,
      lane = op >= 84 && op <= 91;
    if (wholeLoad || (op >= 84 && op <= 87)) counts.loads++;
    else if (op === 11 || (op >= 88 && op <= 91)) counts.stores++;
    counts.flops += vectorLanes(op);
    if (wholeLoad || op === 11 || lane) reader.skipNumbers(2);
    if (op === 12 || op === 13) reader.at += 16; /* a constant, or which lanes go where */
    if (lane || (op >= 21 && op <= 34)) reader.at++; /* the lane */
  }
}

/**
 * @param {Uint8Array} wasm
 * @returns {{id: number, start: number, end: number}[]} where each section's content lies
 */
function sectionsOf(wasm) {
  const reader = new Reader(wasm, 8),
    sections = [];
  while (reader.at < wasm.length) {
    const id = reader.byte(),
      length = reader.number();
    sections.push({ id, start: reader.at, end: reader.at + length });
    reader.at += length;
  }
  return sections;
}

/**
 * A section that is a list, with more items at its end.
 * @param {Uint8Array} wasm
 * @param {{start: number, end: number}} section
 * @param {number} more
 * @param {number[]} items
 */
function longer(wasm, { start, end }, more, items) {
  const reader = new Reader(wasm, start);
  const count = reader.number() + more;
  return [...unsigned(count), ...wasm.subarray(reader.at, end), ...items];
}

/**
 * @param {Uint8Array} wasm
 * @param {{start: number, end: number}} section
 * @param {(offset: number) => boolean} chosen
 * @param {number} firstCounter
 */
function countingCode(wasm, { start }, chosen, firstCounter) {
  const reader = new Reader(wasm, start),
    functions = reader.number();
  /** @type {number[]} */
  const out = unsigned(functions);
  for (let i = 0; i < functions; i++) {
    const offset = reader.at - start,
      end = reader.number() + reader.at;
    const body = chosen(offset) ? new CountingFunction(reader, end, firstCounter).rewrite() : wasm.subarray(reader.at, end);
    for (const byte of unsigned(body.length)) out.push(byte);
    for (const byte of body) out.push(byte);
    reader.at = end;
  }
  return out;
}

/**
 * A module that does what `wasm` does and counts. Debug information is left out: it would no longer fit.
 * @param {Uint8Array} wasm with a stack pointer and exports, and without imported globals
 * @param {(offset: number) => boolean} chosen whether the function that starts there in the code section is to count
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function withCounters(wasm, chosen) {
  const sections = sectionsOf(wasm);
  const globals = sections.find(({ id }) => id === SECTION.global);
  if (!globals) throw new Error('a module without globals cannot be given counters');
  const firstCounter = new Reader(wasm, globals.start).number();
  const counter = [I64, MUTABLE, OP.i64Const, 0, OP.end];
  const names = QUANTITIES.map((quantity) => [...new TextEncoder().encode(EXPORT_PREFIX + quantity)]);
  /** @type {number[]} */
  const out = [...wasm.subarray(0, 8)];
  for (const one of sections) {
    if (one.id === SECTION.custom) continue;
    /** @type {number[] | Uint8Array} */
    let content = wasm.subarray(one.start, one.end);
    if (one.id === SECTION.global) content = longer(wasm, one, QUANTITIES.length, QUANTITIES.flatMap(() => counter));
    if (one.id === SECTION.export) {
      const items = names.flatMap((name, i) => [...sized(name), KIND_GLOBAL, ...unsigned(firstCounter + i)]);
      content = longer(wasm, one, QUANTITIES.length, items);
    }
    if (one.id === SECTION.code) content = countingCode(wasm, one, chosen, firstCounter);
    out.push(one.id);
    for (const byte of unsigned(content.length)) out.push(byte);
    for (const byte of content) out.push(byte);
  }
  return new Uint8Array(out);
}

/**
 * What an instance of such a module has counted since it was made.
 * @param {WebAssembly.Exports} exports
 * @returns {Counts}
 */
export function countsOf(exports) {
  const [flops, loads, stores] = QUANTITIES.map((quantity) =>
    Number(/** @type {WebAssembly.Global} */ (exports[EXPORT_PREFIX + quantity]).value),
  );
  return { flops, loads, stores };
}

/**
 * Which functions of a linked module come from one object.
 * @param {string} map wasm-ld's, from --Map. Its lines: address or -, offset, size, and what it is: a section's name
 *   in capitals, or "main.o:(name)". Within a section offsets count from that of its name.
 * @param {string} object
 * @returns {(offset: number) => boolean} for the offset in the code section at which a function starts
 */
export function functionsFrom(map, object) {
  const offsets = new Set();
  let code = NaN; /* where the code section starts, while the lines are about it */
  for (const line of map.split('\n')) {
    const [, offset, , what = ''] = line.trim().split(/\s+/);
    if (/^[A-Z]+$/.test(what)) code = what === 'CODE' ? parseInt(offset, 16) : NaN;
    else if (what.startsWith(`${object}:(`)) offsets.add(parseInt(offset, 16) - code);
  }
  return (offset) => offsets.has(offset);
}
