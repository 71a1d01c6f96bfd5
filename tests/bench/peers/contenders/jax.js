// jax-js on its WebAssembly device: the whole step, loss and gradient and update, is one jitted function.
import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax';

import { serve } from './serve.js';

/** @typedef {import('./serve.js').Task} Task @typedef {import('./serve.js').Tensor} Tensor @typedef {any} Value */

const array = (/** @type {Tensor} */ { data, size }) => np.array(data.slice()).reshape(size);

/** w - rate g */
const sgd = {
  state: () => [],
  update: (
    /** @type {Value[]} */ w,
    /** @type {Value[]} */ g,
    /** @type {Value[]} */ state,
    /** @type {number} */ rate,
  ) => [w.map((weight, i) => weight.sub(g[i].mul(rate))), state],
};

/** Adam, the powers of beta kept with the moments. */
const adam = {
  state: (/** @type {Tensor[]} */ weights) => [
    np.array([1]),
    np.array([1]),
    ...weights.map(({ size }) => np.zeros(size)),
    ...weights.map(({ size }) => np.zeros(size)),
  ],
  update: (
    /** @type {Value[]} */ w,
    /** @type {Value[]} */ g,
    /** @type {Value[]} */ [p1, p2, ...moments],
    /** @type {number} */ rate,
  ) => {
    const n = w.length,
      power1 = p1.mul(0.9),
      power2 = p2.mul(0.999);
    const m = g.map((gradient, i) => moments[i].mul(0.9).add(gradient.ref.mul(0.1)));
    const v = g.map((gradient, i) => moments[n + i].mul(0.999).add(np.square(gradient).mul(0.001)));
    const next = w.map((weight, i) => {
      const mean = m[i].ref.div(np.array(1).sub(power1.ref)),
        square = v[i].ref.div(np.array(1).sub(power2.ref));
      return weight.sub(mean.mul(rate).div(np.sqrt(square).add(1e-8)));
    });
    return [next, [power1, power2, ...m, ...v]];
  },
};

/**
 * @param {Task} task
 * @param {(w: Value[], x: Value, target: Value) => Value} lossOf consumes its arguments, as everything in jax-js does
 * @param {any} optimizer
 * @param {(tensors: Tensor[]) => Value[]} arrays
 */
function training({ tensors, rate }, lossOf, optimizer = sgd, arrays = (all) => all.map(array)) {
  const [x, target, ...initial] = arrays(tensors);
  const step = jit(
    (/** @type {Value[]} */ w, /** @type {Value[]} */ state, /** @type {Value} */ x, /** @type {Value} */ target) => {
      const [loss, gradient] = valueAndGrad(lossOf)(
        w.map((weight) => weight.ref),
        x,
        target,
      );
      const [next, nextState] = optimizer.update(w, gradient, state, rate);
      return [loss, next, nextState];
    },
  );
  const forward = jit(lossOf);
  /** @type {Value[]} */
  let weights = initial.map((weight) => weight.ref);
  /** @type {Value[]} */
  let state = optimizer.state(tensors.slice(2));
  const drop = () => [...weights, ...state].forEach((value) => value.dispose());
  return {
    reset: () => {
      drop();
      weights = initial.map((weight) => weight.ref);
      state = optimizer.state(tensors.slice(2));
    },
    run: (/** @type {number} */ n) => {
      for (let i = 0; i < n; i++) {
        const [loss, next, nextState] = /** @type {any} */ (step(weights, state, x.ref, target.ref));
        loss.dataSync(); // what is asked for is computed; without asking, the steps would queue up
        weights = next;
        state = nextState;
      }
      weights[0].ref.dataSync();
    },
    result: () =>
      /** @type {any} */ (
        forward(
          weights.map((weight) => weight.ref),
          x.ref,
          target.ref,
        )
      ).dataSync()[0],
    close: () => {
      drop();
      [x, target, ...initial].forEach((value) => value.dispose());
      step.dispose();
      forward.dispose();
    },
  };
}

const dense = (/** @type {Value} */ x, /** @type {Value} */ w, /** @type {Value} */ b) => np.matmul(x, w).add(b);
const softmaxLoss = (/** @type {Value} */ target, /** @type {Value} */ logits) => {
  const rows = target.shape[0];
  return nn
    .logSoftmax(logits)
    .mul(target)
    .sum()
    .mul(-1 / rows);
};
const mlp = (/** @type {Value[]} */ [w1, b1, w2, b2], /** @type {Value} */ x, /** @type {Value} */ target) =>
  softmaxLoss(target, dense(nn.relu(dense(x, w1, b1)), w2, b2));

/** relu, then the largest of each 2x2; odd rows and columns at the end are dropped. @param {Value} x [n, c, h, w] */
function pool(x) {
  const [n, c, h, w] = x.shape,
    rows = h >> 1,
    columns = w >> 1;
  const even = h % 2 || w % 2 ? x.slice([], [], [0, 2 * rows], [0, 2 * columns]) : x;
  return np.max(np.max(nn.relu(even).reshape([n, c, rows, 2, columns, 2]), 5), 3);
}
const conv = (/** @type {Value} */ x, /** @type {Value} */ w, /** @type {Value} */ b) =>
  lax.conv(x, w, [1, 1], 'VALID').add(b.reshape([1, -1, 1, 1]));

serve(
  {
    matmul: ({ tensors }) => {
      const [a, b] = tensors.map(array);
      return {
        reset: () => {},
        run: async (n) => {
          for (let step = 0; step < n; step++) (await np.matmul(a.ref, b.ref).blockUntilReady()).dispose();
        },
        result: () => /** @type {Float32Array} */ (np.matmul(a.ref, b.ref).dataSync()),
        close: () => [a, b].forEach((value) => value.dispose()),
      };
    },
    small: (task) =>
      training(task, ([w1, b1, w2, b2, w3, b3], x, target) => {
        const hidden = np.tanh(dense(np.tanh(dense(x, w1, b1)), w2, b2));
        return np.square(np.tanh(dense(hidden, w3, b3)).sub(target)).mean();
      }),
    mlp_sgd: (task) => training(task, mlp),
    mlp_adam: (task) => training(task, mlp, adam),
    // It wants [n, c, h, w] and [filters, channels, h, w]; the order in which the last layer sees the pixels follows.
    cnn: (task) =>
      training(
        task,
        ([w1, b1, w2, b2, w3, b3], x, target) => {
          const second = pool(conv(pool(conv(x, w1, b1)), w2, b2));
          return softmaxLoss(target, dense(second.reshape([x.shape[0], -1]), w3, b3));
        },
        sgd,
        (tensors) => {
          const [x, target, w1, b1, w2, b2, w3, b3] = tensors.map(array);
          const order = [3, 2, 0, 1];
          const last = w3.reshape([5, 5, 16, 10]).transpose([2, 0, 1, 3]).reshape([400, 10]);
          return [
            x.reshape([x.shape[0], 1, 28, 28]),
            target,
            w1.transpose(order),
            b1,
            w2.transpose(order),
            b2,
            last,
            b3,
          ];
        },
      ),
    logistic: (task) =>
      training(task, ([w, b], x, target) => {
        const z = dense(x, w, b);
        return nn.softplus(z.ref).sub(z.mul(target)).mean();
      }),
  },
  async () => {
    await init();
    defaultDevice('wasm');
  },
);
