// What a first visit loads and when: the text first, and little of it; what labs need when one is near, once for all.
const { test, expect } = require('@playwright/test');

const CHAPTER = '01-overview/';
const MOST_BYTES = 200_000;
const LARGEST_JUMP = 0.02; // of the Layout Instability API: what moved and how far, as parts of the screen

/** Notes what a page loads, as bytes on the wire, and how it jumps. */
async function watch(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  const asked = new Map();
  client.on('Network.requestWillBeSent', ({ requestId, request }) =>
    asked.set(requestId, { path: new URL(request.url).pathname, bytes: 0 }));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId)) asked.get(requestId).bytes = encodedDataLength;
  });
  await page.addInitScript(() => {
    window.jumps = [];
    window.compilations = 0;
    const { compile } = WebAssembly;
    WebAssembly.compile = (...given) => (window.compilations++, compile.apply(WebAssembly, given));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput) window.jumps.push({ value: entry.value, of: entry.sources.map(({ node }) => node?.parentElement?.className || node?.nodeName) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return {
    files: () => [...asked.values()],
    paths: (pattern) => [...asked.values()].map(({ path }) => path).filter((path) => pattern.test(path)),
    bytes: () => [...asked.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    bigJumps: () => page.evaluate((most) => window.jumps.filter(({ value }) => value > most), LARGEST_JUMP),
  };
}

test('a chapter comes with its text and not with what its labs and challenges need @phone', async ({ page }) => {
  const seen = await watch(page);
  await page.goto(CHAPTER, { waitUntil: 'networkidle' });
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(seen.paths(/\.wasm$|lab-card|lab-worker|chart-plot|code-editor|challenge|search|labs\.json|ml-api|^\/compiler\//)).toEqual([]);
  expect(seen.files().length).toBeGreaterThan(5);
  expect(seen.bytes()).toBeGreaterThan(50_000);
  expect(seen.bytes()).toBeLessThan(MOST_BYTES);
  expect(await seen.bigJumps()).toEqual([]);
});

test('labs share one module, one list of declarations and one Chart.js; no editor is needed', async ({ page }) => {
  const seen = await watch(page);
  await page.goto(CHAPTER);
  for (const name of ['mlp-live', 'rule-vs-model', 'cost-threshold']) {
    const card = page.locator(`lab-card[name="${name}"]`);
    await card.scrollIntoViewIfNeeded();
    await expect(card.getByRole('button', { name: /Run/ }).first()).toBeEnabled();
    await expect(card.locator('lab-view:not([undrawn]) canvas').first()).toBeVisible(); // some show nothing before a run
  }
  await page.waitForLoadState('networkidle');
  expect(seen.paths(/\.wasm$/)).toEqual(['/assets/laymanz.wasm']);
  expect(seen.paths(/labs\.json$/)).toHaveLength(1);
  expect(seen.paths(/chart-plot/)).toHaveLength(1);
  expect(await page.evaluate(() => window.compilations)).toBe(1);
});

test('home holds still while its lab opens @phone', async ({ page }) => {
  const seen = await watch(page);
  await page.goto('');
  await expect(page.locator('lab-card[name="mlp-playground"] lab-view canvas').first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(seen.paths(/code-editor|search|ml-api/)).toEqual([]);
  expect(await seen.bigJumps()).toEqual([]);
});

test('a lab stays where it was led to while a card above it opens', async ({ page }) => {
  const seen = await watch(page);
  await page.goto(CHAPTER, { waitUntil: 'networkidle' });
  const lab = page.locator('#lab-mlp-live');
  const top = () => lab.evaluate((card) => Math.round(card.getBoundingClientRect().top));
  const above = page.locator('#challenge-fit-line-gd');
  const height = () => above.evaluate((card) => card.offsetHeight);
  const [before] = [await height(), await lab.evaluate((card) => card.scrollIntoView())];
  const led = await top();
  await expect(above).toHaveAttribute('open');
  await expect(above.locator('code-editor .cm-content')).toBeAttached();
  await expect.poll(height).not.toBe(before);
  await expect.poll(async () => Math.abs((await top()) - led)).toBeLessThan(4);
  expect(await seen.bigJumps()).toEqual([]);
});

test('a chapter that a link leads into the middle of holds still @phone', async ({ page }) => {
  const seen = await watch(page);
  for (const [place, drawn] of [['lab-batching-queue', true], ['latency', false]]) {
    await page.goto('about:blank');
    await page.goto(`${CHAPTER}#${place}`, { waitUntil: 'networkidle' });
    if (drawn) await expect(page.locator(`#${place}`).locator('lab-view:not([undrawn]) canvas').first()).toBeVisible();
    expect(await seen.bigJumps()).toEqual([]);
    expect(await page.locator(`#${place}`).evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(200);
  }
});

test('what is far away waits, in the room that was kept for it, and is set when there is time @phone', async ({ page }) => {
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  const unset = () => page.locator('.far').evaluateAll((blocks) =>
    blocks.filter((block) => !block.firstElementChild?.checkVisibility({ contentVisibilityAuto: true })).length);
  await page.route('**/assets/page-*.js', (route) => route.abort());
  await page.goto(CHAPTER);
  const kept = await height();
  expect(await unset()).toBeGreaterThan(50);
  await page.unroute('**/assets/page-*.js');
  await page.goto(CHAPTER);
  await expect(page.locator('main > section:not(.set)')).toHaveCount(0);
  expect(Math.abs((await height()) / kept - 1)).toBeLessThan(0.03);
});
