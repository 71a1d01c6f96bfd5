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

function message() {
  const bytes = new Uint8Array(wasm.memory.buffer, wasm.last_error());
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
}

/** @param {number} status */
function check(status) {
  if (status !== 0) throw new Error(message());
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
  return { name, rate: wasm.learning_rate(), tensors: Array.from({ length: wasm.tensor_count() }, (_, i) => tensor(i)) };
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

/** How many rounds of the chains count as one step. */
const PEAK_ROUNDS = 20000;
let chains = 12;

/** Which number of chains the machine does fastest, found once. */
function fastest() {
  const rate = (/** @type {number} */ n) => {
    const begin = performance.now();
    wasm.peak(n, 2000000, 0);
    return n / (performance.now() - begin);
  };
  const rates = [8, 10, 12, 14].map((n) => ({ n, rate: Math.max(rate(n), rate(n), rate(n)) }));
  return rates.reduce((best, one) => (one.rate > best.rate ? one : best)).n;
}

serve({
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
    chains = fastest();
    return {
      reset: () => {},
      run: (n) => wasm.peak(chains, n * PEAK_ROUNDS, 0),
      result: () => 8 * chains * PEAK_ROUNDS,
    };
  },
}, load);
