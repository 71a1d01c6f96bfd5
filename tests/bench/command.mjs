// Runs programs in headless Chromium, as WebAssembly: node command.mjs build/bench/training.wasm ...
import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const { chromium } = createRequire(new URL("../../web/package.json", import.meta.url))("playwright-core");

/** Chromium from CHROMIUM or the PATH, without a window. */
export function launch() {
  const executablePath = process.env.CHROMIUM ??
    execSync("command -v chromium || command -v chromium-browser || command -v google-chrome").toString().trim();
  return chromium.launch({
    executablePath,
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/** In the page: runs a WASI command and returns what it printed. It asks for the time and to print, for nothing else. */
async function runCommand(bytes) {
  const module = await WebAssembly.compile(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)));
  let memory, text = "";
  const view = () => new DataView(memory.buffer);
  const wasi = {
    clock_time_get: (_id, _precision, out) => (view().setBigUint64(out, BigInt(Math.round(performance.now() * 1e6)), true), 0),
    fd_write(_fd, vectors, n, out) {
      let written = 0;
      for (let i = 0; i < n; i++) {
        const at = view().getUint32(vectors + 8 * i, true), length = view().getUint32(vectors + 8 * i + 4, true);
        text += new TextDecoder().decode(new Uint8Array(memory.buffer, at, length));
        written += length;
      }
      view().setUint32(out, written, true);
      return 0;
    },
    proc_exit(code) {
      throw new Error(`exit ${code}`);
    },
  };
  const imports = { env: { emscripten_notify_memory_growth() {} }, wasi_snapshot_preview1: wasi };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] ??= () => 0;
  const { exports } = await WebAssembly.instantiate(module, imports);
  memory = exports.memory;
  try {
    exports._start();
  } catch (error) {
    if (!/exit 0/.test(error.message)) throw error;
  }
  return text;
}

/** Runs a WASI command in a page of its own and returns what it printed. */
export async function runInPage(browser, file) {
  const page = await browser.newPage();
  await page.goto("about:blank");
  const text = await page.evaluate(runCommand, readFileSync(file).toString("base64"));
  await page.close();
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await launch();
  for (const file of process.argv.slice(2)) console.log(`${await runInPage(browser, file)}`);
  await browser.close();
}
