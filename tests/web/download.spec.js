// The compiler's download over connections that break, and from hosts of several kinds, in Chromium.
const { test, expect } = require('@playwright/test');
const { createServer, request } = require('node:http');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const MEGABYTE = 1e6;
const ARRIVES_MS = 200; // a reset connection loses what has not been read yet
const manifest = JSON.parse(readFileSync(join(__dirname, '../../build/site/compiler/manifest.json'), 'utf8'));
const LARGE = manifest.clang.pieces[0].file;
const isPiece = (url) => /\/compiler\/.*\.bin$/.test(url);

/**
 * Stands between the browser and the site. Of a piece that is asked for the nth time, counted from 0, it sends
 * `host.sends(url, nth)` bytes and breaks the connection. `host.ranges` false: it knows no ranges.
 * @param {string} baseURL
 */
async function openHost(baseURL) {
  const host = { sends: () => Infinity, ranges: true, asked: [], address: '' };
  const server = createServer((question, answer) => {
    const { url, method, headers } = question;
    let room = Infinity;
    if (isPiece(url)) {
      const nth = host.asked.filter((other) => other.url === url).length;
      host.asked.push({ url, range: headers.range, ifRange: headers['if-range'] });
      if (!host.ranges) delete headers.range;
      room = host.sends(url, nth);
    }
    if (room === 0) return answer.destroy();
    const behind = request(new URL(url, baseURL), { method, headers }, (from) => {
      answer.writeHead(from.statusCode, { ...from.headers, connection: room < Infinity ? 'close' : 'keep-alive' });
      from.on('data', (bytes) => {
        answer.write(bytes.subarray(0, Math.min(room, bytes.length)));
        room -= Math.min(room, bytes.length);
        if (room === 0) setTimeout(() => answer.destroy(), ARRIVES_MS);
      });
      from.on('end', () => answer.end()).on('error', () => answer.destroy());
    });
    answer.on('close', () => behind.destroy());
    behind.on('error', () => answer.destroy()).end();
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  host.address = `http://127.0.0.1:${server.address().port}/`;
  host.close = () => new Promise((done) => (server.close(done), server.closeAllConnections()));
  return host;
}

let host;
test.beforeEach(async ({ baseURL }) => (host = await openHost(baseURL)));
test.afterEach(() => host.close());

async function openCard(page) {
  await page.goto(`${host.address}01-overview/`);
  const card = page.locator('challenge-card[slug="linear-predict"]');
  await card.scrollIntoViewIfNeeded();
  await expect(card.getByRole('textbox', { name: /Your C code/ })).toBeVisible();
  return card;
}

/** The starter compiles: the compiler that came is whole. */
async function expectItWorks(card) {
  await expect(card.locator('compiler-offer')).toBeHidden({ timeout: 90_000 });
  await card.getByRole('button', { name: 'Run checks' }).click();
  await expect(card.locator('.results h4')).toContainText('checks pass');
}

/** Every byte range that was asked for of a piece, as its first byte. */
const firstBytes = (file) =>
  host.asked.filter(({ url }) => url.endsWith(file)).map(({ range }) => Number(/\d+/.exec(range ?? 'bytes=0-')[0]));

const neverFalls = (numbers) => numbers.every((number, i) => i === 0 || number >= numbers[i - 1]);

test('a connection that breaks again and again: each goes on where the last one stopped', async ({ page }) => {
  host.sends = (url, nth) => (url.endsWith(LARGE) && nth < 5 ? MEGABYTE : Infinity);
  const card = await openCard(page);
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expectItWorks(card);
  const from = firstBytes(LARGE);
  expect(from).toHaveLength(6);
  expect(from[0]).toBe(0);
  expect(neverFalls(from), `${from}`).toBe(true);
  expect(from[5]).toBeGreaterThan(2 * MEGABYTE);
  for (const [i, first] of from.entries()) expect(first).toBeLessThanOrEqual(i * MEGABYTE);
});

test('a page that is closed loses no more than the last moments; the next one fetches the rest', async ({ page }) => {
  host.sends = (_url, nth) => (nth === 0 ? 2.5 * MEGABYTE : 0);
  const card = await openCard(page);
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect.poll(() => Math.max(...firstBytes(LARGE))).toBeGreaterThan(MEGABYTE);
  await page.reload();

  const rest = card.getByRole('button', { name: /Fetch the rest of the C compiler/ });
  await expect(rest).toBeVisible();
  const [, missing, total] = /\(([\d.]+) of ([\d.]+) MB\)/.exec(await rest.innerText());
  expect(Number(total) - Number(missing)).toBeGreaterThan(1);
  await rest.click();
  await expect(card.getByText('The compiler could not be fetched.')).toBeVisible({ timeout: 30_000 });

  host.sends = () => Infinity;
  host.asked.length = 0;
  await card.getByRole('button', { name: 'Try again' }).click();
  const bar = card.getByRole('progressbar');
  const shown = await bar.evaluate((element) => element.value).catch(() => Infinity); // it may be done by now
  expect(shown).toBeGreaterThan(MEGABYTE);
  await expectItWorks(card);
  const [{ range, ifRange }] = host.asked.filter(({ url }) => url.endsWith(LARGE));
  expect(Number(/\d+/.exec(range)[0])).toBeGreaterThan(MEGABYTE);
  expect(ifRange).toMatch(/^".+"$/);

  host.sends = () => 0; // and now all is here
  await page.reload();
  await expectItWorks(card);
});

test('a host that knows no ranges sends a piece anew, and progress never passes the whole', async ({ page }) => {
  await page.addInitScript(() => {
    window.most = 0;
    const look = () => {
      const offer = document.querySelector('challenge-card')?.shadowRoot?.querySelector('compiler-offer');
      const bar = offer?.shadowRoot?.querySelector('progress');
      if (bar) window.most = Math.max(window.most, bar.getAttribute('value') / bar.max);
      requestAnimationFrame(look);
    };
    look();
  });
  host.ranges = false;
  host.sends = (url, nth) => (url.endsWith(LARGE) && nth < 3 ? MEGABYTE : Infinity);
  const card = await openCard(page);
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expectItWorks(card);
  expect(firstBytes(LARGE).some((first) => first > 0)).toBe(true); // it was asked, in vain
  const most = await page.evaluate(() => window.most);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(1);
});

test('a part that was damaged while it was kept is found by the hash and fetched again', async ({ page }) => {
  host.sends = (_url, nth) => (nth === 0 ? MEGABYTE : 0);
  const card = await openCard(page);
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect.poll(() => Math.max(...firstBytes(LARGE))).toBeGreaterThan(0);
  await page.reload();
  await page.evaluate(async (file) => {
    const cache = await caches.open('laymanz-compiler');
    const parts = (await cache.keys()).filter(({ url }) => url.includes(`${file}?`));
    if (parts.length === 0) throw new Error('nothing was kept');
    const { size } = await (await cache.match(parts[0])).blob();
    await cache.put(parts[0], new Response(new Uint8Array(size)));
  }, LARGE);
  host.sends = () => Infinity;
  host.asked.length = 0;
  await card.getByRole('button', { name: /Fetch the rest/ }).click();
  await expectItWorks(card);
  const from = firstBytes(LARGE);
  expect(from).toHaveLength(2); // the rest of it, and then all of it
  expect(from[0]).toBeGreaterThan(0);
  expect(from[1]).toBe(0);
});
