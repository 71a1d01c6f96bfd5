// Without a network, and from one version of the site to the next, in Chromium, with hosts that are really switched off.
const { test, expect } = require('@playwright/test');
const { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const SITE = join(__dirname, '../../build/site');
const RIGHT = `#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        double sum = b;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j];
        out[i] = (float)sum;
    }
}
`;

test.use({ serviceWorkers: 'allow' });

/** A host of its own, which can be switched off and on again. */
async function openHost(directory, base = '/') {
  const { serve } = await import('../../web/site/serve.mjs');
  let server = await serve(directory, { base });
  const { address } = server;
  return {
    address,
    off: () => server.close(),
    on: async () => (server = await serve(directory, { base, port: Number(new URL(address).port) })),
  };
}

let host;
let copy = '';
test.afterEach(async () => {
  await host?.off();
  if (copy) rmSync(copy, { recursive: true });
  copy = '';
});

/** The site's files that this browser keeps, relative to its root. */
const kept = (page) =>
  page.evaluate(async (root) => {
    const name = (await caches.keys()).find((one) => one.startsWith('laymanz-site'));
    if (!name) return [];
    return (await (await caches.open(name)).keys()).map(({ url }) => url.replace(/\?.*/, '').slice(root.length));
  }, host.address);
const controlled = (page) => page.evaluate(() => navigator.serviceWorker.controller !== null);

/** Opens the page and stays until the service worker has all of it, or all of the site. */
async function keepPage(page, path, last = path) {
  await page.goto(host.address + path);
  await expect.poll(() => kept(page), { timeout: 60_000 }).toContain(last);
  await page.evaluate(() => navigator.serviceWorker.ready);
}
const EVERYTHING = 'map/'; // the last of them

async function runLab(page, name) {
  const card = page.locator(`lab-card[name="${name}"]`);
  await card.scrollIntoViewIfNeeded();
  await card.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(card.locator('.steps')).toContainText(/[1-9]/);
}

test('one chapter opened: all chapters and labs work without a network, the compiler was not fetched', async ({ page }) => {
  host = await openHost(SITE, '/some/where/');
  await keepPage(page, '01-overview/', EVERYTHING);
  const compiler = (await kept(page)).filter((file) => file.startsWith('compiler/'));
  expect(compiler).toEqual(['compiler/library.json', 'compiler/manifest.json']);
  expect(await page.evaluate(async () => (await (await caches.open('laymanz-compiler')).keys())
    .filter(({ url }) => url.includes('.bin')).length)).toBe(0);
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']); // as tests are; and nothing else

  await host.off();
  await page.reload();
  await runLab(page, 'learning-curve');
  await page.goto(`${host.address}02-ml-system-design`); // as a host would: with the slash
  await expect(page).toHaveURL(/02-ml-system-design\/$/);
  await runLab(page, 'good-enough');
  await page.goto(`${host.address}?lab=digits`);
  await runLab(page, 'digits');
  await host.on();
});

/** A copy of the site that can become another version. */
function copySite({ compiler }) {
  copy = mkdtempSync(join(tmpdir(), 'site-'));
  cpSync(SITE, copy, { recursive: true, filter: (file) => compiler || !file.endsWith('.bin') });
  return copy;
}

/** The next version: another word in each chapter's title, another title of each lab, another name of the library. */
async function publishNext() {
  const library = JSON.parse(readFileSync(join(copy, 'compiler/library.json'), 'utf8')).library.pieces[0].file;
  const edit = (file, from, to) => {
    const text = readFileSync(join(copy, file), 'utf8');
    if (!text.match(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(join(copy, file), text.replace(from, to));
  };
  for (const chapter of ['01-overview', '02-ml-system-design']) edit(`${chapter}/index.html`, /<h1>/, '<h1>Next: ');
  edit('data/labs.json', /"title":"/g, '"title":"Next: ');
  edit('compiler/library.json', /"library-/, '"next-library-');
  if (existsSync(join(copy, 'compiler', library))) renameSync(join(copy, 'compiler', library), join(copy, 'compiler', `next-${library}`));
  const { writeOffline } = await import('../../web/site/offline.mjs');
  const labs = JSON.parse(readFileSync(join(copy, 'data/labs.json'), 'utf8'));
  await writeOffline(copy, join(__dirname, '../../web'), new Map(labs.map((lab) => [lab.name, lab])));
}

test('with the compiler fetched, a challenge is solved without a network, also after an update', async ({ page }) => {
  host = await openHost(copySite({ compiler: true }));
  await keepPage(page, '01-overview/', EVERYTHING);
  await page.reload();
  const card = page.locator('challenge-card[slug="linear-predict"]');
  await card.scrollIntoViewIfNeeded();
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect(card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });

  await host.off();
  await page.reload();
  await card.scrollIntoViewIfNeeded();
  await card.getByRole('textbox', { name: /Your C code/ }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(RIGHT);
  await card.getByRole('button', { name: 'Run checks' }).click();
  await expect(card.locator('.results h4')).toHaveText('7 of 7 checks pass', { timeout: 60_000 });

  await host.on();
  await publishNext();
  await page.reload();
  await page.locator('.notices [data-key=version]').getByRole('button', { name: 'Reload' }).click();
  await expect(page.locator('h1')).toHaveText(/^Next: /);
  await host.off(); // the new version's library, which the reader has not asked for, is here with it
  await page.reload();
  await card.scrollIntoViewIfNeeded();
  await card.getByRole('button', { name: 'Run checks' }).click();
  await expect(card.locator('.results h4')).toHaveText('7 of 7 checks pass', { timeout: 60_000 });
  await host.on();
});

/** Whether a chapter's text and the labs' declarations that it gets are the next version's. */
async function versionOf(page) {
  const text = (await page.locator('h1').innerText()).startsWith('Next: ');
  const data = await page.evaluate(async () => (await (await fetch('../data/labs.json')).json())[0].title.startsWith('Next: '));
  return { text, data };
}
const OLD = { text: false, data: false };
const NEXT = { text: true, data: true };

test('a new version waits for the old pages, keeps what was typed, and never mixes with them', async ({ page, context }) => {
  host = await openHost(copySite({ compiler: false }));
  await keepPage(page, '01-overview/', EVERYTHING);
  await page.reload();
  const card = page.locator('challenge-card[slug="linear-predict"]');
  await card.scrollIntoViewIfNeeded();
  const editor = card.getByRole('textbox', { name: /Your C code/ });
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('/* mine */');

  await publishNext();
  const other = await context.newPage();
  await other.goto(`${host.address}02-ml-system-design/`);
  const notice = page.locator('.notices [data-key=version]');
  await expect(notice).toContainText('A new version of these pages is ready.');
  expect(await versionOf(page)).toEqual(OLD);
  await other.reload();
  expect(await versionOf(other)).toEqual(OLD);

  await notice.getByRole('button', { name: 'Reload' }).click();
  await expect(notice).toContainText('The old version is still open in another tab.');
  await other.close();
  await expect(async () => {
    const reload = notice.getByRole('button', { name: 'Reload' });
    if (await reload.isVisible()) await reload.click({ timeout: 1000 }).catch(() => {}); // it may be on its way by now
    await expect(page.locator('h1')).toHaveText(/^Next: /, { timeout: 2000 });
  }).toPass();
  expect(await versionOf(page)).toEqual(NEXT);
  await expect(notice).toHaveCount(0);
  await card.scrollIntoViewIfNeeded();
  await expect(card.locator('code-editor')).toContainText('/* mine */');

  await host.off(); // what worked offline before still does
  await page.goto(`${host.address}02-ml-system-design/`);
  expect(await versionOf(page)).toEqual(NEXT);
  await runLab(page, 'good-enough');
  await host.on();
});

test('where data is to be saved only what was visited is kept; the rest comes as it is, in one version', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } }));
  host = await openHost(copySite({ compiler: false }));
  await keepPage(page, '01-overview/');
  await page.reload();
  expect(await controlled(page)).toBe(true);
  expect(await kept(page)).not.toContain('02-ml-system-design/');

  await publishNext();
  await page.goto(`${host.address}02-ml-system-design/`);
  expect(await versionOf(page)).toEqual(NEXT);
  await page.goto(`${host.address}01-overview/`);
  expect(await versionOf(page)).toEqual(OLD);

  await host.off();
  await page.goto(`${host.address}02-ml-system-design/`);
  await expect(page.getByRole('heading', { name: 'This box is still at the shop' })).toBeVisible();
  await page.goto(`${host.address}01-overview/`);
  await runLab(page, 'learning-curve');
  await host.on();
});

test('a browser that refuses the service worker loses nothing else', async ({ page }) => {
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  await page.addInitScript(() => {
    ServiceWorkerContainer.prototype.register = async () => {
      window.refused = true;
      throw new DOMException('no', 'SecurityError');
    };
  });
  host = await openHost(SITE);
  await page.goto(`${host.address}01-overview/`);
  await expect.poll(() => page.evaluate(() => window.refused)).toBe(true);
  await runLab(page, 'learning-curve');
  await expect(page.locator('.notices p')).toHaveCount(0);
  expect(wrong).toEqual([]);
});
