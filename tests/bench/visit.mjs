/* What a first visit costs: bytes on the wire until a chapter can be read and until its first lab runs, how soon that lab
 * shows its first frame on a processor four times slower, and how far the page jumps meanwhile. Prints; tests nothing
 * (tests/web/instant.spec.js does). Everything comes from this machine, compressed as a host would, without the time of a
 * network; the service worker is left out, since it begins when the page is at rest.
 *
 * Usage: node visit.mjs, after make site */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { serve } from '../../web/site/serve.mjs';
import { launch } from './command.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CHAPTER = '01-overview/';
const SLOWER = 4;
const RUNS = 7;
const BROWSER_RESTS_MS = 2000; // a new window's own pages have loaded by then; a reader's browser is open already
const SCREENS = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, hasTouch: true, isMobile: true },
};

const server = await serve(`${root}build/site`);
const browser = await launch();

/**
 * A page that nobody has visited, with what it loads and how it jumps.
 * @param {keyof typeof SCREENS} screen
 */
async function open(screen) {
  const context = await browser.newContext({ ...SCREENS[screen], serviceWorkers: 'block' });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  /** @type {Map<string, { url: string, bytes: number }>} */
  const loaded = new Map();
  client.on('Network.requestWillBeSent', ({ requestId, request }) => loaded.set(requestId, { url: request.url, bytes: 0 }));
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = loaded.get(requestId);
    if (file) file.bytes = encodedDataLength;
  });
  await page.addInitScript(() => {
    window.jumps = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.jumps.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
    // The plots are painted in an animation frame; a message that is sent then arrives once that frame is laid out and painted.
    window.firstPicture = new Promise((resolve) => {
      addEventListener('lab-drawn', (event) => {
        if (!event.composedPath().includes(document.querySelector('lab-card'))) return;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      });
    });
  });
  await page.waitForTimeout(BROWSER_RESTS_MS);
  return { context, page, client, loaded };
}

/** @param {Map<string, { url: string, bytes: number }>} loaded */
const total = (loaded) => [...loaded.values()].reduce((sum, { bytes }) => sum + bytes, 0);

/** When the frame with the first picture of the page's first lab was done, in milliseconds after navigation began. */
const firstFrame = (page) => page.evaluate(() => window.firstPicture);

/** @param {keyof typeof SCREENS} screen @param {string} path */
async function bytes(screen, path) {
  const { context, page, loaded } = await open(screen);
  await page.goto(server.address + path, { waitUntil: 'networkidle' });
  const blocking = await page.evaluate(() => {
    const fonts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.woff2'));
    const styles = performance.getEntriesByType('resource').filter((entry) => entry.renderBlockingStatus === 'blocking');
    return [location.href, ...fonts.map(({ name }) => name), ...styles.map(({ name }) => name)];
  });
  const text = [...loaded.values()].filter(({ url }) => blocking.includes(url)).reduce((sum, file) => sum + file.bytes, 0);
  const rest = total(loaded), files = loaded.size;
  await page.evaluate(() => document.querySelector('lab-card')?.scrollIntoView());
  await firstFrame(page);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  const jumps = await page.evaluate(() => window.jumps);
  const all = { text, rest, files, lab: total(loaded) - rest, jump: jumps.reduce((sum, value) => sum + value, 0) };
  await context.close();
  return all;
}

/** @param {keyof typeof SCREENS} screen @param {string} path @returns {Promise<number>} milliseconds after navigation began */
async function soon(screen, path) {
  const { context, page, client } = await open(screen);
  await client.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.goto(server.address + path, { waitUntil: 'commit' });
  const milliseconds = await firstFrame(page);
  await context.close();
  return milliseconds;
}

const kilobytes = (/** @type {number} */ n) => `${(n / 1000).toFixed(1)} KB`;
/** @param {string} what @param {string} figure */
const say = (what, figure) => console.log(`${what.padEnd(84)}${figure.padStart(12)}`);

console.log(`\n== A first visit in Chromium ${browser.version()}; load average ${loadavg().map((n) => n.toFixed(1)).join(', ')}`);
for (const [name, path] of [['Chapter 1', CHAPTER], ['Home', '']]) {
  for (const screen of /** @type {(keyof typeof SCREENS)[]} */ (Object.keys(SCREENS))) {
    const { text, rest, files, lab, jump } = await bytes(screen, path);
    say(`${name}, ${screen}: until the text can be read (page, styles, fonts)`, kilobytes(text));
    say(`${name}, ${screen}: until at rest, nothing scrolled (${files} files)`, kilobytes(rest));
    if (lab > 0) say(`${name}, ${screen}: what its first lab then fetches`, kilobytes(lab));
    say(`${name}, ${screen}: cumulative layout shift until that lab runs`, jump.toFixed(4));
  }
}
for (const [name, path] of [['Chapter 1 at its first lab', `${CHAPTER}#lab-mlp-live`], ['Home', '']]) {
  const times = [];
  for (let i = 0; i < RUNS; i++) times.push(await soon('phone', path));
  times.sort((a, b) => a - b);
  say(`${name}, phone, ${SLOWER}x slower: first frame of the lab after navigation, median of ${RUNS}`, `${Math.round(times[RUNS >> 1])} ms`);
  say('  range', `${Math.round(times[0])} to ${Math.round(times[RUNS - 1])} ms`);
}
const module = readFileSync(`${root}build/site/assets/laymanz.wasm`);
say(`The module of all labs: ${kilobytes(module.length)}; with gzip`, kilobytes(gzipSync(module, { level: 9 }).length));
console.log(`Load average at the end ${loadavg().map((n) => n.toFixed(1)).join(', ')}`);

await browser.close();
await server.close();
