// The whole library gives the same bits natively and as WebAssembly: the program of tests/parity/engine runs as both, and
// its lines are compared. Each line ends with a hash for each way to compute the same thing (scalar and SIMD, tape and
// plan): these must be equal too.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { runCommand } from "../wasi.mjs";

const folder = fileURLToPath(new URL("../../build/parity/", import.meta.url));
const linesOf = (text) => text.trimEnd().split("\n");

const native = linesOf(execFileSync(`${folder}engine`, { maxBuffer: 1 << 28 }).toString());
const wasm = linesOf(await runCommand(readFileSync(`${folder}engine.wasm`).toString("base64")));

const agreesWithItself = (line) => new Set(line.match(/(?: [0-9a-f]{8})+$/)?.[0].trim().split(" ")).size === 1;

let failed = Math.abs(native.length - wasm.length);
native.forEach((line, i) => {
  if (line === wasm[i] && agreesWithItself(line)) return;
  failed++;
  if (failed <= 20) console.log(`native ${line}\nwasm   ${wasm[i] ?? "nothing"}`);
});
console.log(`${Math.max(native.length, wasm.length) - failed} passed, ${failed} failed`);
process.exit(failed === 0 && native.length > 1 ? 0 : 1);
