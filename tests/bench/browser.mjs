// How fast it is in Chromium: the same bench.c as WebAssembly, how soon the first training step is done after the page
// is asked for, how fast the page itself trains and draws, and how much the first visit loads. Prints; tests nothing.
import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { serve } from "../../web/site/serve.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { chromium } = createRequire(`${root}web/package.json`)("playwright-core");
const binary = process.env.CHROMIUM ?? execSync("command -v chromium || command -v chromium-browser || command -v google-chrome")
  .toString().trim();
const server = await serve(`${root}build/site`);
const browser = await chromium.launch({
  executablePath: binary,
  args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

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

console.log(`\n== In Chromium ${browser.version()}`);
{
  const page = await browser.newPage();
  await page.goto("about:blank");
  console.log(await page.evaluate(runCommand, readFileSync(`${root}build/bench/bench.wasm`).toString("base64")));
  await page.close();
}

/** Opens the home page afresh: milliseconds until its lab has done a training step, and what was loaded till then. */
async function firstVisit() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const loaded = new Map();
  page.on("response", async (response) => loaded.set(response.url(), await response.body().catch(() => Buffer.alloc(0))));
  await page.addInitScript(() => {
    const Plain = Worker;
    window.Worker = class extends Plain {
      constructor(...args) {
        super(...args);
        this.addEventListener("message", ({ data }) => {
          if (data.frame?.steps > 0) window.firstStep ??= performance.now();
        });
      }
    };
  });
  await page.goto(server.address);
  await page.waitForFunction(() => window.firstStep > 0);
  const milliseconds = await page.evaluate(() => window.firstStep);
  await page.waitForTimeout(1500);
  const plain = [...loaded.values()].reduce((sum, body) => sum + body.length, 0);
  const zipped = [...loaded].reduce((sum, [url, body]) => sum + (url.endsWith(".woff2") ? body.length : gzipSync(body, { level: 9 }).length), 0);
  await context.close();
  return { milliseconds, plain, zipped, files: loaded.size };
}
const visits = [];
for (let i = 0; i < 5; i++) visits.push(await firstVisit());
const kilobytes = (n) => `${Math.round(n / 1024)} KB`;
console.log(`First training step after navigation, median of ${visits.length}: ${Math.round(median(visits.map((v) => v.milliseconds)))} ms`);
console.log(`First visit to the home page, lab running: ${kilobytes(visits[0].plain)} in ${visits[0].files} files, ` +
  `${kilobytes(visits[0].zipped)} with gzip`);
console.log(`The module of all labs: ${kilobytes(readFileSync(`${root}build/site/assets/laymanz.wasm`).length)}, ` +
  `${kilobytes(gzipSync(readFileSync(`${root}build/site/assets/laymanz.wasm`), { level: 9 }).length)} with gzip`);

await browser.close();
await server.close();
