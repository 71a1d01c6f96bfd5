/* fit, predict and metrics: a person's own data. Figures are compared with scikit-learn's (tests/golden/cli_fit.py).
 *
 * Usage: node data.mjs PROGRAM; with TABLE=1 in the environment it lists the differences from scikit-learn. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = resolve(process.argv[2]);
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = mkdtempSync(join(tmpdir(), 'laymanz data-')); // the space is on purpose
const golden = JSON.parse(readFileSync(join(root, 'tests/golden/cli_fit.json'), 'utf8'));

/** Runs the program; its status, standard output and error. */
function run(...args) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status: status ?? signal, out: stdout, error: stderr };
}

/** The same for a command that must succeed and print JSON. */
function json(...args) {
  const { status, out, error } = run(...args, '--json');
  assert.equal(status, 0, error);
  return JSON.parse(out);
}

/** Refused with a sentence that says each of these. */
function refused(args, ...sayings) {
  const { status, out, error } = run(...args);
  assert.equal(status, 2, `status ${status}: ${error}`);
  assert.equal(out, '');
  assert.match(error, /^laymanz: [^\n]*\n$/);
  for (const saying of sayings) assert.ok(error.includes(saying), `"${error.trim()}" does not say "${saying}"`);
}

let passed = 0;
let failed = 0;
function test(name, body) {
  try {
    body();
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n  ${String(error.message).split('\n').join('\n  ')}`);
  }
}

/** A file of that text; its path. */
function fileOf(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

let largest = 0; // relative difference so far; for the table

/** Within a share of the expected value, or of 1e-4 where that is about 0. */
function near(actual, expected, tolerance, what) {
  const off = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-4);
  largest = Math.max(largest, off);
  assert.ok(off <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

function allNear(actual, expected, tolerance, what) {
  assert.equal(actual.length, expected.length, what);
  expected.forEach((value, i) => near(actual[i], value, tolerance, `${what}[${i}]`));
}

/** Every name of an object, and of those within. */
function namedNear(actual, expected, tolerance, what) {
  for (const [name, value] of Object.entries(expected))
    if (typeof value === 'object') namedNear(actual[name], value, tolerance, `${what}.${name}`);
    else near(actual[name], value, tolerance, `${what}.${name}`);
}

const targets = { iris: 'species', wine: 'cultivar', breast_cancer: 'diagnosis', digits: 'class', diabetes: 'progression' };

/** Every fourth row of a data set is tested, as in tests/golden/cli_fit.py. */
const files = Object.fromEntries(
  Object.entries(targets).map(([name, target]) => {
    const [head, ...rows] = readFileSync(join(root, `lessons/data/${name}.csv`), 'utf8').trim().split(/\r?\n/);
    const part = (tested) => [head, ...rows.filter((_, i) => (i % 4 === 3) === tested), ''].join('\n');
    const data = fileOf(`${name}-train.csv`, part(false)), tests = fileOf(`${name}-test.csv`, part(true));
    return [name, { target, data, tests, args: ['--data', data, '--target', target, '--test', tests] }];
  }),
);

const set = (settings) => (settings.length > 0 ? ['--set', ...settings] : []);

const table = []; // what the closing lines show if wanted

// --- As scikit-learn -------------------------------------------------------------------------------------------------

for (const { file, model, settings, tolerance, predictions, probabilities, metrics, parameters } of golden.exact) {
  const title = [model, file, ...settings].join(' ');
  test(`${title}: parameters, predictions and metrics are scikit-learn's`, () => {
    const saved = join(folder, 'saved.model');
    largest = 0;
    const told = json('fit', model, ...files[file].args, ...set(settings), '--save', saved);
    assert.equal(told.model, model);
    if (file === 'diabetes') allNear(told.predictions, predictions, tolerance, 'prediction');
    else assert.deepEqual(told.predictions, predictions);
    for (const [name, values] of Object.entries(probabilities ?? {}))
      values.forEach((p, i) => p === null || assert.ok(Math.abs(told.probabilities[name][i] - p) < 1e-4, `p(${name})[${i}]`));
    namedNear(told.parameters, parameters ?? {}, tolerance, 'parameters');
    table.push(`${title}: parameters${file === 'diabetes' ? ' and predictions' : ''} ${largest.toExponential(1)}`);
    namedNear(told.metrics, metrics, 1e-4, 'metrics');
    table.push(`${title}: with metrics ${largest.toExponential(1)}`);
    const again = json('predict', saved, '--data', files[file].tests);
    assert.deepEqual([again.predictions, again.probabilities, again.metrics], [told.predictions, told.probabilities, told.metrics]);
  });
}

for (const { file, model, settings, figure, value, within } of golden.chance) {
  test(`${model} ${file}: its score is near scikit-learn's`, () => {
    const saved = join(folder, 'saved.model');
    const told = json('fit', model, ...files[file].args, ...set(settings), '--save', saved);
    const ours = told.metrics[figure];
    table.push(`${model} ${file} ${figure}: ${ours.toFixed(4)}, scikit-learn ${value.toFixed(4)}`);
    assert.ok(ours >= value - within, `${ours}, expected ${value}`);
    assert.ok(model === 'mlp' || ours <= value + within, `${ours}, expected ${value}: too good to be the same`);
    const again = json('predict', saved, '--data', files[file].tests);
    assert.deepEqual([again.predictions, again.probabilities], [told.predictions, told.probabilities]);
  });
}

test('k-means finds the same clusters', () => {
  const { inertia, centres, predictions, adjusted_rand, completeness } = golden.unguided.kmeans;
  const told = json('fit', 'kmeans', ...files.iris.args, '--set', 'k=3');
  near(told.parameters.inertia, inertia, 1e-6, 'inertia');
  namedNear(told.metrics, { adjusted_rand, completeness }, 1e-9, 'metrics');
  assert.ok(told.notes.some((note) => note.includes('compared with it')));
  assert.match(run('fit', 'kmeans', ...files.iris.args, '--set', 'k=3').out, /cluster 0 +cluster 1 +cluster 2\n/);
  const theirs = told.predictions.map((cluster, i) => `${cluster} ${predictions[i]}`);
  assert.equal(new Set(theirs).size, 3, 'the same rows are together');
  const found = told.parameters.centres.map((centre) => Object.values(centre)).sort(([a], [b]) => a - b);
  centres.sort(([a], [b]) => a - b).forEach((centre, i) => allNear(found[i], centre, 1e-5, `centre ${i}`));
});

test('principal components are the same up to their sign', () => {
  const expected = golden.unguided.pca;
  const told = json('fit', 'pca', ...files.iris.args, '--set', 'k=2', 'scale=standard');
  const { explained_variance, explained_variance_ratio, noise_variance, components } = told.parameters;
  allNear(explained_variance, expected.explained_variance, 1e-9, 'variance');
  allNear(explained_variance_ratio, expected.explained_variance_ratio, 1e-9, 'ratio');
  near(noise_variance, expected.noise_variance, 1e-9, 'noise');
  expected.components.forEach((component, k) => {
    const ours = Object.values(components[k]);
    const sign = Math.sign(ours[0] * component[0]);
    allNear(ours.map((value) => sign * value), component, 1e-7, `component ${k}`);
    allNear(told.predictions.map((row) => sign * row[k]), expected.predictions.map((row) => row[k]), 1e-6, `scores ${k}`);
  });
});

test('an isolation forest ranks the malignant like theirs', () => {
  const { metrics } = json('fit', 'isolation-forest', ...files.breast_cancer.args);
  assert.ok(Math.abs(metrics.roc_auc - golden.unguided['isolation-forest'].roc_auc) < 0.03, String(metrics.roc_auc));
});

// --- Words, gaps, columns that say nothing --------------------------------------------------------------------------

const mixed = { data: fileOf('mixed.csv', golden.mixed.train), tests: fileOf('mixed-test.csv', golden.mixed.test) };
const mixedArgs = ['--data', mixed.data, '--test', mixed.tests, '--target', 'left'];

test('words, gaps and unknown words are treated as scikit-learn is told to, and it is said', () => {
  const { parameters, probabilities, notes } = json('fit', 'logistic', ...mixedArgs);
  const { intercept, coefficients, probability } = golden.mixed.logistic;
  assert.deepEqual(Object.keys(parameters.coefficients).sort(), Object.keys(coefficients).sort());
  near(parameters.intercept, intercept, 1e-4, 'intercept');
  for (const [name, value] of Object.entries(coefficients))
    assert.ok(Math.abs(parameters.coefficients[name] - value) < 1e-6, `${name}: ${parameters.coefficients[name]}, ${value}`);
  allNear(probabilities.yes, probability, 1e-4, 'probability');
  for (const saying of ['"name"', '"one"', 'median', '"age" (', '(missing)', '"plan" (2 words)', 'holds a word that no training row had', '"lima"'])
    assert.ok(notes.some((note) => note.includes(saying)), `${saying} in ${notes.join('\n')}`);
  allNear(json('fit', 'naive-bayes', ...mixedArgs).probabilities.yes, golden.mixed['naive-bayes'], 1e-5, 'naive Bayes');
});

test('a linear model takes contrasts of words, and an unknown one for the mean of all', () => {
  const args = ['--data', mixed.data, '--test', mixed.tests, '--target', 'age', '--without', 'left', 'name'];
  const { predictions, parameters, notes } = json('fit', 'linear', ...args);
  allNear(predictions, golden.mixed.linear, 1e-5, 'prediction');
  assert.deepEqual(Object.keys(parameters.coefficients), ['city=quito', 'city=rome', 'city=(missing)', 'income', 'plan=full, yearly']);
  assert.ok(notes.some((note) => note.includes('have no "age"')));
  assert.ok(notes.some((note) => note.includes('the same in every row were left out: "one"')));
});

test('trees take gaps as they are', () => {
  for (const model of ['tree', 'forest', 'boosting']) {
    const { notes, predictions } = json('fit', model, ...mixedArgs);
    assert.equal(predictions.length, 30);
    assert.ok(notes.some((note) => note.includes('missing numbers stay missing')));
  }
});

test('every model that there is learns from words and gaps, is saved, and predicts the same', () => {
  const models = run('fit', '--models').out.match(/^[a-z-]+(?= \()/gm);
  assert.deepEqual(models.sort(), 'boosting elastic-net forest isolation-forest kmeans knn lasso linear logistic mlp naive-bayes pca ridge sgd tree'.split(' '));
  for (const model of models) {
    const saved = join(folder, 'every.model');
    const target = ['linear', 'ridge', 'lasso', 'elastic-net'].includes(model) ? 'income' : 'left';
    const told = json('fit', model, '--data', mixed.data, '--test', mixed.tests, '--target', target, '--save', saved, '--set', 'seed=7');
    const again = json('predict', saved, '--data', mixed.tests);
    assert.deepEqual([again.predictions, again.probabilities, again.metrics], [told.predictions, told.probabilities, told.metrics], model);
    assert.match(run('fit', model, '--data', mixed.data, '--target', target).out, /of .*features\n[^]*\nnotes\n/);
  }
});

// --- What a person may ask for ---------------------------------------------------------------------------------------

const small = fileOf('small.csv', 'a,b,y\n1,5,no\n2,3,no\n3,4,yes\n4,1,no\n5,2,yes\n6,6,yes\n');

test('the positive class is the second, or the one that is named', () => {
  const second = json('fit', 'logistic', '--data', small, '--target', 'y');
  const first = json('fit', 'logistic', '--data', small, '--target', 'y', '--positive', 'no');
  near(second.parameters.coefficients.a, -first.parameters.coefficients.a, 1e-9, 'a');
  near(second.metrics.roc_auc, first.metrics.roc_auc, 1e-9, 'roc_auc');
  assert.deepEqual(Object.keys(first.probabilities), ['yes', 'no']);
  refused(['fit', 'logistic', '--data', small, '--target', 'y', '--positive', 'yess'], "'yess'", 'near it: yes');
  refused(['fit', 'logistic', '--data', files.iris.data, '--target', 'species', '--positive', 'setosa'], 'two classes', 'has 3');
});

test('a target of two numbers, any two, is two classes', () => {
  const numbers = fileOf('two.csv', readFileSync(small, 'utf8').replaceAll('no', '-3.5').replaceAll('yes', '12'));
  for (const model of ['logistic', 'tree']) {
    const { predictions, probabilities, metrics } = json('fit', model, '--data', numbers, '--target', 'y');
    assert.ok(predictions.every((value) => value === 12 || value === -3.5), String(predictions));
    assert.deepEqual(Object.keys(probabilities).sort(), ['-3.5', '12']);
    assert.ok(metrics.roc_auc >= 0.5);
  }
  assert.ok('rmse' in json('fit', 'tree', '--data', numbers, '--target', 'y', '--task', 'regression').metrics);
});

test('models that do both take few whole numbers for classes, and say so', () => {
  const { notes, metrics } = json('fit', 'tree', ...files.digits.args, '--set', 'max_depth=3');
  assert.ok('accuracy' in metrics);
  assert.ok(notes.some((note) => note.includes('--task regression')));
  assert.ok('rmse' in json('fit', 'tree', ...files.digits.args, '--task', 'regression', '--set', 'max_depth=3').metrics);
  assert.ok('rmse' in json('fit', 'tree', ...files.diabetes.args).metrics);
  refused(['fit', 'tree', ...files.iris.args, '--task', 'regression'], 'holds the word', 'setosa');
  refused(['fit', 'logistic', ...files.iris.args, '--task', 'regression'], 'logistic does no regression');
  refused(['fit', 'tree', ...files.iris.args, '--task', 'both'], 'regression or classification');
});

test('without a test file the training rows are judged, which is said', () => {
  const { predictions, notes } = json('fit', 'logistic', '--data', small, '--target', 'y');
  assert.equal(predictions.length, 6);
  assert.ok(notes.some((note) => note.includes('flatters')));
});

test("scikit-learn's names of settings are understood", () => {
  const { settings } = json('fit', 'logistic', '--data', small, '--target', 'y', '--set', 'C=4');
  assert.equal(settings.l2, 0.25);
  assert.equal(json('fit', 'ridge', '--data', small, '--target', 'a', '--set', 'alpha=3').settings.l2, 3);
  assert.equal(json('fit', 'knn', '--data', small, '--target', 'y', '--set', 'n_neighbors=3').settings.k, 3);
});

test('a seed gives the same model, another one another', () => {
  const [first, again, other] = [7, 7, 8].map((seed) => json('fit', 'forest', ...files.wine.args, '--set', `seed=${seed}`, 'n_trees=5').probabilities);
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

test('the report has all that the JSON has, in words', () => {
  const { status, out } = run('fit', 'logistic', ...files.breast_cancer.args);
  assert.equal(status, 0);
  for (const saying of ['Logistic regression of "diagnosis" by 30 features', 'l2=1', 'worst_radius', 'roc_auc', 'share of rows that are right', 'malignant'])
    assert.ok(out.includes(saying), saying);
});

test('classes of the test file that training had not count as wrong', () => {
  const more = fileOf('more.csv', 'a,b,y\n1,5,no\n6,6,yes\n3,3,perhaps\n');
  const { metrics, notes } = json('fit', 'logistic', '--data', small, '--target', 'y', '--test', more);
  near(metrics.accuracy, 2 / 3, 1e-12, 'accuracy');
  assert.equal(metrics.log_loss, undefined);
  assert.ok(notes.some((note) => note.includes('"perhaps"')));
});

test('a test file without the target is predicted all the same, and extra columns are told', () => {
  const plain = fileOf('plain.csv', 'extra,b,a\n1,5,1\n2,6,6\n');
  const { predictions, metrics, notes } = json('fit', 'logistic', '--data', small, '--target', 'y', '--test', plain);
  assert.deepEqual(predictions, ['no', 'yes']);
  assert.deepEqual(metrics, {});
  assert.ok(notes.some((note) => note.includes('does not use "extra"')));
  assert.ok(notes.some((note) => note.includes('no column "y"')));
});

test('a test file without one of the classes has no ROC AUC, which is said', () => {
  for (const [data, target, rows] of [[small, 'y', 'a,b,y\n1,5,no\n6,6,no\n'], [files.iris.data, 'species', readFileSync(files.iris.tests, 'utf8').split('\n').slice(0, 20).join('\n')]]) {
    const { metrics, notes } = json('fit', 'logistic', '--data', data, '--target', target, '--test', fileOf('few.csv', rows));
    assert.ok(metrics.log_loss > 0);
    assert.ok(!('roc_auc' in metrics) && !('roc_auc_ovr' in metrics));
    assert.ok(notes.some((note) => note.includes('no ROC AUC')), notes.join('\n'));
  }
});

test('rows without a target are predicted, and nothing else', () => {
  const gaps = fileOf('gaps.csv', readFileSync(small, 'utf8') + '7,7,\n');
  const told = json('fit', 'logistic', '--data', gaps, '--target', 'y');
  assert.equal(told.predictions.length, 7);
  assert.deepEqual(told.parameters, json('fit', 'logistic', '--data', small, '--target', 'y').parameters);
  assert.ok(told.notes.some((note) => note.includes('1 of 7 rows have no "y"')));
});

test('three thousand columns are no trouble', () => {
  const wide = (from, to) => Array.from({ length: 12 }, (_, r) => Array.from({ length: 3000 }, (_, c) => ((r * 7919 + c * 104729) % 97) / 10).concat(r % 2 ? 'b' : 'a').slice(from, to).join(','));
  const names = Array.from({ length: 3000 }, (_, c) => `c${c}`).concat('y');
  const path = fileOf('wide.csv', [names.join(','), ...wide(0, 3001)].join('\n'));
  for (const model of ['knn', 'tree', 'naive-bayes']) assert.equal(json('fit', model, '--data', path, '--target', 'y').predictions.length, 12);
  assert.equal(Object.keys(json('fit', 'ridge', '--data', path, '--target', 'c7', '--without', 'y').parameters.coefficients).length, 2999);
  refused(['fit', 'linear', '--data', path, '--target', 'c7', '--without', 'y'], 'wide.csv', '12 rows for 3000 unknowns', 'ridge');
});

// --- predict ---------------------------------------------------------------------------------------------------------

test('predict writes CSV that metrics can read', () => {
  const saved = join(folder, 'cancer.model'), output = join(folder, 'said.csv');
  const told = json('fit', 'logistic', ...files.breast_cancer.args, '--save', saved);
  assert.equal(run('predict', saved, '--data', files.breast_cancer.tests, '--output', output).status, 0);
  const csv = readFileSync(output, 'utf8');
  assert.equal(run('predict', saved, '--data', files.breast_cancer.tests).out, csv);
  assert.match(csv, /^diagnosis,prediction,probability_benign,probability_malignant\n/);
  const judged = json('metrics', output, '--truth', 'diagnosis', '--score', 'probability_malignant');
  for (const [name, value] of Object.entries(told.metrics)) near(judged[name], value, 1e-12, name);
  assert.equal(json('metrics', output, '--truth', 'diagnosis', '--score', 'prediction').accuracy, told.metrics.accuracy);
});

test('what is no model, or a damaged one, is refused', () => {
  const saved = join(folder, 'whole.model');
  json('fit', 'forest', ...mixedArgs, '--set', 'n_trees=3', '--save', saved);
  const bytes = readFileSync(saved);
  const broken = (name, change) => fileOf(name, change(Buffer.from(bytes)));
  const predict = (path) => ['predict', path, '--data', mixed.tests];
  refused(predict(small), 'small.csv', 'no model');
  refused(predict(fileOf('empty.model', '')), 'no model');
  refused(predict(broken('cut.model', (b) => b.subarray(0, b.length - 100))), 'checksum', 'damaged');
  refused(predict(broken('flipped.model', (b) => (b[b.length >> 1]++, b))), 'checksum');
  refused(predict(broken('later.model', (b) => (b[8]++, b))), 'version 2', 'reads version 1');
  refused(predict(join(folder, 'none.model')), 'none.model cannot be read');
  assert.equal(run('predict', saved, '--data', mixed.tests, '--output', join(folder, 'no/such/folder.csv')).status, 1);
});

/** CRC-32 as in IEEE 802.3. */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

test('a forged file with a right checksum gives a sentence or predictions, never a crash', () => {
  const saved = join(folder, 'forged.model');
  json('fit', 'logistic', ...mixedArgs, '--save', saved);
  const bytes = readFileSync(saved);
  for (let at = 12; at < Math.min(bytes.length - 4, 12 + 97 * 7); at += 7) {
    const forged = Buffer.from(bytes);
    forged[at] ^= 1 << (at % 8);
    forged.writeUInt32LE(crc32(forged.subarray(0, -4)), forged.length - 4);
    const { status, error } = run('predict', fileOf('forged.model', forged), '--data', mixed.tests);
    assert.ok(status === 0 || (status === 2 && /^laymanz: /.test(error)), `byte ${at}: ${status} ${error}`);
  }
});

// --- metrics ---------------------------------------------------------------------------------------------------------

const { judged } = golden;
const scores = fileOf('scores.csv', ['truth,score', ...judged.truth.map((truth, i) => `${truth},${judged.score[i]}`)].join('\n'));

test('metrics of a score are scikit-learn\'s, ties and all', () => {
  namedNear(json('metrics', scores, '--truth', 'truth', '--score', 'score'), judged.figures, 1e-9, 'metrics');
  namedNear(json('metrics', scores, '--truth', 'truth', '--score', 'score', '--threshold', '0.2'), judged['at_0.2'], 1e-9, 'at 0.2');
  const { out } = run('metrics', scores, '--truth', 'truth', '--score', 'score');
  const [, auc, low, high] = out.match(/roc_auc +(0\.\d+) +(0\.\d+) to (\d\.\d+) +chance that a positive/).map(Number);
  assert.ok(low < auc && auc < high, out);
  assert.match(out, /95 % interval\n[^]*accuracy +0\.\d+ +0\.\d+ to 0\.\d+ +share of rows/);
});

test('the same with numbers for words, and with the other class looked for', () => {
  const numbers = fileOf('numbers.csv', readFileSync(scores, 'utf8').replaceAll('malignant', '2').replaceAll('benign', '1'));
  namedNear(json('metrics', numbers, '--truth', 'truth', '--score', 'score'), judged.figures, 1e-9, 'metrics');
  const other = json('metrics', scores, '--truth', 'truth', '--score', 'score', '--positive', 'benign');
  near(other.roc_auc, 1 - judged.figures.roc_auc, 1e-9, 'roc_auc');
});

test('metrics of numbers, of classes, of one class against the rest', () => {
  const numbers = fileOf('regression.csv', ['t,p', ...judged.number_truth.map((truth, i) => `${truth},${judged.number_score[i]}`)].join('\n'));
  namedNear(json('metrics', numbers, '--truth', 't', '--score', 'p'), judged.number_figures, 1e-9, 'numbers');
  const classes = fileOf('classes.csv', 't,p,s\na,a,.9\nb,b,.2\nc,b,.1\na,a,.4\n,b,1\n');
  const told = json('metrics', classes, '--truth', 't', '--score', 'p');
  near(told.accuracy, 0.75, 1e-12, 'accuracy');
  near(told.f1_macro, 5 / 9, 1e-12, 'f1_macro');
  assert.equal(told.rows, 4);
  assert.ok(told.notes.some((note) => note.includes('1 of 5 rows lack')));
  assert.equal(json('metrics', classes, '--truth', 't', '--score', 's', '--positive', 'a').roc_auc, 1);
  refused(['metrics', classes, '--truth', 't', '--score', 's'], '3 classes', '--positive');
  const logits = json('metrics', fileOf('logits.csv', 't,s\n0,-2\n1,3\n'), '--truth', 't', '--score', 's');
  assert.equal(logits.roc_auc, 1);
  assert.equal(logits.log_loss, undefined);
  const labels = fileOf('labels.csv', ['t,p', ...Array.from({ length: 30 }, (_, i) => `${i % 3},${i % 5 === 0 ? 0 : i % 3}`)].join('\n'));
  assert.ok('accuracy' in json('metrics', labels, '--truth', 't', '--score', 'p'));
  assert.ok('rmse' in json('metrics', labels, '--truth', 't', '--score', 'p', '--task', 'regression'));
});

test('metrics refuses what it does not understand', () => {
  refused(['metrics', scores, '--truth', 'truht', '--score', 'score'], "'truht'", 'near it: truth', 'scores.csv');
  refused(['metrics', scores, '--truth', 'truth'], '--score COLUMN', 'laymanz help metrics');
  refused(['metrics', scores, '--truth', 'truth', '--score', 'score', '--threshold', 'half'], '--threshold', 'half');
  refused(['metrics', scores, '--truth', 'truth', '--score', 'score', '--positive', 'malignent'], 'near it: malignant');
  refused(['metrics', fileOf('same.csv', 't,s\na,1\na,2\n'), '--truth', 't', '--score', 's'], 'every row has the same "t"');
  refused(['metrics', fileOf('void.csv', 't,s\na,\n,2\n'), '--truth', 't', '--score', 's'], 'no row has both');
});

// --- Bad files -------------------------------------------------------------------------------------------------------

const bad = {
  'ragged.csv': ['a,b,y\n1,2,0\n3,4\n', 'line 3', '2 cells', 'add the missing cells'],
  'quote.csv': ['a,y\n1,0\n"2,1\n', 'line 3', 'never closed'],
  'nul.csv': ['a,y\n1,0\n\0,1\n', 'line 3', 'NUL'],
  'latin1.csv': [Buffer.from('a,y\n\xe9,0\n', 'latin1'), 'line 2', 'UTF-8'],
  'no-rows.csv': ['a,y\n', 'no row'],
  'nothing.csv': ['', 'empty'],
  'inf.csv': ['a,y\n1,0\ninf,1\n', 'line 3', "'a'", 'finite'],
  'huge.csv': ['a,y\n1,0\n1e999,1\n', 'line 3', "'a'", 'finite'],
  'twice.csv': ['a,a,y\n1,2,0\n', "'a'", 'rename'],
  'unnamed.csv': ['a,,y\n1,2,0\n', 'column 2 has no name'],
};

for (const [name, [text, ...sayings]] of Object.entries(bad))
  test(`${name} is refused by every command`, () => {
    const path = fileOf(name, text);
    refused(['fit', 'knn', '--data', path, '--target', 'y'], name, ...sayings);
    refused(['fit', 'knn', '--data', small, '--target', 'y', '--test', path], name, ...sayings);
    refused(['metrics', path, '--truth', 'y', '--score', 'a'], name, ...sayings);
    refused(['drift', small, path], name, ...sayings);
  });

test('nan is a missing cell', () => {
  const path = fileOf('nan.csv', 'a,y\n1,0\nnan,1\nNaN,1\n4,1\n5,0\n');
  const { notes } = json('fit', 'logistic', '--data', path, '--target', 'y');
  assert.ok(notes.some((note) => note.includes('"a" (2 of 5 rows)')), notes.join('\n'));
});

test('targets that cannot be learned are refused', () => {
  const one = fileOf('one-class.csv', 'a,y\n1,no\n2,no\n');
  refused(['fit', 'logistic', '--data', one, '--target', 'y'], 'every row has the same "y"', "'no'", 'at least two');
  refused(['fit', 'ridge', '--data', small, '--target', 'y'], 'small.csv', 'line 2', "the word 'no'", 'logistic');
  refused(['fit', 'knn', '--data', fileOf('gone.csv', 'a,y\n1,\n2,\n'), '--target', 'y'], '"y" has no value');
  refused(['fit', 'logistic', '--data', files.iris.data, '--target', 'specis'], "'specis'", 'near it: species', 'iris-train.csv');
  refused(['fit', 'logistic', '--data', files.iris.data], '--target');
  refused(['fit', 'knn', '--data', fileOf('alone.csv', 'y,n\n1,7\n2,7\n'), '--target', 'y', '--without', 'n'], 'no column to learn from');
});

test('a constant column is told, and does no harm', () => {
  const constant = fileOf('constant.csv', readFileSync(small, 'utf8').replace(/^(.*),/gm, (_, start, at) => `${start},${at === 0 ? 'c' : '9'},`));
  const { parameters, notes } = json('fit', 'logistic', '--data', constant, '--target', 'y');
  near(parameters.coefficients.a, json('fit', 'logistic', '--data', small, '--target', 'y').parameters.coefficients.a, 1e-6, 'a');
  assert.ok(notes.some((note) => note.includes('nothing is learned') && note.includes('"c"')));
  assert.ok(!('c' in json('fit', 'linear', '--data', constant, '--target', 'a').parameters.coefficients));
});

test('columns that add up to another are named', () => {
  const sum = fileOf('sum.csv', 'a,b,both,y\n' + Array.from({ length: 9 }, (_, i) => `${i},${(i * i) % 5},${i + ((i * i) % 5)},${i % 4}.5\n`).join(''));
  refused(['fit', 'linear', '--data', sum, '--target', 'y'], 'feature 2 is "both"', '--without', 'ridge');
  assert.equal(json('fit', 'linear', '--data', sum, '--target', 'y', '--without', 'both').predictions.length, 9);
  refused(['fit', 'linear', '--data', sum, '--target', 'y', '--without', 'boht'], "'boht'", 'both');
});

test('values that overflow are refused with their column', () => {
  const large = fileOf('large.csv', 'a,b,y\n1,1e300,1\n2,-1e300,2\n3,1e308,3.5\n');
  const args = ['--data', large, '--target', 'y'];
  refused(['fit', 'tree', ...args, '--set', 'scale=standard'], 'large.csv', "column 'b'", 'larger unit');
  refused(['fit', 'kmeans', ...args, '--set', 'k=2'], 'large.csv', 'feature 1 is "b"');
});

test('a prediction that overflows is null, and an empty cell', () => {
  const steep = fileOf('steep.csv', 'a,y\n1,1e200\n2,2e200\n4,3e200\n'), far = fileOf('far.csv', 'a\n2\n1e150\n');
  const saved = join(folder, 'steep.model');
  const { predictions } = json('fit', 'linear', '--data', steep, '--target', 'y', '--test', far, '--save', saved);
  assert.ok(predictions[0] > 1e200 && predictions[1] === null);
  assert.match(run('predict', saved, '--data', far).out, /^prediction\n[\d.]+e\+200\n\n$/);
});

test('a test file that does not fit is refused', () => {
  const args = ['fit', 'logistic', '--data', small, '--target', 'y', '--test'];
  refused([...args, fileOf('lacks.csv', 'a,y\n1,no\n')], "no column of", "lacks.csv", "'b'");
  refused([...args, fileOf('words.csv', 'a,b,y\n1,2,no\n3,many,no\n')], 'words.csv', 'line 3', "column 'b'", "'many'");
  refused(['fit', 'ridge', '--data', small, '--target', 'a', '--test', fileOf('text.csv', 'a,b,y\nx,2,no\n')], 'text.csv', 'line 2', "'x'");
});

test('unknown models, settings, options and words are refused with what is near', () => {
  const data = ['--data', small, '--target', 'y'];
  refused(['fit', 'logistik', ...data], "'logistik'", 'near it: logistic', '--models');
  refused(['fit', 'forest', ...data, '--set', 'n_tree=3'], "'n_tree'", 'near it: n_trees', 'laymanz fit forest --models');
  refused(['fit', 'forest', ...data, '--set', 'n_trees=many'], 'n_trees takes a number', 'many');
  refused(['fit', 'forest', ...data, '--set', 'n_trees=0'], 'n_trees is 0', 'from 1');
  refused(['fit', 'forest', ...data, '--set', 'criterion=jinni'], 'gini', 'entropy');
  refused(['fit', 'forest', ...data, '--set', 'n_trees'], 'key=value');
  refused(['fit', 'forest', ...data, '--set', 'seed=-1'], 'seed takes');
  refused(['fit', 'forest', ...data, '--set', 'scale=big'], 'standard or none');
  refused(['fit', 'forest', ...data, '--tset', small], "'--tset'", '--test');
  refused(['fit', 'forest', 'tree', ...data], "'tree'", 'laymanz help fit');
  refused(['fit', 'knn', ...data, '--set', 'k=50'], 'k is 50', 'at most the number of rows');
  refused(['fit', '--target', 'y'], 'needs a model');
  refused(['fit', 'forest'], '--data FILE.csv');
  refused(['fit', 'forest', '--data'], '--data needs a value');
  refused(['fit', 'forest', '--data', join(folder, 'none.csv'), '--target', 'y'], 'none.csv', 'cannot be read');
  refused(['predict', small], '--data FILE.csv');
});

test('a place that cannot be written to is told', () => {
  mkdirSync(join(folder, 'taken'));
  for (const place of ['taken', 'no/such/place']) {
    const { status, out, error } = run('fit', 'knn', '--data', small, '--target', 'y', '--save', join(folder, place));
    assert.equal(status, 1);
    assert.equal(out, '');
    assert.match(error, /cannot be written: /);
  }
});

// --- The README ------------------------------------------------------------------------------------------------------

test('what the README shows is what the commands print', () => {
  symlinkSync(join(root, 'lessons'), join(folder, 'lessons'));
  mkdirSync(join(folder, 'build'));
  symlinkSync(program, join(folder, 'build/laymanz'));
  const section = readFileSync(join(root, 'README.md'), 'utf8').match(/^## On your own data\n([^]*?)\n## /m)[1];
  const shown = section.split('\n').filter((line) => line.startsWith('    ')).join('\n').split(/^ {4}\$ /m).slice(1);
  assert.ok(shown.length >= 8);
  for (const block of shown) {
    const [command, ...lines] = block.trimEnd().split('\n');
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    const printed = (stderr + stdout).split('\n').filter((line) => line !== '').map((line) => line.trimEnd());
    let at = 0;
    for (const line of lines.map((text) => text.slice(4))) {
      const place = line === '…' ? at : printed.indexOf(line, at);
      assert.ok(place >= 0, `${command}\nprints no line "${line}"`);
      at = line === '…' ? at : place + 1;
    }
  }
});

rmSync(folder, { recursive: true });
if (process.env.TABLE) console.log(table.join('\n'));
console.log(`${basename(program)} on data: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
