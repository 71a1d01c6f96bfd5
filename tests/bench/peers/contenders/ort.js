// onnxruntime-web, one thread. It only runs graphs forward, so the backward pass and the update are written out here as
// a graph: weights in, weights of the next step out. An update is one Gemm: w - rate x' dz, the transposition, the
// factor and the sum included.
import * as ort from 'onnxruntime-web/wasm';

import { Graph } from '../onnx.js';
import { serve } from './serve.js';

/** @typedef {import('./serve.js').Task} Task @typedef {import('./serve.js').Tensor} Tensor */
/**
 * @typedef {object} Net
 * @property {(graph: Graph, weights: string[], x: string) => { out: string, inputs: string[] }} forward out: what the
 *   loss is of; inputs: what each dense layer saw
 * @property {(graph: Graph, out: string, target: string) => string} loss
 * @property {(graph: Graph, out: string, target: string) => string} lossSlope by the last layer's sums
 * @property {(graph: Graph, gradient: string, y: string) => string} slope through the activation that gave y
 */

const tensor = (/** @type {Tensor} */ { data, size }) => new ort.Tensor('float32', data, size);
const session = (/** @type {Uint8Array} */ model) =>
  ort.InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });

/** A graph that has the task's data in it and the weights as inputs, biases as rows. @param {Task} task */
function graphOf({ tensors: [x, target, ...weights] }) {
  const graph = new Graph();
  const names = weights.map(({ size }, i) => graph.input(`weight${i}`, size));
  return { graph, names, x: graph.constant(x.data, x.size), target: graph.constant(target.data, target.size) };
}

/** @param {Task} given @param {Net} net */
async function training(given, net) {
  const task = {
    ...given,
    tensors: given.tensors.map(({ data, size }) => ({ data, size: size.length === 1 ? [1, ...size] : size })),
  };
  const weights = task.tensors.slice(2);
  const trainer = await session(backward(task, net));

  const check = graphOf(task);
  const loss = net.loss(check.graph, net.forward(check.graph, check.names, check.x).out, check.target);
  const evaluator = await session(check.graph.model({ [loss]: [] }));

  const initial = () => Object.fromEntries(weights.map((weight, i) => [`weight${i}`, tensor(weight)]));
  let feeds = initial();
  return {
    reset: () => (feeds = initial()),
    run: async (/** @type {number} */ n) => {
      for (let i = 0; i < n; i++) {
        const next = await trainer.run(feeds);
        feeds = Object.fromEntries(weights.map((_, w) => [`weight${w}`, next[`next${w}`]]));
      }
    },
    result: async () => /** @type {number} */ ((await evaluator.run(feeds))[loss].data[0]),
    close: () => Promise.all([trainer.release(), evaluator.release()]),
  };
}

/** The model of one step of gradient descent. @param {Task} task @param {Net} net */
function backward(task, net) {
  const weights = task.tensors.slice(2),
    rows = task.tensors[0].size[0];
  const { graph, names, x, target } = graphOf(task);
  const { out, inputs } = net.forward(graph, names, x);
  const ones = graph.constant(new Float32Array(rows).fill(1), [1, rows]);
  const alpha = { float: -task.rate };
  let gradient = net.lossSlope(graph, out, target);
  for (let layer = inputs.length - 1; layer >= 0; layer--) {
    const [w, b] = names.slice(2 * layer);
    graph.node('Gemm', [inputs[layer], gradient, w], { transA: 1, alpha }, `next${2 * layer}`);
    graph.node('Gemm', [ones, gradient, b], { alpha }, `next${2 * layer + 1}`);
    if (layer > 0) gradient = net.slope(graph, graph.node('Gemm', [gradient, w], { transB: 1 }), inputs[layer]);
  }
  return graph.model(Object.fromEntries(weights.map(({ size }, i) => [`next${i}`, size])));
}

const dense = (
  /** @type {Graph} */ graph,
  /** @type {string} */ x,
  /** @type {string[]} */ w,
  /** @type {number} */ layer,
) => graph.node('Gemm', [x, w[2 * layer], w[2 * layer + 1]]);

serve(
  {
    matmul: async ({ tensors: [a, b] }) => {
      const graph = new Graph(),
        size = a.size;
      graph.node('MatMul', [graph.input('a', size), graph.input('b', size)], {}, 'c');
      const product = await session(graph.model({ c: size }));
      const feeds = { a: tensor(a), b: tensor(b) };
      return {
        reset: () => {},
        run: async (n) => {
          for (let i = 0; i < n; i++) await product.run(feeds);
        },
        result: async () => /** @type {Float32Array} */ ((await product.run(feeds)).c.data),
        close: () => product.release(),
      };
    },
    small: (task) =>
      training(task, {
        forward: (graph, w, x) => {
          const first = graph.node('Tanh', [dense(graph, x, w, 0)]),
            second = graph.node('Tanh', [dense(graph, first, w, 1)]);
          return { out: graph.node('Tanh', [dense(graph, second, w, 2)]), inputs: [x, first, second] };
        },
        loss: (graph, out, target) => {
          const error = graph.node('Sub', [out, target]);
          return graph.node('ReduceMean', [graph.node('Mul', [error, error])], { keepdims: 0 });
        },
        lossSlope: (graph, out, target) => {
          const twice = graph.number(2 / task.tensors[0].size[0]);
          return tanhSlope(graph, graph.node('Mul', [graph.node('Sub', [out, target]), twice]), out);
        },
        slope: tanhSlope,
      }),
    mlp_sgd: (task) =>
      training(task, {
        forward: (graph, w, x) => {
          const hidden = graph.node('Relu', [dense(graph, x, w, 0)]);
          return { out: dense(graph, hidden, w, 1), inputs: [x, hidden] };
        },
        loss: (graph, out, target) => {
          const likelihood = graph.node('Mul', [graph.node('LogSoftmax', [out], { axis: 1 }), target]);
          const sum = graph.node('ReduceSum', [likelihood], { keepdims: 0 });
          return graph.node('Mul', [sum, graph.number(-1 / task.tensors[0].size[0])]);
        },
        lossSlope: (graph, out, target) => {
          const off = graph.node('Sub', [graph.node('Softmax', [out], { axis: 1 }), target]);
          return graph.node('Mul', [off, graph.number(1 / task.tensors[0].size[0])]);
        },
        slope: (graph, gradient, y) => graph.node('Mul', [gradient, graph.node('Sign', [y])]),
      }),
  },
  async () => {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = {
      mjs: new URL('ort/ort.js', location.href).href,
      wasm: new URL('ort/ort.wasm', location.href).href,
    };
  },
);

/** gradient (1 - y y) @param {Graph} graph @param {string} gradient @param {string} y */
function tanhSlope(graph, gradient, y) {
  return graph.node('Mul', [gradient, graph.node('Sub', [graph.number(1), graph.node('Mul', [y, y])])]);
}
