// A trained model that is taken away: the same bytes natively and in the browser's module, and its C header, compiled,
// predicts what the lab showed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "models-"));
const STEPS = 4, SEED = 5;

const laymanz = (...args) => execFileSync(`${root}build/laymanz`, args, { maxBuffer: 1 << 28, stdio: "pipe" }).toString();
const declared = JSON.parse(laymanz("labs", "--json"));
const { instance } = await WebAssembly.instantiate(readFileSync(`${root}build/wasm/laymanz.wasm`), {
  env: { now: () => 0, emscripten_notify_memory_growth() {} },
});
const wasm = instance.exports;
wasm._initialize();
const bytes = (address, n) => new Uint8Array(wasm.memory.buffer, address, n);
const text = (address) => Buffer.from(bytes(address).subarray(0, bytes(address).indexOf(0))).toString();
function must(status) {
  if (status !== 0) throw new Error(text(wasm.wasm_error()));
}

/** Trains a lab in the browser's module. */
function train({ name, data, params }, settings) {
  bytes(wasm.wasm_text(), name.length + 1).set(new TextEncoder().encode(`${name}\0`));
  must(wasm.wasm_open());
  if (data !== null) {
    const file = readFileSync(`${root}lessons/data/${data}`);
    bytes(wasm.wasm_data(file.length), file.length).set(file);
  }
  const values = new Float64Array(wasm.memory.buffer, wasm.wasm_params(), params.length);
  for (const [key, value] of Object.entries(settings)) {
    const at = params.findIndex((param) => param.name === key);
    values[at] = params[at].kind === "choice" ? params[at].choices.findIndex((choice) => choice.name === value) : value;
  }
  must(wasm.wasm_start(SEED));
  must(wasm.wasm_advance(STEPS, Number.MAX_SAFE_INTEGER));
}

/** y of each x by the header, compiled by the system's compiler. */
function predict(header, outputs, rows) {
  writeFileSync(join(folder, "model.h"), header);
  const table = rows.map((row) => `{${[...row].join(", ")}}`).join(",\n");
  writeFileSync(join(folder, "use.c"), `#include <stdio.h>
#include "model.h"
static const float x[${rows.length}][${rows[0].length}] = {${table}};
int main(void) {
    for (int i = 0; i < ${rows.length}; i++) {
        float y[${outputs}];
        predict(x[i], y);
        for (int k = 0; k < ${outputs}; k++)
            printf("%.9g ", (double)y[k]);
    }
    return 0;
}
`);
  const program = join(folder, "use");
  execFileSync("cc", ["-std=c99", "-Wall", "-Werror", "-ffp-contract=off", join(folder, "use.c"), "-o", program]);
  return execFileSync(program).toString().trim().split(/\s+/).map(Number);
}

/** What the lab shows of a few inputs: x, and the y that it gave. */
const shown = {
  digits(views) {
    const { width, height, value } = views.pad.grids[1]; // what lies on the pad, as the network gets it: lowest row first
    const rows = Array.from({ length: height }, (_, y) => value.slice(y * width, (y + 1) * width));
    return { x: [rows.reverse().flat()], y: views.probabilities.y };
  },
  "mlp-live"(views) {
    const { width, height, x0, x1, y0, y1, value } = views.decision_surface.grid;
    const centre = (low, high, i, n) => Math.fround(low + (high - low) * ((i + 0.5) / n));
    const x = value.map((_, i) => [centre(x0, x1, i % width, width), centre(y0, y1, Math.floor(i / width), height)]);
    return { x, y: value };
  },
};

const cases = [
  ["digits", {}], ["digits", { network: "dense", dropout: 0.2 }],
  ["mlp-live", {}], ["mlp-live", { data: "spiral", hidden_units: 64 }], ["mlp-live", { hidden_units: 0 }],
];
const CLOSE = 1e-5; // the centres of mlp-live's cells are rounded here on another way than in the lab
let failed = 0;
function expect(what, holds) {
  if (holds) return;
  failed++;
  console.log(`${what}`);
}
try {
  for (const [name, settings] of cases) {
    const lab = declared.find((one) => one.name === name);
    const set = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const run = (...more) => laymanz("lab", name, ...set, "--steps", `${STEPS}`, "--seed", `${SEED}`, ...more);
    train(lab, settings);
    const models = ["json", "h"].map((ending, format) => {
      const file = join(folder, `taken.${ending}`);
      run("--model", file);
      const address = wasm.wasm_model(format);
      if (address === 0) throw new Error(text(wasm.wasm_error()));
      const native = readFileSync(file, "utf8");
      expect(`${name}: the model as .${ending} has other bytes in the browser`, text(address) === native);
      return native;
    });
    JSON.parse(models[0]);
    const { x, y } = shown[name](JSON.parse(run("--format", "json")).views);
    const predicted = predict(models[1], y.length / x.length, x);
    const worst = Math.max(...y.map((value, i) => Math.abs(value - predicted[i])));
    expect(`${name}: its header is off by ${worst} at ${JSON.stringify(settings)}`, predicted.length === y.length && worst < CLOSE);
    expect(`${name}: it has learned nothing to compare`, Math.max(...y) - Math.min(...y) > 0.1);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${4 * cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
