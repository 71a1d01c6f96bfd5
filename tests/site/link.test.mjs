// A link's settings: what is allowed is taken, and anything else told in a sentence. tests/fuzz/link.mjs has the wilder ones.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultSettings, readPreset, readSettings, writeLink } from '../../web/lib/link.js';

const param = (name, kind, rest) => ({ name, label: name, unit: '', kind, min: 0, max: 10, initial: 1, choices: [], ...rest });
const lab = {
  name: 'a-lab',
  params: [param('rate', 'number'), param('count', 'integer'), param('on', 'toggle'),
    param('kind', 'choice', { choices: [{ name: 'x', label: 'X' }, { name: 'y', label: 'Y' }] })],
};
const read = (query) => readSettings(lab, new URLSearchParams(query));

test('what a link says is set, and what was written is read as it was', () => {
  const { params, seed, problems } = read('?lab=a-lab&rate=0.25&count=7&on=no&kind=x&seed=12&embed');
  assert.deepEqual([params, seed, problems], [[0.25, 7, 0, 0], 12, []]);
  const link = new URL(writeLink(lab, { params, seed }, 'https://example.org/page/?old=1#part'));
  assert.equal(link.pathname + link.hash, '/page/');
  assert.deepEqual(readSettings(lab, link.searchParams), { params, seed, problems: [] });
});

test('what cannot be used keeps its default and is told', () => {
  for (const query of ['rate=11', 'rate=', 'rate=1e999', 'rate=NaN', 'count=1.5', 'on=2', 'kind=z', 'seed=-1', 'seed=1e3', 'colour=red',
    'seed=99999999999999999', '__proto__=1']) {
    const { problems, ...settings } = read(query);
    assert.deepEqual(settings, defaultSettings(lab), query);
    assert.equal(problems.length, 1, query);
  }
});

test('a link of thousands of faults is told in nine sentences', () => {
  const { problems } = read(Array.from({ length: 5000 }, (_, i) => `p${i}=1`).join('&'));
  assert.equal(problems.length, 9);
  assert.match(problems[8], /4992/);
});

test('a long text is cut between characters', () => {
  for (const name of ['𐀀'.repeat(30), `a${'𐀀'.repeat(30)}`, '👩‍🚀'.repeat(30)])
    for (const { problems } of [read(new URLSearchParams([[name, '1']])), readPreset(lab, `${name}=1`)])
      assert.doesNotThrow(() => encodeURIComponent(problems[0]), 'half a character is left');
});
