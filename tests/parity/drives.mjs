/* "Your C runs the lesson", in Node with the page's own compiler and lab module:
 *   - every lab, linked as the page links it but with the library's own functions, gives the bytes of laymanz.wasm;
 *   - with the solution of a challenge that drives a lab, that lab gives them too;
 *   - at least one of the challenge's wrong answers makes it give others, else the lab does not call the function;
 *   - what goes wrong in the reader's function inside a lab leads back to its line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labsArchive, libraryFiles } from '../../web/compiler/library.mjs';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { Objects } from '../../web/compiler/objects.mjs';
import { trapOf } from '../../web/compiler/traps.js';
import { FileLayer } from '../../web/compiler/wasi.js';
import { Workshop } from '../../web/compiler/workshop.js';
import { LabModule } from '../../web/lib/lab-module.js';
import { defaultSettings, readPreset } from '../../web/lib/link.js';
import { findChallenges, readChallenge } from '../../web/site/challenges.mjs';

const MAX_STEPS = 60;
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const build = join(root, 'build', 'compiler-objects');
const objects = new Objects(root, join(build, 'challenges'));
const archive = await labsArchive(join(build, 'labs'));
const { llvm, system } = await loadCompiler();
const workshop = new Workshop(llvm, [system, new FileLayer(await libraryFiles(join(build, 'library')))]);
const listed = execFileSync(join(root, 'build/laymanz'), ['labs', '--json'], { maxBuffer: 1 << 28 });
const labs = JSON.parse(listed.toString());
const ours = await WebAssembly.compile(readFileSync(join(root, 'build/wasm/laymanz.wasm')));

let passed = 0,
  failed = 0;
/** @param {string} what @param {string} problem "" if there is none */
function report(what, problem) {
  problem === '' ? passed++ : failed++;
  console.log(`${problem === '' ? 'ok  ' : 'FAIL'} ${what}${problem && `: ${problem}`}`);
}

/** @param {string} text @param {Uint8Array | null} drive @param {string} expected */
async function linked(text, drive, expected) {
  const { wasm, diagnostics, problems } = workshop.drive(text, drive, archive, expected);
  const told = [...diagnostics.map(({ line, message }) => `line ${line}: ${message}`), ...problems];
  if (!wasm) throw new Error(told.join('; '));
  return { wasm, module: await WebAssembly.compile(wasm) };
}

/** All that a lab shows after some steps, at its initial settings and at each goal's, as one hash a setting. */
async function run(module, lab) {
  const program = await LabModule.instantiate(module, () => 0);
  program.open(lab.name, lab.params.length, lab.readouts.length);
  const presets = lab.goals.map((goal) => goal.preset).filter(Boolean);
  const settings = [defaultSettings(lab), ...presets.map((preset) => readPreset(lab, preset))];
  return settings.map(({ params }) => {
    program.start(params, 1);
    program.advance(Math.min(lab.steps || MAX_STEPS, MAX_STEPS), Number.MAX_SAFE_INTEGER);
    const hash = createHash('sha256');
    const figures = program.figures();
    lab.readouts.forEach((readout, i) => readout.measured || hash.update(figures.subarray(i, i + 1)));
    lab.views.forEach((view, i) => {
      if (view.measured) return;
      const { floats, labels } = program.read(i);
      hash.update(floats).update(labels.join('\0'));
    });
    return hash.update(`${program.steps()} ${program.goals()}`).digest('hex');
  });
}

const same = (a, b) => a.length === b.length && a.every((hash, i) => hash === b[i]);

const plain = (await linked('int none_of_the_labs_calls_this;\n', null, '')).module;
for (const lab of labs) {
  const equal = same(await run(ours, lab), await run(plain, lab));
  report(`${lab.name}, linked by the page's clang`, equal ? '' : 'other bytes');
}

for (const { chapter, slug, folder } of findChallenges(root)) {
  const file = (name) => readFileSync(join(folder, name), 'utf8');
  const { drives, signature } = readChallenge(file('challenge.md'), slug);
  if (!drives) continue;
  const lab = labs.find(({ name }) => name === drives);
  const path = `lessons/${chapter}/challenges/${slug}/drive.c`;
  const drive = existsSync(join(root, path)) ? await objects.compile(path) : null;
  const expected = await run(ours, lab);
  const shows = async (name) => same(expected, await run((await linked(file(name), drive, signature)).module, lab));
  report(`${slug}/solution.c drives ${drives}`, (await shows('solution.c')) ? '' : 'the lab shows something else');
  const others = [];
  for (const name of readdirSync(join(folder, 'wrong'))) if (!(await shows(`wrong/${name}`))) others.push(name);
  report(`${slug}/wrong/*.c show in ${drives} (${others.join(', ')})`, others.length > 0 ? '' : 'none of them does');
}

/* Faults of the reader's function, as the lab's worker meets them. */
const FAULTS = [
  [3, 'An index lies outside its array.', 'int a[4];\nfor (size_t i = 0; i <= n % 5 + 4; i++) a[i] = 1;\nreturn a[0];'],
  [3, 'An integer is divided by zero', 'int zero = (int)(n - n);\nreturn 1 / zero;'],
  [2, 'The call stack is used up', 'return 1.0 + percentile(ms, n, p / 2 + 1);'],
];
const drive = await objects.compile('lessons/01-overview/challenges/latency-percentile/drive.c');
const queue = labs.find(({ name }) => name === 'batching-queue');
for (const [line, sentence, body] of FAULTS) {
  const text = `#include <stddef.h>\ndouble percentile(const double *ms, size_t n, double p) { ${body}\n}\n`;
  const { wasm, module } = await linked(text, drive, '');
  const program = await LabModule.instantiate(module);
  program.open(queue.name, queue.params.length, queue.readouts.length);
  let told = { line: 0, message: 'it did not trap' };
  try {
    program.start([], 1);
    program.advance(3, 1e9);
    program.figures();
  } catch (error) {
    told = workshop.explain(trapOf(error, program.stackPointer(), null), wasm);
  }
  const good = told.line === line && told.message.startsWith(sentence);
  report(`a fault in a lab: ${sentence}`, good ? '' : `line ${told.line}: ${told.message}`);
}

/* What it prints does not stop a lab. */
const { module } = await linked('#include <stdio.h>\ndouble percentile(const double *ms, size_t n, double p) {\n' +
  '    printf("%zu values\\n", n);\n    return n > 0 ? ms[0] + p : 0;\n}\n', drive, '');
report('a function that prints', (await run(module, queue)).length > 0 ? '' : 'no run');

console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
