// TensorFlow.js on its WebAssembly backend: the core's operations and optimizer.minimize, which is faster than layers.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

import { serve } from './serve.js';

/** @typedef {import('./serve.js').Task} Task @typedef {import('./serve.js').Tensor} Tensor */

const tensor = (/** @type {Tensor} */ { data, size }) => tf.tensor(data, /** @type {any} */ (size), 'float32');

/**
 * @param {Task} task
 * @param {(x: any, target: any, weights: any[]) => any} lossOf
 * @param {(rate: number) => tf.Optimizer} makeOptimizer
 */
function training({ tensors, rate }, lossOf, makeOptimizer = tf.train.sgd) {
  const [x, target, ...initial] = tensors.map(tensor);
  const weights = initial.map((value) => tf.variable(value));
  const loss = () => lossOf(x, target, weights);
  let optimizer = makeOptimizer(rate);
  return {
    reset: () => {
      weights.forEach((weight, i) => weight.assign(initial[i]));
      optimizer.dispose();
      optimizer = makeOptimizer(rate);
    },
    run: (/** @type {number} */ n) => {
      for (let step = 0; step < n; step++) optimizer.minimize(loss);
      weights[0].dataSync();
    },
    result: () => tf.tidy(() => loss().dataSync()[0]),
    close: () => {
      optimizer.dispose();
      tf.disposeVariables();
      tf.dispose([x, target, ...initial]);
    },
  };
}

const dense = (/** @type {any} */ x, /** @type {any[]} */ w, /** @type {number} */ layer) =>
  tf.add(tf.matMul(x, w[2 * layer]), w[2 * layer + 1]);

/**
 * The backend has no gradient of conv2d's filter; conv3d of images one deep does the same, and has one.
 * @param {any} x @param {any} filter @param {any} bias @returns {any}
 */
const conv = (x, filter, bias) => {
  const [n, height, width, channels] = x.shape,
    [kh, kw, , filters] = filter.shape;
  /** @type {any} */
  const images = tf.reshape(x, [n, 1, height, width, channels]);
  /** @type {any} */
  const weight = tf.reshape(filter, [1, kh, kw, channels, filters]);
  const y = tf.conv3d(images, weight, 1, 'valid');
  return tf.relu(tf.add(tf.reshape(y, [n, height - kh + 1, width - kw + 1, filters]), bias));
};

const softmaxLoss = (/** @type {any} */ target, /** @type {any} */ logits) =>
  tf.losses.softmaxCrossEntropy(target, logits);
const mlp = (/** @type {any} */ x, /** @type {any} */ target, /** @type {any[]} */ w) =>
  softmaxLoss(target, dense(tf.relu(dense(x, w, 0)), w, 1));

serve(
  {
    matmul: ({ tensors: [a, b] }) => {
      const left = tensor(a),
        right = tensor(b);
      return {
        reset: () => {},
        run: (n) => {
          for (let step = 0; step < n; step++) tf.matMul(left, right).dispose();
        },
        result: () =>
          tf.tidy(
            () =>
              /** @type {Float32Array} */ (
                tf
                  .matMul(/** @type {any} */ (left), /** @type {any} */ (right))
                  .dataSync()
                  .slice()
              ),
          ),
        close: () => tf.dispose([left, right]),
      };
    },
    small: (task) =>
      training(task, (x, target, w) => {
        const hidden = tf.tanh(dense(tf.tanh(dense(x, w, 0)), w, 1));
        return tf.losses.meanSquaredError(target, tf.tanh(dense(hidden, w, 2)));
      }),
    mlp_sgd: (task) => training(task, mlp),
    mlp_adam: (task) => training(task, mlp, (rate) => tf.train.adam(rate, 0.9, 0.999, 1e-8)),
    cnn: (task) =>
      training(task, (x, target, w) => {
        const first = tf.maxPool(conv(x, w[0], w[1]), 2, 2, 'valid');
        const second = tf.maxPool(conv(first, w[2], w[3]), 2, 2, 'valid');
        return softmaxLoss(target, dense(tf.reshape(second, [x.shape[0], -1]), w, 2));
      }),
    logistic: (task) => training(task, (x, target, w) => tf.losses.sigmoidCrossEntropy(target, dense(x, w, 0))),
  },
  async () => {
    setWasmPaths('tfjs/');
    await tf.setBackend('wasm');
    await tf.ready();
  },
);
