// What the reader has done: kept, shown on its page, taken along as a file, shared between tabs, and never lost silently.
const { readFileSync } = require('node:fs');
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const PAGE = 'progress/';
const CHAPTER = '01-overview/';
const SLUG = 'linear-predict';
const DAY = Date.UTC(2026, 0, 1);

const record = (kind, id, value, changed = DAY) => ({ kind, id, value, changed });
const fileOf = (records, version = 2) => JSON.stringify({ format: 'laymanz-progress', version, date: '2026-01-01T00:00:00Z', records });

/** Some of everything in chapter 1. */
const SOME = [
  record('section', `${CHAPTER}what-is`, true),
  record('goal', 'cost-threshold/ten_alarms_one_hit', true),
  record('challenge', SLUG, { passed: true, best: 7, star: false }),
  record('quiz', `${CHAPTER}what-goes-in`, { answer: [1], right: false, first: false }),
  record('code', 'fit-line-gd', '/* mine */\n'),
];

const said = (page) => page.locator('.file-said');
const tally = (page, name) => page.locator(`[data-chapter="01-overview"] [data-tally="${name}"] dd`);

/** Opens a file on the page of progress. */
async function open(page, text, path = PAGE) {
  if (path) await page.goto(path);
  await expect(tally(page, 'sections')).not.toBeEmpty();
  await page.locator('input[type=file]').setInputFiles({ name: 'p.json', mimeType: 'application/json', buffer: Buffer.from(text) });
  await expect(said(page)).not.toBeEmpty();
}

/** Writes a database before any page of the site has opened it. */
async function seed(page, version, records) {
  await page.goto('404.html');
  await page.evaluate(([wanted, all]) => new Promise((resolve, reject) => {
    const asked = indexedDB.open('laymanz', wanted);
    asked.onupgradeneeded = () => asked.result.createObjectStore('records', { keyPath: ['kind', 'id'] });
    asked.onerror = reject;
    asked.onsuccess = () => {
      const transaction = asked.result.transaction('records', 'readwrite');
      for (const one of all) transaction.objectStore('records').put(one);
      transaction.oncomplete = () => resolve(asked.result.close());
    };
  }), [version, records]);
}

/** What the browser has kept. */
const kept = (page) => page.evaluate(() => new Promise((resolve) => {
  const asked = indexedDB.open('laymanz');
  asked.onsuccess = () => {
    const all = asked.result.transaction('records').objectStore('records').getAll();
    all.onsuccess = () => {
      resolve({ version: asked.result.version, records: all.result });
      asked.result.close();
    };
  };
}));

const editor = (page) => page.locator(`challenge-card[slug="${SLUG}"]`).getByRole('textbox', { name: /Your C code/ });

async function type(page, text) {
  await editor(page).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test('saved as a file, opened in another browser: the same map', async ({ page, browser, baseURL }) => {
  await open(page, fileOf(SOME));
  await expect(said(page)).toContainText('5 records new here');
  for (const [name, text] of [['sections', '1 of 8'], ['challenges', '1 of 6'], ['quizzes', '0 of 12, 1 answered']])
    await expect(tally(page, name)).toHaveText(text);
  await expect(page.locator('.next-words a')).toHaveText(/^Read: When to use ML|^Challenge: /);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click()]);
  const text = readFileSync(await download.path(), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ format: 'laymanz-progress', version: 2 });
  const other = await (await browser.newContext({ baseURL })).newPage();
  await open(other, text);
  const map = (of) => of.locator('.past').allInnerTexts();
  expect(await map(other)).toEqual(await map(page));
  await open(other, text, '');
  await expect(said(other)).toHaveText('The file was read; it holds nothing that you do not have already.');
  await other.reload();
  await expect(tally(other, 'challenges')).toHaveText('1 of 6');
  await other.context().close();
});

test('a file never takes the place of newer work', async ({ page }) => {
  await page.goto(CHAPTER);
  await page.locator(`challenge-card[slug="${SLUG}"]`).scrollIntoViewIfNeeded();
  await type(page, '/* newer, <b>here</b> */');
  await expect.poll(async () => (await kept(page)).records.some(({ kind }) => kind === 'code')).toBe(true);
  await open(page, fileOf([record('code', SLUG, '/* older, <img src=x onerror="document.title=1"> */'), record('nonsense', 'a', 1),
    record('goal', 'a', 'yes'), record('challenge', SLUG, { passed: false, best: 3 })]));
  await expect(said(page)).toContainText('the later one is in the editor, the other among the earlier attempts');
  await expect(said(page)).toContainText('1 record of a kind that this page does not know');
  await expect(said(page)).toContainText('1 record that could not be understood');
  await page.goto(CHAPTER);
  const card = page.locator(`challenge-card[slug="${SLUG}"]`);
  await card.scrollIntoViewIfNeeded();
  await expect(editor(page)).toContainText('newer');
  await card.locator('summary', { hasText: 'Earlier attempts' }).click();
  await card.getByRole('button', { name: /Restore the attempt .*code from an imported file/ }).click();
  await expect(editor(page)).toContainText('<img src=x');
  expect(await page.title()).toContain('Overview');
});

for (const [name, text, sentence] of [
  ['is no JSON', '<script>alert(1)</script>', 'This file is not JSON'],
  ['is another’s', '{"a":1}', 'holds no progress of this site'],
  ['is null', 'null', 'holds no progress of this site'],
  ['is newer', fileOf([], 3), 'written by a newer version of the site'],
  ['has no records', '{"format":"laymanz-progress","version":1}', 'its version or its records are missing'],
  ['is huge', ' '.repeat(20_000_001), 'too big'],
]) {
  test(`a file that ${name} is refused in a sentence`, async ({ page }) => {
    await open(page, text);
    await expect(said(page)).toContainText(sentence);
    await expect(said(page)).toContainText('Nothing was changed.');
    expect((await kept(page)).records).toEqual([]);
  });
}

test('a database of version 1 is brought up to date and keeps all', async ({ page }) => {
  await seed(page, 1, [...SOME, record('quiz', `${CHAPTER}zero-shot`, { answer: [0], right: true })]);
  await page.goto(PAGE);
  await expect(tally(page, 'quizzes')).toHaveText('1 of 12, 2 answered');
  const { version, records } = await kept(page);
  expect(version).toBe(2);
  expect(records).toHaveLength(6);
  expect(records.find(({ id }) => id.endsWith('zero-shot')).value).toEqual({ answer: [0], right: true, first: true });
});

test('a newer database is told and left untouched', async ({ page }) => {
  await seed(page, 9, SOME);
  await page.goto(PAGE);
  await expect(page.locator('.notices')).toContainText('kept by a newer version of this site. It is left untouched');
  await open(page, fileOf([record('section', `${CHAPTER}when`, true)]), '');
  await expect(tally(page, 'sections')).toHaveText('1 of 8');
  const { version, records } = await kept(page);
  expect(version).toBe(9);
  expect(records).toHaveLength(SOME.length);
});

test('a record that nobody can understand is told; the others are there', async ({ page }) => {
  await seed(page, 2, [...SOME, { kind: 'quiz', id: `${CHAPTER}zero-shot`, value: 'x', changed: 1 }]);
  await page.goto(PAGE);
  await expect(page.locator('.unreadable')).toContainText('1 of the records in this browser cannot be understood');
  await expect(tally(page, 'sections')).toHaveText('1 of 8');
});

test('where nothing can be kept, the page works and saves a file', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };
  });
  await open(page, fileOf(SOME));
  await expect(page.locator('.notices')).toContainText('does not let the page keep anything');
  await expect(tally(page, 'sections')).toHaveText('1 of 8');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click()]);
  expect(JSON.parse(readFileSync(await download.path(), 'utf8')).records).toHaveLength(SOME.length);
});

test('two tabs: what one does the other shows, and neither’s code is lost', async ({ page, context }) => {
  await page.goto(CHAPTER);
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(CHAPTER);
    await tab.locator(`challenge-card[slug="${SLUG}"]`).scrollIntoViewIfNeeded();
    await expect(editor(tab)).toBeVisible();
  }
  await type(page, '/* one */');
  await expect(editor(other)).toContainText('/* one */');
  await expect(other.locator('tab-notice')).toHaveCount(0);
  await other.evaluate(() => { BroadcastChannel.prototype.postMessage = () => {}; }); // writes at the same moment
  await type(other, '/* two */');
  await type(page, '/* three */');
  const notice = other.locator('tab-notice');
  await expect(notice).toContainText('Another tab has changed this code');
  await expect(editor(other)).toContainText('/* two */');
  await notice.getByRole('button', { name: 'Take the other tab’s' }).click();
  await expect(editor(other)).toContainText('/* three */');
  await other.locator(`challenge-card[slug="${SLUG}"]`).locator('summary', { hasText: 'Earlier attempts' }).click();
  await expect(other.getByRole('button', { name: /Restore the attempt .*in one of two tabs/ })).toBeVisible();
  await other.close();
});

test('forgetting asks first, and forgets', async ({ page }) => {
  await open(page, fileOf(SOME));
  await page.getByRole('button', { name: 'Forget everything …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Forget everything?' });
  await expect(dialog).toContainText('5 records in all');
  await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(tally(page, 'sections')).toHaveText('1 of 8');
  await page.getByRole('button', { name: 'Forget everything …' }).click();
  await dialog.getByRole('button', { name: 'Forget everything', exact: true }).click();
  await expect(said(page)).toHaveText('Everything is forgotten.');
  await expect(tally(page, 'sections')).toHaveText('0 of 8');
  expect((await kept(page)).records).toEqual([]);
});

test('axe finds nothing, and it is not wider than the screen @phone', async ({ page }) => {
  await open(page, fileOf(SOME));
  for (const summary of await page.locator('.past summary').all()) await summary.click();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});
