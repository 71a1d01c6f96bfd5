/* `laymanz lab NAME --with FILE.c`: a lab with the reader's own function in it.
 *
 * Usage: node with.mjs PROGRAM */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = resolve(process.argv[2] ?? 'build/laymanz');
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const answers = join(root, 'lessons/01-overview/challenges/latency-percentile');
const solution = join(answers, 'solution.c');
const folder = mkdtempSync(join(tmpdir(), 'laymanz with-')); // the space is on purpose
const scratch = join(folder, 'tmp'); // the program's own TMPDIR: it must be empty after every run
mkdirSync(scratch);
const env = { ...process.env, LAYMANZ_HOME: root, TMPDIR: scratch };

function run(...args) {
  const options = { env, encoding: 'utf8', maxBuffer: 1 << 28 };
  const { status, signal, stdout, stderr } = spawnSync(program, ['lab', ...args], options);
  return { status: status ?? signal, out: stdout, error: stderr };
}

/** A file with a percentile of this body; the body starts in line 4. */
function answer(body, above = '') {
  const file = join(folder, 'answer.c');
  const head = 'double percentile(const double *ms, size_t n, double p) {';
  writeFileSync(file, `#include <stdio.h>\n#include <stdlib.h>\n${above}${head}\n${body}\n}\n`);
  return file;
}

/** Ends with this status, prints nothing, and says each of these. */
function refused(args, status, ...sayings) {
  const told = run(...args);
  assert.equal(told.status, status, told.error);
  assert.equal(told.out, '');
  assert.match(told.error, /^laymanz: /);
  for (const saying of sayings)
    assert.ok(told.error.includes(saying), `"${told.error.trim()}" does not say "${saying}"`);
}

let passed = 0;
let failed = 0;
function test(name, body) {
  try {
    body();
    assert.deepEqual(readdirSync(scratch), [], 'something was left in TMPDIR');
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAILED ${name}\n  ${String(error.message).split('\n').join('\n  ')}`);
    for (const left of readdirSync(scratch)) rmSync(join(scratch, left), { recursive: true });
  }
}

for (const format of ['json', 'csv', 'table'])
  test(`a right answer: the same bytes as ${format}`, () => {
    const settings = ['--set', 'max_batch=8', 'service=exponential', '--seed', '7'];
    const options = ['batching-queue', ...settings, '--format', format];
    const own = run(...options, '--with', solution);
    assert.equal(own.status, 0, own.error);
    assert.equal(own.error, '');
    assert.equal(own.out, run(...options).out);
  });

test('a wrong answer: another p99, and all that does not depend on it the same', () => {
  const [library, own] = [[], ['--with', join(answers, 'wrong/rank-as-index.c')]].map(
    (more) => JSON.parse(run('batching-queue', '--json', ...more).out).readouts,
  );
  assert.notEqual(own.p99, library.p99);
  assert.equal(own.throughput, library.throughput);
  assert.equal(own.mean_response, library.mean_response);
});

test('the challenge may be named, and the option may stand anywhere', () => {
  const options = ['--challenge', 'latency-percentile', '--with', solution, '--steps', '3'];
  const { status, out } = run('batching-queue', ...options);
  assert.equal(status, 0);
  assert.equal(out, run('batching-queue', '--steps', '3').out);
});

test('a relative path', () => {
  const options = { env, cwd: answers, encoding: 'utf8' };
  const told = spawnSync(program, ['lab', 'batching-queue', '--with', 'solution.c'], options);
  assert.equal(told.status, 0, told.stderr);
});

test('notes of the run are passed on, once', () => {
  const options = ['batching-queue', '--set', 'max_batch=1000000', '--steps', '1'];
  const { status, error } = run(...options, '--with', solution);
  assert.equal(status, 0);
  assert.equal(error, run(...options).error);
  assert.match(error, /max_batch/);
});

test('what it prints goes to standard error, in its order, and the JSON stays JSON', () => {
  const body = '    printf("of %zu: ", n);\n    fprintf(stderr, "one, ");\n    puts("two");\n    return n > 0 ? ms[0] : p;';
  const { status, out, error } = run('batching-queue', '--steps', '1', '--json', '--with', answer(body));
  assert.equal(status, 0, error);
  assert.equal(JSON.parse(out).lab, 'batching-queue');
  assert.match(error, /^(of \d+: one, two\n)+$/);
});

test('what it printed before a fault is told', () => {
  const { out, error } = run('batching-queue', '--with', answer('    printf("so far\\n");\n    abort();\n    return p + n + ms[0];'));
  assert.equal(out, '');
  assert.match(error, /^so far\nlaymanz: your code has stopped the lab: your code called abort\n$/);
});

test('printing without end is stopped', () => {
  const body = '    for (size_t i = 0; i < 1000000; i++)\n        puts("and on it goes");\n    return n > 0 ? ms[0] : p;';
  refused(['batching-queue', '--with', answer(body)], 1, 'it printed more than', 'was stopped');
});

test('memory that is never freed does not end it', () => {
  const file = answer('    int *kept = malloc(40);\n    return kept == NULL || n == 0 ? p : ms[0];');
  const { status, error } = run('batching-queue', '--steps', '2', '--with', file);
  assert.equal(status, 0, error);
});

const FIRST = 'n > 0 ? ms[0] : p';
const faults = [
  {
    what: 'an index',
    body: `double few[4] = {0};\nfor (size_t i = 0; i <= n % 2 + 4; i++)\nfew[i] = p;\nreturn few[0] + (${FIRST});`,
    saying: 'Line 6: ',
  },
  {
    what: 'a write past a block',
    body: `double *few = malloc(n > 1000000 ? 16 : 8);\nfew[1] = ${FIRST};\nreturn few[0];`,
    saying: 'Line 5: your code writes 8 bytes',
  },
  { what: 'a null pointer', body: `ms = NULL;\nreturn ${FIRST};`, saying: 'Line 5: ' },
  { what: 'exit', body: `exit(0);\nreturn ${FIRST};`, saying: 'ended the whole program' },
  { what: 'exit with a status', body: `exit(9);\nreturn ${FIRST};`, saying: 'the whole program with exit status 9' },
  { what: 'abort', body: `abort();\nreturn ${FIRST};`, saying: 'called abort' },
];
for (const { what, body, saying } of faults)
  test(`a fault inside the lab: ${what}`, () =>
    refused(['batching-queue', '--with', answer(body)], 1, 'your code has stopped the lab', saying));

test('an endless loop is stopped', () => {
  const file = answer('    for (volatile int i = 0; n > 0 && ms[0] > p - 1000;)\n        i = 0;\n    return 0;');
  refused(['batching-queue', '--with', file], 1, 'stopped after 20 s', 'loop');
});

test('what does not compile', () =>
  refused(['batching-queue', '--with', answer('    return p')], 1, 'answer.c', 'error:'));
test('a file that defines main', () =>
  refused(
    ['batching-queue', '--with', answer('    return p;', 'int main(void) { return 0; }\n')],
    1,
    'defines main',
    'the lab starts it and calls your function',
  ));
test('a file that defines a name of the program’s', () =>
  refused(
    ['batching-queue', '--with', answer('    return p;', 'int cli_note;\n')],
    1,
    'cli_note, a name that the lab uses too',
  ));
test('a file without the function', () => {
  const file = join(folder, 'other.c');
  writeFileSync(file, 'double mean(void) { return 0; }\n');
  refused(['batching-queue', '--with', file], 1, 'double percentile(const double *ms, size_t n, double p)');
});
test('no such file', () =>
  refused(['batching-queue', '--with', join(folder, 'none.c')], 2, 'cannot be read'));
test('a lab that calls no challenge', () =>
  refused(['mlp-playground', '--with', solution], 2, 'no challenge drives the lab mlp-playground'));
test('a challenge that drives no lab', () =>
  refused(['batching-queue', '--with', solution, '--challenge', 'linear-predict'], 2, 'does not drive the lab'));
test('options without their value', () => {
  refused(['batching-queue', '--with'], 2, '--with needs a value');
  refused(['batching-queue', '--with', solution, '--challenge', '--json'], 2, '--challenge needs a value');
  refused(['batching-queue', '--challenge', 'latency-percentile'], 2, '--with FILE.c');
});
test('other options are read as ever', () =>
  refused(['batching-queue', '--with', solution, '--set', 'max_botch=3'], 2, 'max_botch'));
test('the starter, which the lab takes too', () => {
  const { readouts } = JSON.parse(run('batching-queue', '--json', '--with', join(answers, 'starter.c')).out);
  assert.equal(readouts.p99, 0);
});
test('it is in the help', () => assert.match(run('--help').out, /--with FILE\.c/));

rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
