/* What Lighthouse says of home and a chapter, as its phone profile sees them: a slow network and a slow processor, both
 * reckoned by Lighthouse from a run on this machine. Prints; tests nothing.
 *
 * Usage: node lighthouse.mjs, after make site; Chromium in CHROMIUM or the PATH */
import { execSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serve } from '../../web/site/serve.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { resolve } = createRequire(`${root}web/package.json`);
const fromWeb = (/** @type {string} */ name) => import(pathToFileURL(resolve(name)).href);
const { default: lighthouse } = await fromWeb('lighthouse');
const chromeLauncher = await fromWeb('chrome-launcher');

const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const FIGURES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index'];
const chromePath = process.env.CHROMIUM ??
  execSync('command -v chromium || command -v chromium-browser || command -v google-chrome').toString().trim();
const chromeFlags = ['--headless=new', '--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];

/** @param {string} address a browser of its own for each run, so that nothing is kept from the last */
async function inspect(address) {
  const chrome = await chromeLauncher.launch({ chromePath, chromeFlags });
  try {
    const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: 'error', onlyCategories: CATEGORIES });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    return lhr;
  } finally {
    await chrome.kill();
  }
}

/** Median, and the range where there is one. @param {number[]} values */
function spread(values, digits = 0) {
  const sorted = [...values].sort((a, b) => a - b).map((value) => value.toFixed(digits));
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  return sorted[sorted.length >> 1] + (least === most ? '' : ` (${least} to ${most})`);
}

const server = await serve(`${root}build/site`);
console.log(`\n== Lighthouse, phone profile, ${RUNS} runs each: median and range; load average ${loadavg().map((n) => n.toFixed(1)).join(', ')}`);
for (const [name, path] of [['Home', ''], ['Chapter 1', '01-overview/']]) {
  const reports = [];
  for (let i = 0; i < RUNS; i++) reports.push(await inspect(server.address + path));
  const [{ categories, audits }] = reports;
  console.log(name);
  for (const id of CATEGORIES)
    console.log(`  ${categories[id].title.padEnd(28)}${spread(reports.map((report) => 100 * report.categories[id].score))}`);
  for (const id of FIGURES) {
    const values = reports.map((report) => report.audits[id].numericValue);
    console.log(`    ${audits[id].title.padEnd(26)}${spread(values, id === 'cumulative-layout-shift' ? 4 : 0)}` +
      (audits[id].numericUnit === 'millisecond' ? ' ms' : ''));
  }
  const lost = CATEGORIES.flatMap((id) => categories[id].auditRefs.filter((/** @type {any} */ ref) => ref.weight > 0)
    .filter((/** @type {any} */ { id }) => audits[id].score !== null && audits[id].score < 0.9).map((/** @type {any} */ { id }) => id));
  if (lost.length > 0) console.log(`  Costs points: ${lost.join(', ')}`);
}
await server.close();
