// Every lab gives the same bytes natively and in the browser's module: the lines that tests/parity/labs.c prints are
// made again here from the .wasm, and compared. See labs.c for what a line holds.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const MAX_STEPS = 60, SEEDS = 2;

const native = execFileSync(`${root}build/parity/labs`, { maxBuffer: 1 << 28 }).toString().trimEnd().split("\n");
const labs = JSON.parse(execFileSync(`${root}build/laymanz`, ["labs", "--json"], { maxBuffer: 1 << 28 }).toString());

const { instance } = await WebAssembly.instantiate(readFileSync(`${root}build/wasm/laymanz.wasm`), {
  env: { now: () => 0, emscripten_notify_memory_growth() {} },
});
const wasm = instance.exports;
wasm._initialize();
const bytes = (address, n) => new Uint8Array(wasm.memory.buffer, address, n);
const fnv = (hash, data) => {
  for (const byte of data) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
};
const hex = (hash) => hash.toString(16).padStart(8, "0");

/** A preset's value as the number that the module takes. */
const value = (param, text) => {
  if (param.kind === "choice") return param.choices.findIndex((choice) => choice.name === text);
  if (param.kind === "toggle") return text === "on" ? 1 : 0;
  return Number(text);
};

/** The file that a lab declares, as the page hands it over. */
function giveData({ data }) {
  if (data === null) return;
  const file = readFileSync(`${root}lessons/data/${data}`);
  bytes(wasm.wasm_data(file.length), file.length).set(file);
}

/** The same stroke as in labs.c. */
function drawOnPads(lab) {
  lab.views.forEach((view, index) => {
    if (view.kind !== "pad") return;
    const { ink_width: width, ink_height: height } = view;
    const ink = new Float32Array(wasm.memory.buffer, wasm.wasm_ink(), width * height);
    for (let i = 0; i < ink.length; i++) {
      const away = Math.abs(2 * (i % width) + Math.floor(i / width) - width);
      ink[i] = away < 8 ? (8 - away) / 8 : 0;
    }
    wasm.wasm_draw(index);
  });
}

const lines = [];
function report(lab, setting, seed, preset) {
  bytes(wasm.wasm_text(), 1 << 16).set(new TextEncoder().encode(`${lab.name}\0`));
  wasm.wasm_open();
  giveData(lab);
  for (const pair of preset.split(" ").filter(Boolean)) {
    const [name, text] = pair.split("=");
    const index = lab.params.findIndex((param) => param.name === name);
    new Float64Array(wasm.memory.buffer, wasm.wasm_params(), lab.params.length)[index] = value(lab.params[index], text);
  }
  wasm.wasm_start(seed);
  const status = wasm.wasm_advance(Math.min(lab.steps || MAX_STEPS, MAX_STEPS), Number.MAX_SAFE_INTEGER);
  drawOnPads(lab);
  const figures = wasm.wasm_figures();
  lines.push(`${lab.name} ${setting} seed ${seed}: step ${wasm.wasm_steps_done()} status ${status}`);
  lab.views.forEach((view, index) => {
    if (view.measured) return;
    const address = wasm.wasm_read(index), floats = wasm.wasm_read_floats();
    let hash = fnv(2166136261, bytes(address, 4 * floats));
    hash = fnv(hash, bytes(wasm.wasm_read_text(), wasm.wasm_read_text_bytes()));
    lines.push(`  ${view.name} ${floats} ${hex(hash)}`);
  });
  let hash = 2166136261;
  lab.readouts.forEach((readout, index) => {
    if (!readout.measured) hash = fnv(hash, bytes(figures + 8 * index, 8));
  });
  lines.push(`  figures ${hex(hash)} goals ${wasm.wasm_goals().toString(16)}`);
}

for (const lab of labs)
  for (let seed = 1; seed <= SEEDS; seed++) {
    report(lab, "initial", seed, "");
    for (const goal of lab.goals) if (goal.preset !== null) report(lab, goal.name, seed, goal.preset);
  }

let heading = "", failed = Math.abs(native.length - lines.length);
native.forEach((line, i) => {
  if (!line.startsWith(" ")) heading = line;
  if (line === lines[i]) return;
  failed++;
  if (failed <= 20) console.log(`${heading}\n  native ${line.trim()}\n  wasm   ${(lines[i] ?? "nothing").trim()}`);
});
console.log(`${lines.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && lines.length > 0 ? 0 : 1);
