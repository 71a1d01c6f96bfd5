// convnetjs: an example at a time, gradients added up over the batch.
// @ts-ignore it brings no types
import convnetjs from 'convnetjs';

import { serve } from './serve.js';

/** @typedef {import('./serve.js').Tensor} Tensor */

/**
 * The filters of a layer: one Vol for each unit.
 * @param {any} layer @param {Tensor} weight @param {Tensor} bias
 */
function setWeights(layer, weight, bias) {
  const units = bias.data.length;
  layer.filters.forEach((/** @type {any} */ filter, /** @type {number} */ unit) => {
    // [inputs, units] or [height, width, channels, filters]: in both the unit is the last index
    for (let i = 0; i < filter.w.length; i++) filter.w[i] = weight.data[i * units + unit];
    filter.dw.fill(0);
  });
  for (let unit = 0; unit < units; unit++) layer.biases.w[unit] = bias.data[unit];
  layer.biases.dw.fill(0);
}

/** @param {any[]} definitions @param {boolean} [tanhOutput] */
function network(definitions, tanhOutput = false) {
  const net = new convnetjs.Net();
  net.makeLayers(definitions);
  // Its regression puts a dense layer of its own before itself; our output layer, tanh included, is there already.
  if (tanhOutput) net.layers.splice(net.layers.length - 2, 1);
  return net;
}

/** @param {Float32Array} data @param {number} from @param {number[]} size height, width, channels */
function volume(data, from, [height, width, channels]) {
  const vol = new convnetjs.Vol(width, height, channels, 0);
  vol.w.set(data.subarray(from, from + vol.w.length));
  return vol;
}

/**
 * @param {any} net
 * @param {import('./serve.js').Task} task
 * @param {{ size: number[], target: (row: Float32Array) => any,
 *   loss: (out: Float64Array, row: Float32Array) => number }} how
 */
function race(net, { tensors: [x, target, ...weights], rate }, { size, target: targetOf, loss }) {
  const rows = x.size[0],
    outputs = target.size[1];
  const length = size[0] * size[1] * size[2];
  const examples = Array.from({ length: rows }, (_, i) => {
    const row = target.data.subarray(i * outputs, (i + 1) * outputs);
    return { x: volume(x.data, i * length, size), row, y: targetOf(row) };
  });
  const trainer = new convnetjs.Trainer(net, {
    method: 'sgd',
    batch_size: rows,
    momentum: 0,
    l2_decay: 0,
    learning_rate: rate,
  });
  const layers = net.layers.filter((/** @type {any} */ layer) => layer.filters);
  const reset = () => {
    layers.forEach((/** @type {any} */ layer, /** @type {number} */ i) =>
      setWeights(layer, weights[2 * i], weights[2 * i + 1]),
    );
    trainer.k = 0;
  };
  reset();
  return {
    reset,
    run: (/** @type {number} */ n) => {
      for (let step = 0; step < n; step++) for (const { x, y } of examples) trainer.train(x, y);
    },
    result: () => examples.reduce((sum, { x, row }) => sum + loss(net.forward(x).w, row), 0) / rows,
  };
}

const classes = {
  target: (/** @type {Float32Array} */ row) => row.indexOf(1),
  loss: (/** @type {Float64Array} */ out, /** @type {Float32Array} */ row) => -Math.log(out[row.indexOf(1)]),
};

serve({
  small: (task) =>
    race(
      network(
        [
          { type: 'input', out_sx: 1, out_sy: 1, out_depth: 2 },
          { type: 'fc', num_neurons: 8, activation: 'tanh' },
          { type: 'fc', num_neurons: 8, activation: 'tanh' },
          { type: 'fc', num_neurons: 1, activation: 'tanh' },
          { type: 'regression', num_neurons: 1 },
        ],
        true,
      ),
      { ...task, rate: 2 * task.rate }, // half the slope of our loss, twice the rate
      { size: [1, 1, 2], target: (row) => [row[0]], loss: (out, row) => (out[0] - row[0]) ** 2 },
    ),
  mlp_sgd: (task) =>
    race(
      network([
        { type: 'input', out_sx: 1, out_sy: 1, out_depth: 784 },
        { type: 'fc', num_neurons: 128, activation: 'relu' },
        { type: 'softmax', num_classes: 10 },
      ]),
      task,
      { size: [1, 1, 784], ...classes },
    ),
  cnn: (task) =>
    race(
      network([
        { type: 'input', out_sx: 28, out_sy: 28, out_depth: 1 },
        { type: 'conv', sx: 3, filters: 8, stride: 1, pad: 0, activation: 'relu' },
        { type: 'pool', sx: 2, stride: 2 },
        { type: 'conv', sx: 3, filters: 16, stride: 1, pad: 0, activation: 'relu' },
        { type: 'pool', sx: 2, stride: 2 },
        { type: 'softmax', num_classes: 10 },
      ]),
      task,
      { size: [28, 28, 1], ...classes },
    ),
});
