// This library: ours.c as WebAssembly, and the machine's limit, which the same module measures.
import { serve } from './serve.js';

/** @typedef {import('./serve.js').Task} Task */

/** @type {any} the module's functions */
let wasm;

async function load() {
  const bytes = await (await fetch('ours.wasm')).arrayBuffer();
  const module = await WebAssembly.compile(bytes);
  /** @type {WebAssembly.Imports} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  wasm = (await WebAssembly.instantiate(module, imports)).exports;
  wasm._initialize?.();
}

/** @param {number} at where it begins */
function text(at) {
  const bytes = new Uint8Array(wasm.memory.buffer, at);
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
}

/** @param {number} status */
function check(status) {
  if (status !== 0) throw new Error(text(wasm.last_error()));
}

/** @param {number} i */
function tensor(i) {
  const size = Array.from({ length: wasm.tensor_rank(i) }, (_, d) => wasm.tensor_size(i, d));
  const length = size.reduce((product, s) => product * s, 1);
  return { size, data: new Float32Array(wasm.memory.buffer, wasm.tensor_data(i), length).slice() };
}

/** Opens a workload, and is the source of everybody's task. @param {string} name @param {number} [size] */
function open(name, size) {
  check(wasm[`open_${name}`](size));
}

/** @param {string} name @returns {Task} */
function task(name) {
  return {
    name,
    rate: wasm.learning_rate(),
    tensors: Array.from({ length: wasm.tensor_count() }, (_, i) => tensor(i)),
  };
}

const training = {
  reset: () => wasm.reset(),
  run: (/** @type {number} */ n) => check(wasm.steps(n)),
  result: () => wasm.loss(),
};

/** @param {Task} given */
function matmul(given) {
  open('matmul', given.tensors[0].size[0]);
  return { ...training, result: () => (check(wasm.steps(1)), tensor(2).data) };
}

/** How many rounds of the pairs count as one step. */
const PEAK_ROUNDS = 20000;
let pairs = 6;

/** Which number of pairs the machine does fastest: the best of many short tries, as a neighbour may slow down any. */
function fastest() {
  const numbers = [5, 6, 7],
    best = numbers.map(() => 0);
  for (let attempt = 0; attempt < 12; attempt++)
    numbers.forEach((n, i) => {
      const begin = performance.now();
      wasm.peak(n, 4000000, 1);
      best[i] = Math.max(best[i], n / (performance.now() - begin));
    });
  return numbers[best.indexOf(Math.max(...best))];
}

/** The place of a fit in the table of classical.c. @param {string} name */
function placeOf(name) {
  for (let i = 0; ; i++) {
    const here = text(wasm.classical_name(i));
    if (here === name || here === '') return i;
  }
}

/** A fit of a classical model. @param {any} task */
function classical({ fit, rows: n }) {
  const check = (/** @type {number} */ status) => {
    if (status !== 0) throw new Error(text(wasm.classical_error()));
  };
  check(wasm.classical_open(placeOf(fit), n));
  check(wasm.classical_fit(1));
  return {
    reset: () => {},
    run: (/** @type {number} */ times) => check(wasm.classical_fit(times)),
    result: () => wasm.classical_quality(),
  };
}

/** The rows of such a fit, for the others. @param {any} task */
function rowsOf(task) {
  const race = classical(task),
    d = wasm.classical_columns(),
    n = task.rows,
    all = n + wasm.classical_test_rows();
  const copy = (/** @type {any} */ Kind, /** @type {number} */ at, /** @type {number} */ length) =>
    new Kind(wasm.memory.buffer, at, length).slice();
  const rows = {
    n,
    test: all - n,
    d,
    x: copy(Float64Array, wasm.classical_x(), all * d),
    label: copy(Uint32Array, wasm.classical_label(), all),
    start: copy(Float64Array, wasm.classical_start(), wasm.classical_clusters() * d),
  };
  return { ...race, result: () => /** @type {any} */ (rows) };
}

serve(
  {
    classical,
    rows: rowsOf,
    task: (/** @type {any} */ { workload, size }) => {
      open(workload, size);
      return { ...training, result: () => /** @type {any} */ (task(workload)) };
    },
    matmul,
    small: () => (open('small'), training),
    mlp_sgd: () => (open('mlp_sgd'), training),
    mlp_adam: () => (open('mlp_adam'), training),
    cnn: () => (open('cnn'), training),
    logistic: () => (open('logistic'), training),
    peak: () => {
      for (let i = 0; i < 200; i++) wasm.peak(5 + (i % 3), 5000, 1); // calls, not time, make the browser optimise it
      pairs = fastest();
      return {
        reset: () => {},
        run: (n) => wasm.peak(pairs, n * PEAK_ROUNDS, 1),
        result: () => 8 * pairs * PEAK_ROUNDS,
      };
    },
  },
  load,
);
