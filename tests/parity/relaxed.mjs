/* The labs' second module, whose kernels may fuse a multiplication and an addition: what it computes is what
 * laymanz.wasm computes, but for the last digits. Every lab runs in both for a few steps, at its initial settings and
 * at each goal's; every figure must lie within the tolerance, and it is told which labs differ at all. In a long run
 * differences grow: training is chaotic, and two runs that differ in a digit are two runs. Hence few steps. Now and
 * then it happens within these: a digit decides which of two pixels a pool lets through, and the weights part. So the
 * middle one of three seeds counts.
 *
 * Usage: node --experimental-wasm-relaxed-simd relaxed.mjs   (Node 20 knows these instructions by that flag only) */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LabModule } from '../../web/lib/lab-module.js';
import { defaultSettings, readPreset } from '../../web/lib/link.js';
import { hasRelaxedSimd } from '../../web/lib/simd.js';

const STEPS = 5;
const SEEDS = [1, 2, 3];
const TOLERANCE = 2e-3; /* of the largest figure in the same series */
/* Settings at which a digit becomes another run within these steps: that it does is the lesson there. */
const CHAOTIC = ['mlp-live learning_rate=20'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const listed = execFileSync(join(root, 'build/laymanz'), ['labs', '--json'], { maxBuffer: 1 << 28 });
const labs = JSON.parse(listed.toString());
const moduleAt = (name) => WebAssembly.compile(readFileSync(join(root, 'build/wasm', name)));

let passed = 0,
  failed = 0;
/** @param {string} what @param {string} problem "" if there is none */
function report(what, problem) {
  problem === '' ? passed++ : failed++;
  if (problem !== '') console.log(`FAIL ${what}: ${problem}`);
}

/** @param {LabModule} program @param {Uint8Array} bytes */
function giveFile(program, bytes) {
  const address = program.wasm.wasm_data(bytes.length);
  new Uint8Array(program.memory.buffer, address, bytes.length).set(bytes);
}

/** What a lab shows after the steps: its figures, and each view's floats. Measured ones are left out. */
async function shown(module, lab, params, seed) {
  const program = await LabModule.instantiate(module, () => 0);
  program.open(lab.name, lab.params.length, lab.readouts.length);
  if (lab.data) giveFile(program, readFileSync(join(root, 'lessons/data', lab.data)));
  program.start(params, seed);
  program.advance(STEPS, Number.MAX_SAFE_INTEGER);
  const figures = program.figures();
  const parts = lab.readouts.map(({ name, measured }, i) => ({ name, measured, numbers: [figures[i]] }));
  lab.views.forEach(({ name, measured }, i) => parts.push({ name, measured, numbers: program.read(i).floats }));
  return parts.filter(({ measured }) => !measured);
}

/** How far the numbers are apart, as a share of the largest; infinite if there are more in one than in the other. */
function distance(a, b) {
  if (a.length !== b.length) return Infinity;
  let most = 0,
    scale = 1e-6;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    most = Math.max(most, Math.abs(a[i] - b[i]));
    if (!Number.isFinite(a[i] - b[i])) return Infinity;
  }
  for (const x of a) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
  return most / scale;
}

report('this Node runs relaxed SIMD', hasRelaxedSimd() ? '' : 'run it with --experimental-wasm-relaxed-simd');
const [plain, relaxed] = await Promise.all(['laymanz.wasm', 'laymanz-relaxed.wasm'].map(moduleAt));
const differing = [];

/** How far each readout and view is apart in the two modules, with the middle one of the seeds. */
async function compare(lab, params) {
  const runs = [];
  let names = [];
  for (const seed of SEEDS) {
    const [expected, got] = await Promise.all([plain, relaxed].map((module) => shown(module, lab, params, seed)));
    names = expected.map(({ name }) => name);
    runs.push(expected.map(({ numbers }, i) => distance(numbers, got[i].numbers)));
  }
  const middle = (distances) => distances.sort((a, b) => a - b)[SEEDS.length >> 1];
  return { names, apart: names.map((_, i) => middle(runs.map((run) => run[i]))) };
}

for (const lab of labs) {
  const presets = lab.goals.map((goal) => goal.preset).filter(Boolean);
  let most = 0;
  for (const preset of ['', ...presets]) {
    const setting = `${lab.name} ${preset}`;
    const { params } = preset ? readPreset(lab, preset) : defaultSettings(lab);
    const { names, apart } = await compare(lab, params);
    if (CHAOTIC.includes(setting)) {
      report(`${setting} is chaotic`, Math.max(...apart) > TOLERANCE ? '' : 'not any more: take it off the list');
      continue;
    }
    most = Math.max(most, ...apart);
    names.forEach((name, i) =>
      report(`${setting} ${name}`, apart[i] <= TOLERANCE ? '' : `${apart[i].toExponential(1)} apart`),
    );
  }
  if (most > 0) differing.push(`${lab.name} (${most.toExponential(1)})`);
}
/* Were it nowhere, the kernels would not be the relaxed ones. */
report('fused arithmetic shows in some lab', differing.length > 0 ? '' : 'all bytes are the same');
console.log(`after ${STEPS} steps these labs differ in their last digits: ${differing.join(', ')}`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
