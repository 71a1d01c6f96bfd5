// Bad input and faults: what the person is told, and that recovery works. Time limits are reached by the page's own
// clock, moved forward; nothing here waits for time.
const { openSync, ftruncateSync, closeSync, mkdtempSync, rmSync } = require('node:fs');
const { createServer } = require('node:http');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { test, expect } = require('@playwright/test');

const CHAPTER = '01-overview/';
const LIMIT_MS = 21_000; // a little more than SILENCE_MS of web/lib/fetching.js

const notices = (page) => page.locator('.notices');
const cardOf = (page, name) => page.locator(`lab-card[name="${name}"]`);
const stepButton = (card) => card.getByRole('button', { name: 'Step', exact: true });
const stepOf = async (card) => Number(/\d+/.exec((await card.locator('.steps').textContent()).replaceAll(',', ''))?.[0]);

async function steps(card) {
  await card.scrollIntoViewIfNeeded();
  await stepButton(card).click();
  await expect.poll(() => stepOf(card)).toBeGreaterThan(0);
}

async function openLab(page, name, address = CHAPTER) {
  await page.goto(address);
  const card = cardOf(page, name);
  await card.scrollIntoViewIfNeeded();
  await expect(stepButton(card)).toBeEnabled();
  return card;
}

/**
 * Presses "Try again". Chromium up to 150, if not a little later, remembers an import that failed, and says so: a reload
 * helps there, and is done. Whether it was.
 */
async function again(page, told) {
  const text = async () => (await told.count()) ? told.textContent() : '';
  await told.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(text).toMatch(/^\s*$|reload the page; nothing is lost/);
  const remembered = Boolean((await text()).trim());
  if (remembered) await page.reload();
  return remembered;
}

/** The text of the chapter, and a question that works. */
async function textIsThere(page) {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Overview/);
  await expect(page.locator('main p').nth(3)).toBeVisible();
}

test.describe('the network, cut while the page loads', () => {
  for (const [what, file, sentence] of [
    ['the stylesheet', /assets\/page-\w+\.css/, 'The looks of this page could not be fetched. The text is all here.'],
    ['the page’s script', /assets\/page-\w+\.js/, 'The program of this page could not be fetched'],
  ]) test(`${what} does not come: told, and trying again helps`, async ({ page }) => {
    await page.route(file, (route) => route.abort());
    await page.goto(CHAPTER);
    await expect(notices(page)).toContainText(sentence);
    await textIsThere(page);
    await page.unroute(file);
    await notices(page).getByRole('button', { name: 'Try again' }).click();
    await expect(notices(page)).toBeEmpty();
    await steps(cardOf(page, 'learning-curve'));
  });

  test('a stylesheet that never answers keeps neither the text nor the labs waiting', async ({ page }) => {
    await page.clock.install();
    await page.route(/assets\/page-\w+\.css/, () => {});
    await page.goto(CHAPTER, { waitUntil: 'commit' });
    await expect(page.locator('footer')).toBeAttached();
    await page.clock.fastForward(LIMIT_MS);
    await expect(notices(page)).toContainText('The looks of this page could not be fetched');
    await textIsThere(page);
    await expect(notices(page)).not.toContainText('program'); // which the stylesheet kept waiting, and which is awake now
    await steps(cardOf(page, 'learning-curve'));
  });

  for (const [name, file, tag] of [
    ['labs', /assets\/lab-card-\w+\.js/, 'lab-card'],
    ['questions', /assets\/quiz-question-\w+\.js/, 'quiz-question'],
    ['challenges', /assets\/challenge-card-\w+\.js/, 'challenge-card'],
  ]) test(`what the ${name} run on is cut, then comes`, async ({ page }) => {
    await page.route(file, (route) => route.abort());
    await page.goto(CHAPTER);
    await page.locator(tag).first().scrollIntoViewIfNeeded();
    await expect(notices(page)).toContainText(`What the ${name} run on could not be fetched: the network or the host does not answer. The text is all here.`);
    await textIsThere(page);
    await page.unroute(file);
    if (await again(page, notices(page))) await page.locator(tag).first().scrollIntoViewIfNeeded();
    await expect.poll(() => page.evaluate((one) => customElements.get(one) !== undefined, tag)).toBe(true);
    await expect(notices(page)).toBeEmpty();
  });

  for (const [what, file, sentence] of [
    ['the labs’ program', '**/laymanz.wasm', 'The program of the labs could not be fetched'],
    ['the labs’ declarations', '**/data/labs.json', 'data/labs.json could not be fetched'],
  ]) test(`${what}: cut, silent for too long, something else instead; then it comes`, async ({ page }) => {
    await page.clock.install();
    let asked = 0;
    let answer = (route) => route.abort();
    await page.route(file, (route) => {
      asked++;
      return answer(route);
    });
    await page.goto(CHAPTER);
    const card = cardOf(page, 'learning-curve');
    await card.scrollIntoViewIfNeeded();
    await expect(card.getByRole('alert')).toContainText(`${sentence}: the network or the host does not answer.`);
    answer = () => {};
    const before = asked;
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect(card.getByRole('alert')).toHaveCount(0);
    await expect.poll(() => asked).toBeGreaterThan(before);
    await page.clock.fastForward(LIMIT_MS);
    await expect(card.getByRole('alert')).toContainText(`${sentence}: for 20 seconds nothing came.`);
    answer = (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Log in</h1>' });
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect(card.getByRole('alert')).toContainText('omething else came in');
    answer = (route) => route.continue();
    await card.getByRole('button', { name: 'Try again' }).click();
    await page.clock.resume();
    await steps(card);
  });

  for (const kind of ['cut', 'silent']) test(`the labs’ worker is ${kind}: told, and starting again helps`, async ({ page }) => {
    await page.clock.install();
    await page.route('**/lab-worker.js', (route) => (kind === 'cut' ? route.abort() : undefined));
    await page.goto(CHAPTER);
    const card = cardOf(page, 'learning-curve');
    await card.scrollIntoViewIfNeeded();
    await expect(card.locator('lab-view').first().locator('canvas').first()).toBeAttached(); // all else has come
    if (kind === 'silent') await page.clock.runFor(LIMIT_MS);
    await expect(card.getByRole('alert')).toContainText(kind === 'cut' ? 'could not be started, or has failed' : 'for 20 seconds it said nothing');
    await page.unroute('**/lab-worker.js');
    await card.getByRole('button', { name: 'Restart this lab' }).click();
    await page.clock.resume();
    await steps(card);
  });

  test('what draws a plot, the data’s table and the box are cut; each comes when asked again', async ({ page }) => {
    const parts = /assets\/(chart-plot|data-dialog|box-drawer)-\w+\.js|data\/box\//;
    await page.route(parts, (route) => route.abort());
    const card = await openLab(page, 'learning-curve');
    const problem = card.locator('lab-view').first().getByRole('alert');
    await expect(problem).toContainText('What draws this plot could not be fetched');
    await card.getByRole('button', { name: 'Data', exact: true }).click();
    await expect(card.locator('.said')).toContainText('The table of the data could not be fetched: the network or the host does not answer. Press it again');
    await card.getByRole('button', { name: /Open the box ↗/ }).click();
    await expect(card.locator('.said')).toContainText('The box could not be fetched');
    await page.unroute(parts);
    await again(page, problem);
    await expect(problem).toHaveCount(0);
    await steps(card);
    await expect(card.locator('lab-view').first().locator('canvas').first()).toBeVisible();
    await card.getByRole('button', { name: 'Data', exact: true }).click();
    await expect(card.locator('data-dialog dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await card.getByRole('button', { name: /Open the box ↗/ }).click();
    await expect(card.locator('box-drawer dialog')).toContainText('learning-curve.c');
  });

  test('the compiler’s worker never answers: told, no code is lost, and trying again helps', async ({ page }) => {
    await page.clock.install();
    await page.route('**/compile-worker.js', () => {});
    await page.goto(CHAPTER);
    const challenge = page.locator('challenge-card[slug="linear-predict"]');
    await challenge.scrollIntoViewIfNeeded();
    const editor = challenge.getByRole('textbox', { name: /Your C code/ });
    await editor.focus();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.insertText('/* mine */');
    const asked = page.waitForRequest('**/compile-worker.js');
    await challenge.getByRole('button', { name: /Download the C compiler/ }).click();
    await asked;
    await page.clock.fastForward(LIMIT_MS);
    await expect(challenge.locator('compiler-offer')).toContainText('for 20 seconds it said nothing. Your code is safe.');
    await page.unroute('**/compile-worker.js');
    await page.clock.resume();
    await challenge.getByRole('button', { name: 'Try again' }).click();
    await expect(challenge.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
    await expect(editor).toContainText('/* mine */');
  });

  test('the editor and the search are cut; both come when asked again', async ({ page }) => {
    const parts = /assets\/(code-editor|search-dialog)-\w+\.js/;
    await page.route(parts, (route) => route.abort());
    await page.goto(CHAPTER);
    const challenge = page.locator('challenge-card').first();
    await challenge.scrollIntoViewIfNeeded();
    await expect(challenge.locator('.problem')).toContainText('The editor could not be fetched');
    await page.keyboard.press('Control+k');
    await expect(notices(page)).toContainText('The search could not be fetched: the network or the host does not answer. Everything also stands on the map.');
    await page.unroute(parts);
    const reloaded = await again(page, challenge.locator('.problem'));
    await challenge.scrollIntoViewIfNeeded();
    await expect(challenge.getByRole('textbox', { name: /Your C code/ })).toBeVisible();
    if (reloaded) await page.keyboard.press('Control+k');
    else await notices(page).getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('combobox')).toBeVisible();
    await expect(notices(page)).toBeEmpty();
  });
});

test.describe('WebAssembly refused', () => {
  test('switched off: labs say so, text and questions go on', async ({ page }) => {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
    await page.goto(CHAPTER);
    await expect(notices(page)).toContainText('This browser has WebAssembly switched off');
    await expect(cardOf(page, 'learning-curve').locator('.needs')).toContainText('It cannot run here: this browser has WebAssembly switched off');
    const question = page.locator('quiz-question').first();
    await question.scrollIntoViewIfNeeded();
    await question.getByRole('radio').first().check();
    await question.getByRole('button', { name: 'Check' }).click();
    await expect(question.locator('.verdict')).not.toBeEmpty();
    await page.reload();
    await expect(question.getByRole('radio').first()).toBeChecked(); // kept
  });

  test('forbidden by a policy: each lab says so, and the page goes on', async ({ page }) => {
    await page.route(`**/${CHAPTER}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(" 'wasm-unsafe-eval'", '') });
    });
    await page.goto(CHAPTER);
    const card = cardOf(page, 'learning-curve');
    await card.scrollIntoViewIfNeeded();
    await expect(card.getByRole('alert')).toContainText('a rule or an extension of it may forbid WebAssembly here. Text, questions and progress go on without.');
    await textIsThere(page);
    await page.unrouteAll();
    await page.reload();
    await steps(card);
  });
});

test.describe('a lab that fails', () => {
  test('its worker is gone in the middle of a run: told, the same settings again; other labs go on', async ({ page }) => {
    await page.clock.install();
    const card = await openLab(page, 'batching-queue');
    const size = card.locator('param-control[data-param="max_batch"] input[type=text]');
    await size.fill('4');
    await size.press('Enter');
    await card.getByRole('button', { name: '▶ Run' }).click();
    await expect.poll(() => stepOf(card)).toBeGreaterThan(2);
    await card.evaluate((element) => element.client.worker.terminate());
    await page.clock.runFor(2000 + LIMIT_MS); // it is asked once a second
    await expect(card.getByRole('alert')).toContainText('for 20 seconds it said nothing. The others go on; this one can start again.');
    await page.clock.resume();
    await steps(cardOf(page, 'learning-curve'));
    await card.scrollIntoViewIfNeeded();
    await card.getByRole('button', { name: 'Restart this lab' }).click();
    await steps(card);
    await expect(size).toHaveValue('4');
  });

  test('out of memory: a sentence with a remedy, and starting again helps', async ({ page }) => {
    let full = true;
    await page.route('**/lab-worker.js', async (route) => {
      const response = await route.fetch();
      const refuse = "WebAssembly.instantiate = async () => { throw new RangeError('could not allocate memory'); };\n";
      await route.fulfill({ response, body: (full ? refuse : '') + (await response.text()) });
    });
    await page.goto(CHAPTER);
    const card = cardOf(page, 'learning-curve');
    await card.scrollIntoViewIfNeeded();
    await expect(card.getByRole('alert')).toContainText('stopped working (could not allocate memory). Close other tabs, then start it again.');
    full = false;
    await card.getByRole('button', { name: 'Restart this lab' }).click();
    await steps(card);
  });
});

test.describe('storage', () => {
  test('a database that never answers is told once, and the page goes on', async ({ page }) => {
    await page.clock.install();
    await page.addInitScript(() => { IDBFactory.prototype.open = () => new EventTarget(); });
    await page.goto(CHAPTER);
    await page.clock.fastForward(5000);
    await expect(notices(page).locator('p')).toHaveCount(1);
    await expect(notices(page)).toContainText('does not let the page keep anything');
    await page.clock.resume();
    await steps(cardOf(page, 'learning-curve'));
    await expect(notices(page).locator('p')).toHaveCount(1);
  });
});

test.describe('a file of progress', () => {
  const open = async (page, text) => {
    await page.goto('progress/');
    await expect(page.locator('[data-chapter="01-overview"] [data-tally="sections"] dd')).not.toBeEmpty();
    await page.locator('input[type=file]').setInputFiles({ name: 'p.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await expect(page.locator('.file-said')).not.toBeEmpty();
  };
  const file = (records) => `{"format":"laymanz-progress","version":2,"date":"2026-01-01T00:00:00Z","records":[${records}]}`;

  test('of hundreds of megabytes is refused before it is read', async ({ page }) => {
    const folder = mkdtempSync(join(tmpdir(), 'huge-'));
    const path = join(folder, 'huge.json');
    const handle = openSync(path, 'w');
    ftruncateSync(handle, 300_000_000); // a hole: it takes no room
    closeSync(handle);
    await page.goto('progress/');
    await page.evaluate(() => { Blob.prototype.text = () => { throw new Error('it was read'); }; });
    await page.locator('input[type=file]').setInputFiles(path);
    await expect(page.locator('.file-said')).toHaveText('This file is too big to be progress of this site. Nothing was changed.');
    rmSync(folder, { recursive: true });
  });

  test('that is nested deeply, names prototypes, or has wrong types changes nothing else', async ({ page }) => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await open(page, file([
      `{"kind":"lab","id":"a","value":{"params":${deep},"seed":1},"changed":1}`,
      '{"kind":"__proto__","id":"a","value":true,"changed":1}',
      '{"kind":"constructor","id":"a","value":true,"changed":1}',
      '{"kind":"goal","id":"__proto__","value":true,"changed":1,"__proto__":{"polluted":true}}',
      '{"kind":7,"id":{},"value":null,"changed":"x"}', 'null', '[]',
      '{"kind":"section","id":"01-overview/what-is","value":true,"changed":1}',
    ].join()));
    await expect(page.locator('.file-said')).toContainText('2 records of a kind that this page does not know');
    await expect(page.locator('.file-said')).toContainText('4 records that could not be understood');
    await expect(page.locator('[data-chapter="01-overview"] [data-tally="sections"] dd')).toHaveText('1 of 8');
    expect(await page.evaluate(() => ({}).polluted)).toBeUndefined();
  });
});

test.describe('hostile links and strangers', () => {
  for (const [what, query, sentence] of [
    ['a path', 'lab=../../x', 'a lab named “../../x”, but there is none'],
    ['as long as a link can be', `lab=${'x'.repeat(14_000)}`, 'but there is none'],
    ['a broken escape', 'lab=%E0%A4%A&embed', 'but there is none'],
    ['two labs', 'lab=nope&lab=digits', 'a lab named “nope”, but there is none'],
  ]) test(`a lab’s name that is ${what} is told, and the page goes on`, async ({ page }) => {
    await page.goto(`${CHAPTER}?${query}`);
    await expect(notices(page)).toContainText(sentence);
    expect((await notices(page).innerText()).length, 'a stranger’s text is cut').toBeLessThan(1500);
    await steps(cardOf(page, 'learning-curve'));
  });

  test('numbers that are none, given twice, or unknown: the defaults stay, a sentence each', async ({ page }) => {
    const card = await openLab(page, 'batching-queue',
      `${CHAPTER}?lab=batching-queue&max_batch=Infinity&max_batch=1e999&max_batch=NaN&seed=-1&__proto__=1&${'y'.repeat(8000)}=1`);
    const notes = card.locator('.notes p');
    for (const text of ['cannot be “Infinity”', 'cannot be “1e999”', 'cannot be “NaN”', 'The seed cannot be “-1”', 'no setting “__proto__”'])
      await expect(notes.filter({ hasText: text })).toHaveCount(1);
    await expect(card.locator('param-control[data-param="max_batch"] input[type=text]')).toHaveValue('1');
    await steps(card);
  });

  test('messages of a stranger that frames a lab change nothing', async ({ page, baseURL }) => {
    const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html')
      .end(`<iframe src="${baseURL}?lab=batching-queue&embed" width="900" height="900"></iframe>`));
    await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(null)));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const card = page.frameLocator('iframe').locator('lab-card[name="batching-queue"]');
    await expect(stepButton(card)).toBeEnabled();
    await page.evaluate(() => {
      for (const message of [{ type: 'set', changes: 7 }, { type: 'dead', sentence: '<img src=x>' }, { type: 'laymanz:height', height: 1e9 }, '<script>'])
        frames[0].postMessage(message, '*');
    });
    await stepButton(card).click();
    await expect(card.locator('.steps')).toHaveText('step 1');
    await expect(card.getByRole('alert')).toHaveCount(0);
    await new Promise((closed) => { server.close(closed); server.closeAllConnections(); });
  });
});

test('3,000 slider moves: the last one counts, few messages wait, nothing is left behind', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const card = await openLab(page, 'mlp-playground', '');
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('Performance.enable');
  const measure = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => metrics.find((one) => one.name === name).value;
    return { heap: usedSize, nodes: of('Nodes'), listeners: of('JSEventListeners') };
  };
  const slider = card.locator('param-control[data-param="learning_rate"] input[type=range]');
  const move = (count) => slider.evaluate(async (input, n) => {
    const { client } = input.getRootNode().host.getRootNode().host.getRootNode().host;
    const worker = client.worker;
    const post = worker.postMessage.bind(worker);
    let sent = 0;
    let frames = 0;
    worker.postMessage = (message, ...rest) => { sent += message.type === 'set'; post(message, ...rest); };
    const [least, most] = [Number(input.min), Number(input.max)];
    for (let i = 1; i <= n; i++) {
      input.value = String(least + ((most - least) * ((i * 37) % 100)) / 100);
      input.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
      if (i % 10 === 0) { // as many as a hand and a fast mouse make between two frames
        await new Promise((next) => requestAnimationFrame(next));
        frames++;
      }
    }
    delete worker.postMessage;
    return { sent, frames, waiting: client.changes.size };
  }, count);
  await card.getByRole('button', { name: '▶ Run' }).click();
  await move(300); // what is made once is made now
  const before = await measure();
  const { sent, frames, waiting } = await move(3000);
  expect(sent, 'at most one message for each frame of the page').toBeLessThanOrEqual(frames + 1);
  expect(waiting).toBeLessThanOrEqual(1);
  await expect.poll(() => card.evaluate(({ client }) => client.changes.size)).toBe(0);
  await card.getByRole('button', { name: '❚❚ Pause' }).click();
  const shown = Number(await card.locator('param-control[data-param="learning_rate"] input[type=text]').inputValue());
  const kept = await card.evaluate(({ lab, settings }) => settings.params[lab.params.findIndex((one) => one.name === 'learning_rate')]);
  expect(kept).toBeCloseTo(shown, 4);
  const after = await measure();
  expect(after.heap - before.heap, 'bytes of heap').toBeLessThan(4_000_000);
  expect(after.nodes - before.nodes, 'nodes').toBeLessThan(200);
  expect(after.listeners - before.listeners, 'listeners').toBeLessThan(50);
});

test('a tab in the background for an hour: labs rest, and everything goes on afterwards', async ({ page }) => {
  await page.clock.install();
  const card = await openLab(page, 'batching-queue');
  await card.getByRole('button', { name: '▶ Run' }).click();
  await expect.poll(() => stepOf(card)).toBeGreaterThan(2);
  const hide = (hidden) => page.evaluate((now) => {
    Object.defineProperty(document, 'hidden', { value: now, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: now ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
  const ask = () => card.evaluate(async ({ client }) => (await client.snapshot()).steps);
  await hide(true);
  const resting = await ask(); // the hold went before it
  for (let i = 0; i < 60; i++) await page.clock.fastForward(60_000);
  expect(await ask(), 'it does not run while nobody looks').toBe(resting);
  await expect(card.getByRole('alert')).toHaveCount(0);
  await hide(false);
  await page.clock.resume();
  await expect.poll(() => stepOf(card)).toBeGreaterThan(resting);
  expect(await stepOf(card), 'it does not make up for the hour').toBeLessThan(resting + 2000);
  await page.reload();
  await steps(card);
  await expect(notices(page)).toBeEmpty();
});

// Headless Chromium does not obey Page.setWebLifecycleState, as its pages are always in sight. What it comes to is done by
// the system instead: page and workers stand still, and wake to find that the clock has gone on.
test('a page that is frozen and thawed, workers and all: the run goes on where it was', async ({ page, browser }) => {
  const card = await openLab(page, 'batching-queue');
  await card.getByRole('button', { name: '▶ Run' }).click();
  await expect.poll(() => stepOf(card)).toBeGreaterThan(2);
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  expect(renderers.length).toBeGreaterThan(0);
  const ask = () => page.evaluate(() => performance.now());
  const before = await ask();
  try {
    for (const id of renderers) process.kill(id, 'SIGSTOP');
    await new Promise((thaw) => setTimeout(thaw, 3000));
  } finally {
    for (const id of renderers) process.kill(id, 'SIGCONT');
  }
  expect(await ask() - before, 'ms that the page has missed').toBeGreaterThan(2900);
  const thawed = await stepOf(card);
  await expect.poll(() => stepOf(card)).toBeGreaterThan(thawed);
  await expect(card.getByRole('alert')).toHaveCount(0);
  await card.getByRole('button', { name: '❚❚ Pause' }).click();
  await stepButton(card).click();
  await expect(card.getByRole('button', { name: '▶ Run' })).toBeEnabled();
});

test('a share link of 100 KB: its first problems are told, what is good in it counts, and nothing hangs', async ({ page, baseURL }) => {
  // Most hosts, ours among them, refuse such an address; one that does not must not bring the page down.
  await page.route((url) => url.href.length > 50_000, async (route) => route.fulfill({ response: await route.fetch({ url: baseURL }) }));
  const junk = Array.from({ length: 5000 }, (_, i) => `junk${i}=${'%3Cb%3E'.repeat(2)}`).join('&');
  const address = `?lab=batching-queue&max_batch=4&service=${'x'.repeat(1000)}&${junk}`;
  expect(address.length).toBeGreaterThan(100_000);
  const card = await openLab(page, 'batching-queue', address);
  const notes = card.locator('.notes p');
  await expect(notes.first()).toContainText('cannot be');
  expect(await notes.count()).toBeLessThan(12);
  expect((await card.locator('.notes').first().textContent()).length, 'letters').toBeLessThan(2000);
  await expect(card.locator('param-control[data-param="max_batch"] input[type=text]')).toHaveValue('4');
  await steps(card);
});

/** The module whose memory may not grow beyond what it starts with. @param {Buffer} wasm */
function withoutGrowth(wasm) {
  const number = (at) => { // LEB128: its value, and where it ends
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      value += (wasm[at] & 127) * 2 ** shift;
      if (wasm[at++] < 128) return [value, at];
    }
  };
  for (let at = 8; at < wasm.length;) {
    const [length, from] = number(at + 1);
    if (wasm[at] !== 5) {
      at = from + length;
      continue;
    }
    const [least, most] = number(from + 2); // after the count of memories and the flag for a limit
    const [, end] = number(most);
    const digits = Array.from({ length: end - most }, (_, i) => (Math.floor(least / 128 ** i) & 127) | (i < end - most - 1 ? 128 : 0));
    const changed = Buffer.from(wasm);
    changed.set(digits, most);
    return changed;
  }
  throw new Error('no memory section');
}

test('the memory does not grow any more: the large lab says so, the small ones work', async ({ page }) => {
  await page.route(/\/laymanz\.wasm/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: withoutGrowth(await response.body()) });
  });
  const large = cardOf(page, 'digits');
  await page.goto('./');
  await large.scrollIntoViewIfNeeded();
  await expect(large.getByRole('alert')).toContainText(/memory/);
  const small = await openLab(page, 'batching-queue');
  await steps(small);
  await expect(small.getByRole('alert')).toHaveCount(0);
});
