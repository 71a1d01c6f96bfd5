/**
 * A network as TensorFlow Playground's nn.ts has it, written anew after its design: nodes and links are objects, an
 * example goes through the graph node by node, comes back link by link and adds to what each has gathered; after a
 * batch the averages move the weights. The design is for reading, and its speed is what a page gets that trains so.
 * Source: Smilkov et al. 2017, "Direct-Manipulation Visualization of Deep Networks", and the design of its nn.ts.
 */
import { serve } from './serve.js';

const TANH = {
  output: (/** @type {number} */ x) => Math.tanh(x),
  slope: (/** @type {number} */ x) => {
    const output = Math.tanh(x);
    return 1 - output * output;
  },
};

class Node {
  /** @type {Link[]} */
  inputs = [];
  /** @type {Link[]} */
  outputs = [];
  total = 0;
  output = 0;
  outputSlope = 0;
  inputSlope = 0;
  gathered = 0;
  count = 0;

  /** @param {number} bias */
  constructor(bias) {
    this.bias = bias;
  }

  forward() {
    this.total = this.bias;
    for (const link of this.inputs) this.total += link.weight * link.source.output;
    this.output = TANH.output(this.total);
    return this.output;
  }
}

class Link {
  slope = 0;
  gathered = 0;
  count = 0;

  /** @param {Node} source @param {Node} target @param {number} weight */
  constructor(source, target, weight) {
    this.source = source;
    this.target = target;
    this.weight = weight;
  }
}

/** @param {Node[][]} network @param {number[]} inputs */
function forward(network, inputs) {
  network[0].forEach((node, i) => (node.output = inputs[i]));
  for (const layer of network.slice(1)) for (const node of layer) node.forward();
  return network[network.length - 1][0].output;
}

/** Gathers the slopes of (output - target)^2 / 2. @param {Node[][]} network @param {number} target */
function backward(network, target) {
  const last = network[network.length - 1][0];
  last.outputSlope = last.output - target;
  for (let layer = network.length - 1; layer >= 1; layer--) {
    for (const node of network[layer]) {
      node.inputSlope = node.outputSlope * TANH.slope(node.total);
      node.gathered += node.inputSlope;
      node.count++;
    }
    for (const node of network[layer])
      for (const link of node.inputs) {
        link.slope = node.inputSlope * link.source.output;
        link.gathered += link.slope;
        link.count++;
      }
    if (layer === 1) continue;
    for (const node of network[layer - 1]) {
      node.outputSlope = 0;
      for (const link of node.outputs) node.outputSlope += link.weight * link.target.inputSlope;
    }
  }
}

/** @param {Node[][]} network @param {number} rate */
function update(network, rate) {
  for (const layer of network.slice(1))
    for (const node of layer) {
      if (node.count > 0) node.bias -= (rate * node.gathered) / node.count;
      node.gathered = node.count = 0;
      for (const link of node.inputs) {
        if (link.count > 0) link.weight -= (rate * link.gathered) / link.count;
        link.gathered = link.count = 0;
      }
    }
}

/** @param {import('./serve.js').Tensor[]} weights @returns {Node[][]} */
function build(weights) {
  const network = [Array.from({ length: weights[0].size[0] }, () => new Node(0))];
  for (let layer = 0; layer < weights.length; layer += 2) {
    const {
      size: [, units],
      data,
    } = weights[layer];
    const sources = network[network.length - 1];
    network.push(
      Array.from(weights[layer + 1].data, (bias, unit) => {
        const node = new Node(bias);
        node.inputs = sources.map((source, i) => {
          const link = new Link(source, node, data[i * units + unit]);
          source.outputs.push(link);
          return link;
        });
        return node;
      }),
    );
  }
  return network;
}

serve({
  small: ({ tensors: [x, target, ...weights], rate }) => {
    const examples = Array.from(target.data, (y, i) => ({ x: [x.data[2 * i], x.data[2 * i + 1]], y }));
    let network = build(weights);
    return {
      reset: () => (network = build(weights)),
      run: (n) => {
        for (let step = 0; step < n; step++) {
          for (const { x, y } of examples) {
            forward(network, x);
            backward(network, y);
          }
          update(network, 2 * rate); // half the slope of our loss, twice the rate
        }
      },
      result: () => examples.reduce((sum, { x, y }) => sum + (forward(network, x) - y) ** 2, 0) / examples.length,
    };
  },
});
