/* How soon C written in the page gets its verdict, in Chromium: bytes on the wire of the compiler, from pressing Run to
 * the last verdict cold and warm, and memory. Prints; tests nothing. Everything comes from this machine, so no figure
 * holds any time of a network.
 *
 * Usage: node workshop.mjs, after make site */
import { execSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { serve } from '../../web/site/serve.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { chromium } = createRequire(`${root}web/package.json`)('playwright-core');
const RUNS = 5;
const CHAPTER = '01-overview',
  SLUG = 'linear-predict';

const server = await serve(`${root}build/site`);
const browser = await chromium.launch({
  executablePath:
    process.env.CHROMIUM ??
    execSync('command -v chromium || command -v chromium-browser || command -v google-chrome').toString().trim(),
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...['--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
    '--disable-sync',
  ],
});

const median = (/** @type {number[]} */ numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const solution = readFileSync(`${root}lessons/${CHAPTER}/challenges/${SLUG}/solution.c`, 'utf8');
let edits = 0; /* no text is compiled twice */

/** The chapter in a tab, its challenge in view. */
async function openChapter(context) {
  const page = await context.newPage();
  await page.goto(`${server.address}${CHAPTER}/`);
  const card = page.locator(`challenge-card[slug="${SLUG}"]`);
  await card.scrollIntoViewIfNeeded();
  await card.locator('.cm-content').waitFor();
  return { page, card };
}

/** From Ctrl+Enter on changed text to the verdict of all checks, in milliseconds, by the page's clock. */
async function verdict({ page, card }) {
  await card.locator('.cm-content').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(`${solution}\n/* edit ${++edits} */\n`);
  return card.evaluate(
    (element) =>
      new Promise((resolve) => {
        const start = performance.now();
        let begun = false; /* the last run's verdict is gone */
        new MutationObserver((_, observer) => {
          const summary = element.shadowRoot.querySelector('.results h4')?.textContent.trim() ?? '';
          begun ||= summary === 'Checks';
          if (!begun || !/checks pass/.test(summary)) return;
          observer.disconnect();
          resolve(performance.now() - start);
        }).observe(element.shadowRoot, { childList: true, characterData: true, subtree: true });
        element.shadowRoot.querySelector('code-editor').dispatchEvent(new CustomEvent('run'));
      }),
  );
}

/** What the page's own processes hold, in bytes: those of the browser that are neither its own nor the GPU's. */
function rendererMemory() {
  const pages = execSync('ps -eo rss=,args=')
    .toString()
    .split('\n')
    .filter((line) => /--type=renderer/.test(line));
  return Math.max(...pages.map((line) => Number.parseInt(line, 10))) * 1024;
}

/** A first visit: download, first run at once; then warm runs. */
async function measure() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  let wire = 0; /* the pieces are served as they lie there */
  context.on('requestfinished', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/compiler/')) wire += statSync(`${root}build/site${pathname}`).size;
  });
  const first = await openChapter(context);
  const idle = rendererMemory();
  const asked = performance.now();
  await first.card.getByRole('button', { name: /Download the C compiler/ }).click();
  await first.card.locator('compiler-offer').waitFor({ state: 'hidden', timeout: 120_000 });
  const opened = performance.now() - asked;
  const cold = await verdict(first),
    downloaded = wire;
  const settle = () => first.page.waitForTimeout(1500); /* what the answer costs is measured after the verdict */
  for (let i = 0; i < 6; i++) (await settle(), await verdict(first)); /* the engine tiers up */
  const warm = [];
  for (let i = 0; i < RUNS; i++) (await settle(), warm.push(await verdict(first)));
  const busy = rendererMemory();
  await first.page.close();
  const again = await openChapter(context); /* a later visit: the compiler is in Cache Storage */
  const later = await verdict(again);
  await context.close();
  return { wire: downloaded, opened, cold, warm: median(warm), later, idle, busy };
}

const m = await measure();
const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(2)} s`;
const megabytes = (/** @type {number} */ bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
/** @type {[string, string][]} */
const table = [
  ['The compiler on the wire, once', megabytes(m.wire)],
  ['Download pressed, until it is ready (no network in it)', seconds(m.opened)],
  ['Run to verdict, the first after that', seconds(m.cold)],
  [`Run to verdict, warm, median of ${RUNS}`, seconds(m.warm)],
  ['Run to verdict, first of a later visit, compiler opened too', seconds(m.later)],
  ['Memory of the page before the compiler', megabytes(m.idle)],
  ['Memory of the page with it, warm', megabytes(m.busy)],
];
console.log(`\n== The C compiler in Chromium ${browser.version()}, challenge ${SLUG} of ${CHAPTER}`);
for (const [what, figure] of table) console.log(`${what.padEnd(62)}${figure.padStart(10)}`);

await browser.close();
await server.close();
