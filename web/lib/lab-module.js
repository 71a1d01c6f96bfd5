/**
 * The loader of the labs' WebAssembly module (src/wasm/exports.c documents its exports). It works in a page, in a
 * worker and in Node, and knows no lab: a name goes in, numbers come out. Nothing is computed here.
 */
import { labModule as strings } from '../strings/strings.js';

/** @typedef {import('./lab-types.js').Block} Block */
/** @typedef {import('./lab-types.js').RawView} RawView */
/** @typedef {import('./lab-types.js').ViewFrame} ViewFrame */
/** @typedef {(stream: number, bytes: Uint8Array) => void} Print stream 1 or 2; the bytes are the module's own memory */

// The layout of a block, as enum lab_block_kind and LAB_BLOCK_* in src/labs/lab.h have it.
const BLOCK_KINDS = /** @type {const} */ (['points', 'grid', 'column', 'spans', 'edges']);
const BLOCK_HEADER = 8;
const GRID_BOUNDS = 6;
/** The arrays of a block that are always there, and those that a bit of HAS announces. */
const COLUMNS = {
  points: { always: ['x', 'y'], optional: ['class', 'size', 'ring'] },
  grid: { always: [], optional: [] },
  column: { always: ['value'], optional: [] },
  spans: { always: ['start', 'end', 'lane'], optional: ['value'] },
  edges: { always: ['from', 'to'], optional: ['lit'] },
};

const TEXT_BYTES = 1 << 16; // of the module's text buffer
const WASI_BAD_FILE = 8;

/**
 * Cuts a view's floats into blocks. The arrays are windows on `raw.floats`, not copies.
 * @param {RawView} raw
 * @returns {ViewFrame}
 */
export function decodeView(raw) {
  const { floats, labels, full, current = true } = raw;
  /** @type {Block[]} */
  const blocks = [];
  let at = 0;
  let label = 0;
  while (at + BLOCK_HEADER <= floats.length) {
    const [code, series, rows, columns, has, nLabels] = floats.subarray(at, at + BLOCK_HEADER);
    const kind = BLOCK_KINDS[code];
    at += BLOCK_HEADER;
    let bounds = null;
    if (kind === 'grid') {
      const [x0, x1, y0, y1, low, high] = floats.subarray(at, at + GRID_BOUNDS);
      bounds = { x0, x1, y0, y1, low, high };
      at += GRID_BOUNDS;
    }
    const values = floats.subarray(at, at + rows * columns);
    at += rows * columns;
    const { always, optional } = COLUMNS[kind];
    const names = [...always, ...optional.filter((_, bit) => has & (1 << bit))];
    /** @type {Record<string, Float32Array>} */
    const arrays = {};
    names.forEach((name, i) => (arrays[name] = values.subarray(i * rows, (i + 1) * rows)));
    blocks.push({ kind, series, rows, columns, labels: labels.slice(label, label + nLabels), bounds, values, arrays });
    label += nLabels;
  }
  return { blocks, full, current };
}

/** One instance of the module: at most one lab is open in it at a time. */
export class LabModule {
  /** @param {WebAssembly.Instance} instance */
  constructor(instance) {
    this.wasm = /** @type {Record<string, (...args: number[]) => number>} */ (
      /** @type {unknown} */ (instance.exports)
    );
    this.memory = memoryOf(instance);
    this.initialised = false;
    this.nParams = 0;
    this.nReadouts = 0;
  }

  /** Where the program's own stack ends, if the module tells: near 0 it is used up. */
  stackPointer() {
    const pointer = /** @type {unknown} */ (this.wasm.__stack_pointer);
    return pointer instanceof WebAssembly.Global ? Number(pointer.value) : undefined;
  }

  /**
   * @param {WebAssembly.Module} module
   * @param {() => number} now seconds from some start, for figures that are measured
   * @param {Print} print what a reader's function in the module prints
   * @returns {Promise<LabModule>}
   */
  static async instantiate(module, now = () => performance.now() / 1000, print = () => {}) {
    /** @type {WebAssembly.Instance} */
    const instance = await WebAssembly.instantiate(module, {
      env: { now, emscripten_notify_memory_growth() {} },
      wasi_snapshot_preview1: littleWasi(module, () => memoryOf(instance).buffer, print),
    });
    return new LabModule(instance);
  }

  /**
   * Opens a lab with its initial params. Call `start` next.
   * @param {string} name
   * @param {number} nParams how many params and readouts it declares
   * @param {number} nReadouts
   */
  open(name, nParams, nReadouts) {
    if (!this.initialised) this.wasm._initialize?.();
    this.initialised = true;
    const bytes = new TextEncoder().encode(name.slice(0, TEXT_BYTES / 4));
    const text = new Uint8Array(this.memory.buffer, this.wasm.wasm_text(), bytes.length + 1);
    text.set(bytes);
    text[bytes.length] = 0;
    this.nParams = nParams;
    this.nReadouts = nReadouts;
    if (this.wasm.wasm_open() !== 0) throw new Error(this.error());
  }

  /**
   * Hands over the file that the open lab declares. Call `start` next.
   * @param {Uint8Array} bytes
   */
  giveData(bytes) {
    const address = this.wasm.wasm_data(bytes.length);
    if (address === 0) throw new Error(strings.thereIsNotEnough);
    new Uint8Array(this.memory.buffer, address, bytes.length).set(bytes);
  }

  /**
   * Reads a CSV file of the reader's own and takes its columns. Call `start` next.
   * @param {Uint8Array} bytes
   * @param {number[] | null} columns null: as the C reader finds them
   * @returns {{ table: RawView | null, note: string, error: string }}
   */
  readCsv(bytes, columns) {
    const address = this.wasm.wasm_csv(bytes.length);
    if (address === 0) return { table: null, note: '', error: 'The file is empty, or too large for the memory' };
    new Uint8Array(this.memory.buffer, address, bytes.length).set(bytes);
    if (this.wasm.wasm_csv_read() !== 0) return { table: null, note: '', error: this.error() };
    columns?.forEach((column, i) => this.wasm.wasm_csv_choose(i, column));
    const error = this.wasm.wasm_csv_take() === 0 ? '' : this.error();
    const table = this.frame(-1, this.wasm.wasm_csv_show());
    return { table, note: this.text(this.wasm.wasm_csv_note()), error };
  }

  /**
   * The trained model as text.
   * @param {number} format 0: JSON, 1: a C header
   */
  model(format) {
    const address = this.wasm.wasm_model(format);
    if (address === 0) throw new Error(this.error());
    return this.text(address);
  }

  /**
   * Starts anew. `params` may hold fewer than all: the rest keep their values. False if the lab refused: see `error`.
   * @param {ArrayLike<number>} params
   * @param {number} seed a whole number from 0 to 2^53 - 1
   */
  start(params, seed) {
    new Float64Array(this.memory.buffer, this.wasm.wasm_params(), this.nParams).set(params);
    return this.wasm.wasm_start(seed) === 0;
  }

  /**
   * @param {number} index
   * @param {number} value
   */
  set(index, value) {
    return this.wasm.wasm_set(index, value) === 0;
  }

  /**
   * Up to `steps` steps more, or about `budget` multiply-adds, whichever ends first.
   * @param {number} steps
   * @param {number} budget
   */
  advance(steps, budget) {
    return this.wasm.wasm_advance(steps, budget) === 0;
  }

  /** @param {number} action */
  act(action) {
    return this.wasm.wasm_act(action) === 0;
  }

  /**
   * @param {number} view
   * @param {number} item
   */
  pick(view, item) {
    this.wasm.wasm_pick(view, item);
  }

  /**
   * @param {number} view a pad
   * @param {Float32Array} ink as many values, 0 to 1, as the pad has cells; rows from the top
   */
  draw(view, ink) {
    new Float32Array(this.memory.buffer, this.wasm.wasm_ink(), ink.length).set(ink);
    this.wasm.wasm_draw(view);
  }

  /** How many steps are complete. */
  steps() {
    return this.wasm.wasm_steps_done();
  }

  finished() {
    return this.wasm.wasm_finished() !== 0;
  }

  /** The readouts in their declared order. Computing them also sees which goals are met. */
  figures() {
    const address = this.wasm.wasm_figures();
    return new Float64Array(this.memory.buffer, address, this.nReadouts).slice();
  }

  /** A bit for each goal that this run has met, by the figures computed last. */
  goals() {
    return this.wasm.wasm_goals() >>> 0;
  }

  /**
   * Draws a view and copies it out of the module's memory.
   * @param {number} view
   * @returns {RawView}
   */
  read(view) {
    return this.frame(view, this.wasm.wasm_read(view));
  }

  /**
   * Copies what was drawn last.
   * @param {number} view
   * @param {number} address
   * @returns {RawView}
   */
  frame(view, address) {
    const floats = new Float32Array(this.memory.buffer, address, this.wasm.wasm_read_floats()).slice();
    const text = new Uint8Array(this.memory.buffer, this.wasm.wasm_read_text(), this.wasm.wasm_read_text_bytes());
    const labels = text.length > 0 ? new TextDecoder().decode(text.slice(0, -1)).split('\0') : [];
    return { view, floats, labels, full: this.wasm.wasm_read_full() !== 0 };
  }

  /** The sentence of the last failure, or "". */
  error() {
    return this.text(this.wasm.wasm_error());
  }

  /** @param {number} address */
  text(address) {
    const bytes = new Uint8Array(this.memory.buffer, address);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  }
}

/** @param {WebAssembly.Instance} instance */
const memoryOf = (instance) => /** @type {WebAssembly.Memory} */ (instance.exports.memory);

/**
 * The labs call nothing of WASI. A reader's function in a lab may print; anything else throws, so that it is seen.
 * @param {WebAssembly.Module} module
 * @param {() => ArrayBuffer} memory of its instance
 * @param {Print} print
 */
function littleWasi(module, memory, print) {
  const names = WebAssembly.Module.imports(module).filter((i) => i.module === 'wasi_snapshot_preview1');
  return Object.fromEntries(
    names.map(({ name }) => [
      name,
      (/** @type {number[]} */ ...args) => {
        if (name === 'fd_write') return write(memory(), args, print);
        if (name === 'fd_fdstat_get') return WASI_BAD_FILE; // libc then takes it for no terminal
        throw new Error(strings.theProgramCallsWhich(name));
      },
    ]),
  );
}

/**
 * @param {ArrayBuffer} memory
 * @param {number[]} args of fd_write: file, pieces (address and length of each), how many, where to say how much
 * @param {Print} print
 */
function write(memory, [file, pieces, count, told], print) {
  if (file !== 1 && file !== 2) return WASI_BAD_FILE;
  const view = new DataView(memory);
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const [at, length] = [0, 4].map((offset) => view.getUint32(pieces + 8 * i + offset, true));
    print(file, new Uint8Array(memory, at, length));
    bytes += length;
  }
  view.setUint32(told, bytes, true);
  return 0;
}
