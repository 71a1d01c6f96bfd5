// How fast it is in Chromium: bench.c, training.c and conv.c as WebAssembly, how soon the first training step is done after the
// page is asked for, how fast the page itself trains and draws, and how much the first visit loads. Prints; tests nothing.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { serve } from "../../web/site/serve.mjs";
import { launch, runInPage } from "./command.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const server = await serve(`${root}build/site`);
const browser = await launch();
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

console.log(`\n== In Chromium ${browser.version()}`);
for (const name of ["bench", "training", "conv"]) console.log(await runInPage(browser, `${root}build/bench/${name}.wasm`));

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
