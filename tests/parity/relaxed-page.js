/* What relaxed.mjs runs in the browser: one lab in the labs' two modules, and how far what it shows is apart. */
import { LabModule } from '../../web/lib/lab-module.js';
export { hasRelaxedSimd } from '../../web/lib/simd.js';

const STEPS = 5;
const SEEDS = [1, 2, 3];
const at = (path) => new URL(`../../${path}`, import.meta.url);
const moduleAt = async (name) => WebAssembly.compileStreaming(fetch(at(`build/wasm/${name}`)));

/** What a lab reads. */
const fileOf = async ({ data }) => new Uint8Array(await (await fetch(at(`lessons/data/${data}`))).arrayBuffer());

/** @param {LabModule} program @param {Uint8Array} bytes */
function giveFile(program, bytes) {
  const address = program.wasm.wasm_data(bytes.length);
  new Uint8Array(program.memory.buffer, address, bytes.length).set(bytes);
}

/** What a lab shows after the steps: its figures, and each view's floats. Measured ones are left out. */
async function shown(module, lab, params, seed) {
  const program = await LabModule.instantiate(module, () => 0);
  program.open(lab.name, lab.params.length, lab.readouts.length);
  if (lab.data) giveFile(program, await fileOf(lab));
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

const modules = Promise.all(['laymanz.wasm', 'laymanz-relaxed.wasm'].map(moduleAt));
modules.catch(() => {}); // told by compare

/** How far each readout and view is apart in the two modules, with the middle one of the seeds. */
export async function compare(lab, params) {
  const [plain, relaxed] = await modules;
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
