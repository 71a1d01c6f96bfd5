// A file of progress: what is read of it, and how it becomes one with what was done since.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSentence, merge, readFile, writeFile } from '../../web/lib/progress-file.js';
import { checkRecord, migrate, VERSION } from '../../web/lib/progress-record.js';

const NOW = 1000;
const record = (kind, id, value, changed) => ({ kind, id, value, changed });
const fileOf = (records, version = VERSION) => JSON.stringify({ format: 'laymanz-progress', version, records });
const valueOf = ({ records }, kind) => records.find((one) => one.kind === kind)?.value;

/** What becomes of one record on each side. */
const both = (kind, mine, mineAt, theirs, theirsAt) =>
  merge([record(kind, 'a', mine, mineAt)], [record(kind, 'a', theirs, theirsAt)]);

test('what is written is read again, and merging it changes nothing', () => {
  const all = [
    record('goal', 'lab/goal', true, 1), record('section', '01/a', true, 2), record('hint', 'a', 2, 3), record('code', 'a', 'int x;', 4),
    record('starter', 'a', '', 5), record('lab', 'a', { params: [['k', '1']], seed: 3 }, 6),
    record('challenge', 'a', { passed: true, best: 4, star: false }, 7), record('quiz', 'q', { answer: [1], right: true, first: false }, 8),
    record('prediction', 'p', { guess: 1.5, far: true }, 9), record('attempts', 'a', [{ time: 1, text: 'x', verdict: '1 error' }], 10),
  ];
  const { records, unknown, malformed } = readFile(writeFile(all, new Date(0)), NOW);
  assert.deepEqual(records.map(({ over: _, ...rest }) => rest), all);
  assert.deepEqual([unknown, malformed], [0, 0]);
  const merged = merge(all, records);
  assert.deepEqual([merged.records, merged.same], [[], all.length]);
  assert.match(importSentence(merged, { unknown, malformed }, String), /nothing that you do not have already/);
});

test('passed stays passed, best stays best, whichever is newer', () => {
  const good = { passed: true, best: 3, star: false }, poor = { passed: false, best: 5, star: true };
  for (const [mine, theirs] of [[good, poor], [poor, good]])
    for (const [at, then] of [[1, 2], [2, 1]])
      assert.deepEqual(valueOf(both('challenge', mine, at, theirs, then), 'challenge'), { passed: true, best: 5, star: true });
});

test('different code: the later is current, the other the first of the attempts, one stamp or the other', () => {
  const newer = both('code', 'mine', 1, 'theirs', 2);
  assert.equal(valueOf(newer, 'code'), 'theirs');
  assert.equal(valueOf(newer, 'attempts')[0].text, 'mine');
  const older = both('code', 'mine', 2, 'theirs', 1);
  assert.equal(valueOf(older, 'code'), undefined);
  assert.equal(valueOf(older, 'attempts')[0].text, 'theirs');
  assert.deepEqual(older.both, ['a']);
});

test('the other code is kept even beside twenty attempts', () => {
  const attempts = Array.from({ length: 20 }, (_, i) => ({ time: 100 + i, text: `try ${i}`, verdict: 'v' }));
  const { records } = merge([record('code', 'a', 'mine', 5), record('attempts', 'a', attempts, 5)], [record('code', 'a', 'theirs', 1)]);
  const [first, ...rest] = records.find(({ kind }) => kind === 'attempts').value;
  assert.equal(first.text, 'theirs');
  assert.equal(rest.length, 19);
});

test('attempts are united, newest first, without repetitions', () => {
  const at = (time) => ({ time, text: `t${time}`, verdict: 'v' });
  assert.deepEqual(valueOf(both('attempts', [at(3), at(1)], 1, [at(4), at(3)], 2), 'attempts'), [at(4), at(3), at(1)]);
});

test('a question: right stays right, and the first answer was the first', () => {
  const wrong = { answer: [0], right: false, first: false }, right = { answer: [1], right: true, first: true };
  assert.deepEqual(valueOf(both('quiz', wrong, 1, right, 2), 'quiz'), { answer: [1], right: true, first: false });
  assert.deepEqual(valueOf(both('quiz', right, 2, wrong, 1), 'quiz'), { answer: [1], right: true, first: false });
});

test('a guess outlives a later skip', () => {
  assert.equal(both('prediction', { guess: 1, far: false }, 1, { skipped: true }, 2).updated, 0);
});

test('a time in the future is taken for now', () => {
  assert.equal(checkRecord(record('goal', 'a', true, 1e15), NOW).changed, NOW);
});

test('a version 1 quiz answer learns whether the first was right', () => {
  assert.equal(migrate(record('quiz', 'q', { answer: 1, right: true }, 1), 1).value.first, true);
  assert.equal(readFile(fileOf([record('quiz', 'q', { answer: 1, right: false }, 1)], 1), NOW).records[0].value.first, false);
});

test('what is not of its kind is left out and counted', () => {
  const wrong = [null, 7, [], {}, record('goal', 'a', 'yes', 1), record('goal', '', true, 1), record('goal', 'a', true, '1'),
    record('goal', 'a', true, -1), record('code', 'a', 5, 1), record('hint', 'a', -1, 1), record('quiz', 'a', { answer: {}, right: true, first: true }, 1),
    record('lab', 'a', { params: [['k', {}]], seed: 1 }, 1), record('attempts', 'a', [{ time: 1, text: 'x' }], 1), record('challenge', 'a', null, 1),
    record('prediction', 'a', { guess: 'x', far: true }, 1), record('attempts', 'a', [{ time: 1e300, text: '', verdict: 'v' }], 1)];
  const { records, unknown, malformed } = readFile(fileOf([...wrong, record('toString', 'a', 1, 1), record('new', 'a', 1, 1)]), NOW);
  assert.deepEqual([records, malformed, unknown], [[], wrong.length, 2]);
});

test('fields that do not belong are not taken over', () => {
  const text = fileOf([]).replace('[]', '[{"kind":"challenge","id":"a","changed":1,"value":{"passed":true,"best":1,"__proto__":{"x":1},"html":"<b>"}}]');
  assert.deepEqual(readFile(text, NOW).records[0].value, { passed: true, best: 1, star: false });
});

test('refusals say why, and that nothing was changed', () => {
  const files = [['{', /not JSON/], ['[]', /no progress of this site/], [fileOf([], VERSION + 1), /newer version/], [fileOf({}), /missing/],
    [fileOf([], 0), /missing/], [fileOf(Array(20_001).fill(1)), /too big/]];
  for (const [text, sentence] of files) {
    assert.throws(() => readFile(text, NOW), sentence);
    assert.throws(() => readFile(text, NOW), /Nothing was changed\.$/);
  }
});
