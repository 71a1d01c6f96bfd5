// A lab trained on the reader's own CSV gives the same model natively and in the browser's module, byte by byte.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "own-data-"));
const STEPS = 30, SEED = 3;

const rows = Array.from({ length: 2000 }, (_, i) => {
  const [a, b] = [((i * 37) % 41) / 7, (i * 23) % 29];
  return `${a},${i % 40 === 7 ? "" : b},${(a - 3) ** 2 / 5 + (b - 14) ** 2 / 90 < 1 ? "in" : "out"}`;
});
const csv = `a,b,ring\n${rows.join("\n")}\n`;

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

bytes(wasm.wasm_text(), 15).set(new TextEncoder().encode("mlp-playground\0"));
must(wasm.wasm_open());
const declared = JSON.parse(execFileSync(`${root}build/laymanz`, ["labs", "--json"], { maxBuffer: 1 << 28 }).toString());
const { csv: wanted, params } = declared.find(({ name }) => name === "mlp-playground");
bytes(wasm.wasm_csv(csv.length), csv.length).set(new TextEncoder().encode(csv));
must(wasm.wasm_csv_read());
must(wasm.wasm_csv_take());
new Float64Array(wasm.memory.buffer, wasm.wasm_params(), params.length)[wanted.param] = wanted.choice;
must(wasm.wasm_start(SEED));
must(wasm.wasm_advance(STEPS, Number.MAX_SAFE_INTEGER));

let failed = 0;
try {
  writeFileSync(join(folder, "ring.csv"), csv);
  for (const [format, ending] of ["json", "h"].entries()) {
    const file = join(folder, `model.${ending}`);
    execFileSync(`${root}build/laymanz`, ["lab", "mlp-playground", "--csv", join(folder, "ring.csv"), "--steps", `${STEPS}`,
      "--seed", `${SEED}`, "--model", file], { stdio: "pipe" });
    const address = wasm.wasm_model(format);
    if (address !== 0 && text(address) === readFileSync(file, "utf8")) continue;
    failed++;
    console.log(`the model as .${ending} differs: ${address === 0 ? text(wasm.wasm_error()) : "other bytes"}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${2 - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
