/**
 * What is raced, and what the library has to reach: contenders by the name of their file in contenders/, targets as how
 * many times faster than each we have to be. To add one: a function open_NAME in ours.c, the same in each contender's
 * file, a line here.
 *
 * @typedef {object} Workload
 * @property {string} id
 * @property {string} title
 * @property {string} name of ours.c's open_ function
 * @property {number} [size]
 * @property {number} operations floating-point, of a step; 0: not counted
 * @property {number} [share] of the machine's limit that is to be reached
 * @property {string[]} contenders
 * @property {Record<string, number>} targets
 * @property {string[]} [other] contenders whose steps are not quite these (a reason stands in their file): only their
 *   initial loss is held against ours
 */

/** @param {number} n @param {Record<string, number>} targets @param {number} [share] @returns {Workload} */
const matmul = (n, targets, share) => ({
  id: `matmul-${n}`,
  title: `matmul ${n}`,
  name: 'matmul',
  size: n,
  operations: 2 * n ** 3,
  share,
  contenders: ['tfjs', 'jax', 'ort'],
  targets,
});

const large = { tfjs: 1.55, jax: 1.75, ort: 1.75 };

/** 784-128-10, batch 64: two products forward, three backward (nobody wants the gradient of the input). */
const mlp = 2 * 64 * (2 * 784 * 128 + 3 * 128 * 10);
/**
 * 28x28, batch 32: valid 3x3 convolutions to 26x26x8 and, from 13x13, to 11x11x16; 5x5x16 to 10. Counted as if nothing
 * were left out; ours computes gradients only where a pool had its maximum, a quarter of them, and so may seem to pass
 * the limit.
 */
const cnn = 2 * 32 * (2 * 26 * 26 * 8 * 9 + 3 * 11 * 11 * 16 * 72 + 3 * 400 * 10);

/** @type {Workload[]} */
export const workloads = [
  matmul(64, { tfjs: 1.6 }),
  matmul(128, { tfjs: 1.6 }),
  matmul(256, large, 0.88),
  matmul(512, large, 0.88),
  matmul(1024, large, 0.88),
  {
    id: 'small',
    title: 'MLP 2-8-8-1, batch 10, SGD',
    name: 'small',
    operations: 0,
    contenders: ['playground', 'brain', 'convnet', 'ort', 'tfjs', 'jax'],
    other: ['brain'],
    targets: { playground: 60, brain: 30, ort: 100, tfjs: 500 },
  },
  {
    id: 'mlp-sgd',
    title: 'MLP 784-128-10, batch 64, SGD',
    name: 'mlp_sgd',
    operations: mlp,
    contenders: ['tfjs', 'jax', 'ort', 'convnet'],
    targets: { tfjs: 12, jax: 2.2, ort: 2.2 },
  },
  {
    id: 'mlp-adam',
    title: 'MLP 784-128-10, batch 64, Adam',
    name: 'mlp_adam',
    operations: mlp,
    contenders: ['tfjs', 'jax'],
    targets: { jax: 2.8 },
  },
  {
    id: 'cnn',
    title: 'CNN 28x28, conv 8, pool, conv 16, pool, dense 10, batch 32, SGD',
    name: 'cnn',
    operations: cnn,
    contenders: ['tfjs', 'jax', 'convnet'],
    targets: { tfjs: 45, jax: 120 },
  },
  {
    id: 'logistic',
    title: 'logistic regression, 10,000 x 20, an iteration',
    name: 'logistic',
    operations: 0,
    contenders: ['tfjs', 'jax'],
    targets: { jax: 5 },
  },
];
