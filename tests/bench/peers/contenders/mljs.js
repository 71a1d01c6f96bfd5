// ml.js: the classical models of the npm packages ml-cart, ml-kmeans and others, in JavaScript with doubles. Each gets
// its rows in the form that it takes fastest; turning them into that is not timed.
// @ts-nocheck some bring no types
import { DecisionTreeClassifier } from 'ml-cart';
import { kmeans } from 'ml-kmeans';
import KNN from 'ml-knn';
import LogisticRegression from 'ml-logistic-regression';
import { Matrix } from 'ml-matrix';
import { PCA } from 'ml-pca';
import { RandomForestClassifier } from 'ml-random-forest';

import { serve } from './serve.js';

/**
 * @typedef {object} Rows the last `test` of them are for the quality
 * @property {number} n
 * @property {number} test
 * @property {number} d
 * @property {Float64Array} x
 * @property {Uint32Array} label
 * @property {Float64Array} start rows of d numbers: where k-means starts
 */

/** @param {Float64Array} values @param {number} d @param {number} from @param {number} to */
const table = (values, d, from, to) =>
  Array.from({ length: to - from }, (_, i) => Array.from(values.subarray((from + i) * d, (from + i + 1) * d)));

/** @param {ArrayLike<number>} truth @param {ArrayLike<number>} said */
const accuracy = (truth, said) => Array.from(truth).filter((value, i) => value === said[i]).length / truth.length;

/**
 * A fit that is timed, and the quality of the last one. It is fitted once before the race.
 * @param {() => any} fit @param {(model: any) => number} quality
 */
function race(fit, quality) {
  let model = fit();
  return {
    reset: () => {},
    run: (/** @type {number} */ n) => {
      for (let i = 0; i < n; i++) model = fit();
    },
    result: () => quality(model),
  };
}

/**
 * A classifier with train and predict.
 * @param {Rows} rows @param {() => any} create
 */
function classifier({ n, test, d, x, label }, create) {
  const train = new Matrix(table(x, d, 0, n)),
    query = new Matrix(table(x, d, n, n + test)),
    labels = Array.from(label.subarray(0, n));
  return race(
    () => {
      const model = create();
      model.train(train, labels);
      return model;
    },
    (model) => accuracy(label.subarray(n), model.predict(query)),
  );
}

/** No intercept of its own, so a column of ones; as many steps as bring its accuracy near that of the optimum. */
function logistic({ n, test, d, x, label }) {
  const withOne = (rows) => new Matrix(rows.map((row) => [...row, 1]));
  const train = withOne(table(x, d, 0, n)),
    query = withOne(table(x, d, n, n + test)),
    labels = Matrix.columnVector(Array.from(label.subarray(0, n)));
  return race(
    () => {
      const model = new LogisticRegression({ numSteps: 100, learningRate: 1e-4 });
      model.train(train, labels);
      return model;
    },
    (model) => accuracy(label.subarray(n), model.predict(query)),
  );
}

function nearest({ n, test, d, x, label }) {
  const train = table(x, d, 0, n),
    query = table(x, d, n, n + test),
    labels = Array.from(label.subarray(0, n));
  return race(
    () => new KNN(train, labels, { k: 5 }).predict(query),
    (said) => accuracy(label.subarray(n), said),
  );
}

function clusters({ n, d, x, start }) {
  const rows = table(x, d, 0, n),
    initialization = table(start, d, 0, start.length / d);
  const squared = (a, b) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
  return race(
    () => kmeans(rows, initialization.length, { initialization, maxIterations: 300, tolerance: 0 }),
    ({ centroids }) =>
      rows.reduce((sum, row) => sum + Math.min(...centroids.map((centre) => squared(row, centre))), 0),
  );
}

function principal({ n, d, x }) {
  const rows = new Matrix(table(x, d, 0, n)),
    part = (values) => values.slice(0, 5).reduce((sum, value) => sum + value, 0);
  return race(
    () => new PCA(rows, { method: 'covarianceMatrix' }),
    (model) => part(model.getExplainedVariance()),
  );
}

const treeOptions = { gainThreshold: 0, minNumSamples: 1 };

serve({
  logistic: ({ rows }) => logistic(rows),
  knn: ({ rows }) => nearest(rows),
  kmeans: ({ rows }) => clusters(rows),
  pca: ({ rows }) => principal(rows),
  tree: ({ rows }) => classifier(rows, () => new DecisionTreeClassifier(treeOptions)),
  forest: ({ rows }) =>
    classifier(
      rows,
      () => new RandomForestClassifier({ nEstimators: 20, maxFeatures: 4, replacement: false, seed: 1, noOOB: true, treeOptions }),
    ),
});
