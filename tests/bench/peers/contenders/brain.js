// brain.js: one example at a time, the weights move after each (it has no batches), so its losses are its own.
// @ts-ignore it brings no types
import brain from 'brain.js/dist/neural-network.js';

import { serve } from './serve.js';

const NeuralNetwork = brain.default ?? brain;

/** @param {import('./serve.js').Tensor[]} weights @param {number} rate */
function build(weights, rate) {
  const net = new NeuralNetwork({ activation: 'tanh' });
  net.sizes = [weights[0].size[0], ...weights.filter((_, i) => i % 2 === 0).map(({ size }) => size[1])];
  Object.assign(net.trainOpts, { learningRate: rate, momentum: 0 }); // its own check refuses a momentum of 0
  net.initialize();
  for (let i = 0; i < weights.length; i += 2) {
    const {
      size: [inputs, units],
      data,
    } = weights[i];
    net.biases[i / 2 + 1] = Array.from(weights[i + 1].data);
    net.weights[i / 2 + 1] = Array.from({ length: units }, (_, unit) =>
      Array.from({ length: inputs }, (_, input) => data[input * units + unit]),
    );
  }
  return net;
}

serve({
  small: ({ tensors: [x, target, ...weights], rate }) => {
    const data = Array.from(target.data, (y, i) => ({ input: [x.data[2 * i], x.data[2 * i + 1]], output: [y] }));
    const each = (2 * rate) / data.length; // half the slope of our loss, and a tenth of the batch at a time
    let net = build(weights, each);
    return {
      reset: () => (net = build(weights, each)),
      run: (n) => {
        for (let step = 0; step < n; step++) net.trainPatterns(data);
      },
      result: () =>
        data.reduce((sum, { input, output }) => sum + (net.run(input)[0] - output[0]) ** 2, 0) / data.length,
    };
  },
});
