/**
 * make bench-peers: the library against other libraries, in one Chromium, one thread each, no GPU. Builds the
 * contenders' workers, serves them, lets page.js run the races, and writes build/bench/peers.md and .json.
 *
 *     node tests/bench/peers/run.mjs [--only small,cnn,fit-tree] [--rounds 30] [--slice 20]
 *
 * Ratios are medians of rounds, ours against theirs in the same round: what else the machine does meanwhile hits both.
 * Rates are 90th percentiles of the rounds, which is about what the machine gives when left alone.
 */
import { execSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { serve } from '../../../web/site/serve.mjs';
import { fits } from './fits.mjs';
import { report, reportFits } from './report.mjs';
import { workloads } from './workloads.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const out = `${root}build/bench/peers`,
  modules = `${out}/node_modules`,
  site = `${out}/site`;
const web = createRequire(`${root}web/package.json`);
const { chromium } = web('playwright-core');
const esbuild = web('esbuild');

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '30' },
    slice: { type: 'string', default: '20' },
  },
});

/** One file for each contender, and beside it what its library fetches. */
async function build() {
  mkdirSync(`${site}/tfjs`, { recursive: true });
  mkdirSync(`${site}/ort`, { recursive: true });
  await esbuild.build({
    entryPoints: [
      ...readdirSync(`${here}contenders`)
        .filter((name) => name !== 'serve.js')
        .map((name) => `${here}contenders/${name}`),
      `${here}page.js`,
    ],
    outdir: site,
    entryNames: '[name]',
    nodePaths: [modules],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    logLevel: 'error',
    define: { global: 'globalThis' },
    external: ['fs', 'path', 'os', 'util', 'worker_threads', 'perf_hooks', 'string_decoder', 'crypto', 'module', 'url'],
  });
  copyFileSync(`${root}build/bench/ours.wasm`, `${site}/ours.wasm`);
  const tfjs = `${modules}/@tensorflow/tfjs-backend-wasm/dist/`,
    ort = `${modules}/onnxruntime-web/dist/`;
  for (const name of readdirSync(tfjs)) if (name.endsWith('.wasm')) copyFileSync(tfjs + name, `${site}/tfjs/${name}`);
  copyFileSync(`${ort}ort-wasm-simd-threaded.wasm`, `${site}/ort/ort.wasm`);
  copyFileSync(`${ort}ort-wasm-simd-threaded.mjs`, `${site}/ort/ort.js`);
  writeFileSync(
    `${site}/index.html`,
    '<!doctype html><title>Bench</title><script type="module" src="page.js"></script>',
  );
}

/** @param {string} name of a package */
const version = (name) => JSON.parse(readFileSync(`${modules}/${name}/package.json`, 'utf8')).version;

await build();
const server = await serve(site);
const browser = await chromium.launch({
  executablePath:
    process.env.CHROMIUM ??
    execSync('command -v chromium || command -v chromium-browser || command -v google-chrome').toString().trim(),
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage();
page.on('pageerror', (/** @type {Error} */ error) => console.error(String(error)));
await page.goto(server.address);
await page.waitForFunction('typeof race === "function"');

const pace = { rounds: Number(options.rounds), slice: Number(options.slice), warm: 15 * Number(options.slice) };
const chosen = workloads.filter(
  ({ id }) => !options.only || options.only.split(',').some((part) => id.startsWith(part)),
);
const raced = [];
for (const workload of chosen) {
  const begin = performance.now();
  const results = await page.evaluate(
    (/** @type {any} */ [w, p]) => /** @type {any} */ (window).race(w, p),
    [{ ...workload, targets: undefined }, pace],
  );
  raced.push({ ...workload, results });
  console.error(`${workload.id}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

const fitted = [];
for (const fit of fits) {
  if (options.only && !options.only.split(',').some((part) => `fit-${fit.name}`.startsWith(part))) continue;
  const begin = performance.now();
  const results = await page.evaluate(
    (/** @type {any} */ [f, rounds]) => /** @type {any} */ (window).raceFits(f, rounds),
    [fit, pace.rounds],
  );
  fitted.push({ ...fit, results });
  console.error(`fit-${fit.name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}

const packages = JSON.parse(readFileSync(`${here}package.json`, 'utf8')).dependencies;
const made = report(raced, {
  date: new Date().toISOString().slice(0, 10),
  chromium: browser.version(),
  cpu: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  load: loadavg()[0],
  rounds: pace.rounds,
  slice: pace.slice,
  versions: Object.fromEntries(Object.keys(packages).map((name) => [name, version(name)])),
});
const ofFits = reportFits(fitted);
const text = `${made.text}\n${ofFits.text}`,
  failures = [...made.failures, ...ofFits.failures];
await browser.close();
await server.close();

if (!options.only) {
  writeFileSync(`${root}build/bench/peers.md`, text);
  writeFileSync(`${root}build/bench/peers.json`, `${JSON.stringify({ ...made.data, fits: ofFits.data }, null, 1)}\n`);
}
console.log(text);
if (failures.length > 0) {
  console.error(failures.join('\n'));
  process.exitCode = 1;
}
