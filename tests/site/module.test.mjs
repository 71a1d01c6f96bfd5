/** The labs' module is small: what a person reads of a lab is in the pages, not in it again. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUILD = fileURLToPath(new URL('../../build', import.meta.url));
const LIMIT = 140_000; // bytes, by gzip -9; promised are 150 KB for all labs together

const module = readFileSync(join(BUILD, 'wasm/laymanz.wasm'));

test('the module of all labs stays under its limit', () => {
  const packed = gzipSync(module, { level: 9 }).length;
  assert.ok(packed <= LIMIT, `${packed} bytes by gzip -9; the limit is ${LIMIT}`);
});

test('it has the names that links and errors need, and none of the sentences of the labs', () => {
  const labs = JSON.parse(execFileSync(join(BUILD, 'laymanz'), ['labs', '--json'], { maxBuffer: 1 << 26, encoding: 'utf8' }));
  assert.ok(labs.length >= 14);
  for (const { name, title, question, params, goals, readouts } of labs) {
    assert.ok(module.includes(name), name);
    for (const param of params) assert.ok(module.includes(param.name), `${name}: ${param.name}`);
    const sentences = [title, question, ...goals.map((goal) => goal.sentence), ...readouts.map((readout) => readout.help)];
    for (const sentence of sentences.filter((text) => text?.length > 20))
      assert.ok(!module.includes(sentence), `${name}: “${sentence}” is in the module: no field of lab.h but a lab_text should hold it`);
  }
});
