/**
 * Which fits of classical models are raced against ml.js, and on how many rows: fewer than 10,000 where theirs takes
 * minutes. To add one: a line in classical.c, one in contenders/mljs.js, one here.
 *
 * @typedef {object} Fit
 * @property {string} name as classical.c has it
 * @property {string} title
 * @property {number} rows
 * @property {string} package the contender's
 * @property {string} quality what the two last columns say, of rows that neither has seen if it is not of the rows
 * @property {boolean} [lower] the lower the better
 * @property {number} target how many times as fast as theirs
 */

/** @type {Fit[]} */
export const fits = [
  { name: 'logistic', title: 'logistic regression, 2 classes', rows: 10000, package: 'ml-logistic-regression', quality: 'accuracy' },
  { name: 'knn', title: 'k-NN, k 5, 1,000 answers', rows: 10000, package: 'ml-knn', quality: 'accuracy' },
  { name: 'kmeans', title: 'k-means, k 8, the same start, to the end', rows: 10000, package: 'ml-kmeans', quality: 'inertia', lower: true },
  { name: 'pca', title: 'PCA, 5 of 20', rows: 10000, package: 'ml-pca', quality: 'share of the variance' },
  { name: 'tree', title: 'tree, unlimited', rows: 1000, package: 'ml-cart', quality: 'accuracy' },
  { name: 'forest', title: 'forest of 20 trees', rows: 1000, package: 'ml-random-forest', quality: 'accuracy' },
].map((fit) => ({ target: 10, ...fit }));
