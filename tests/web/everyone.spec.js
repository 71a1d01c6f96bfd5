// For everyone: by keyboard alone, at 200 % and on 320 pixels, with wider text spacing, by touch, without motion, in
// forced colours, by ear, and on paper.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const CHAPTER = '02-ml-system-design/';
const LAB = 'lab-card[name="learning-curve"]';
const ALL = ['', '01-overview/', CHAPTER, 'map/', 'progress/', 'glossary/', 'library/', 'offline.html', '404.html'];

/** Brings each card into sight, so that all of them open. */
async function openAll(page) {
  for (const card of await page.locator('lab-card, challenge-card').all()) {
    await card.evaluate((node) => node.scrollIntoView({ block: 'center', behavior: 'instant' }));
    await expect(card.locator('.card').first()).toBeVisible();
  }
  await expect(page.locator('lab-card:not([open])')).toHaveCount(0);
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
}

/** In the page: everything that can be reached by Tab, in the order of the composed tree. */
function installWalk() {
  const children = (node) => node.shadowRoot ? [...node.shadowRoot.children]
    : node.localName === 'slot' && node.assignedElements().length ? node.assignedElements() : [...node.children];
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0;
  const scrolls = (node) => { // Chromium lets Tab reach a scroller that has nothing else to focus in it
    const { overflowX, overflowY } = getComputedStyle(node);
    const more = (node.scrollWidth > node.clientWidth && /auto|scroll/.test(overflowX)) ||
      (node.scrollHeight > node.clientHeight && /auto|scroll/.test(overflowY));
    return more && node !== document.scrollingElement && node !== document.body;
  };
  const stops = (node) => {
    if (node.matches(':disabled') || node.closest('[inert]') || node.tabIndex < 0) return false;
    const radio = node.matches('input[type=radio]');
    if (radio && !node.checked) {
      const group = [...node.getRootNode().querySelectorAll(`input[type=radio][name="${CSS.escape(node.name)}"]`)]
        .filter((one) => one.form === node.form);
      if (group.some((one) => one.checked) || group[0] !== node) return false;
    }
    return seen(node);
  };
  const walk = (node, out) => {
    if (node.nodeType !== 1 || getComputedStyle(node).display === 'none') return out;
    if (stops(node)) out.push(node);
    for (const child of children(node)) walk(child, out);
    return out;
  };
  const active = () => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node;
  };
  const named = (node) => {
    if (!node) return 'nothing';
    const host = node.getRootNode().host;
    const text = node.getAttribute('aria-label') ?? node.textContent.trim().replace(/\s+/g, ' ').slice(0, 40);
    return `${host ? `${host.localName} ` : ''}${node.localName}${node.className && typeof node.className === 'string' ? `.${node.className}` : ''} “${text}”`;
  };
  const targets = (root) => walk(root, []);
  Object.assign(window, { walkPage: { targets, active, named, scrolls } });
}

// Run in the page, before and after each Tab.
function nextStop() {
  const { targets, active, named } = window.walkPage;
  const all = targets(document.body);
  const at = all.indexOf(active());
  window.walkExpected = all.slice(at + 1);
  return named(all[at + 1]);
}
function atStop() {
  const { active, named, scrolls } = window.walkPage;
  const node = active();
  if (node === document.body) return { end: true };
  const box = node.getBoundingClientRect();
  const marked = (one) => one && ((getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) > 0) ||
    getComputedStyle(one).boxShadow !== 'none' || parseFloat(getComputedStyle(one, '::after').borderTopWidth) >= 2);
  const skipped = window.walkExpected.indexOf(node);
  return {
    end: false, name: named(node), key: node.id, editor: node.classList.contains('cm-content'),
    inOrder: skipped === 0 || scrolls(node),
    skipped: window.walkExpected.slice(0, Math.max(skipped, 0)).map(named),
    inSight: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    shown: marked(node) || marked(node.closest('label, .cm-editor, li')),
  };
}

test('a chapter by Tab alone: every control in order, in sight and marked; nothing holds on to the focus', async ({ page }) => {
  test.setTimeout(240_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript(installWalk);
  await page.goto(CHAPTER, { waitUntil: 'networkidle' });
  await openAll(page);
  await expect(page.locator('challenge-card code-editor').first()).toBeVisible();
  await page.evaluate(() => { // Chromium 150 would set out from where something was last scrolled to
    const start = document.createElement('span');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
  });
  const wrong = [];
  const visited = new Set();
  for (let i = 0; i < 700; i++) {
    await page.evaluate(nextStop);
    await page.keyboard.press('Tab');
    let stop = await page.evaluate(atStop);
    if (stop.editor && !stop.shown) { // CodeMirror marks itself a moment later
      await expect.poll(async () => (stop = { ...stop, shown: (await page.evaluate(atStop)).shown }).shown, { timeout: 2000 }).toBe(true)
        .catch(() => {});
    }
    if (stop.end) break;
    if (!stop.inOrder && stop.skipped.length) wrong.push(`${stop.name} came before ${stop.skipped.join(', ')}`);
    else if (!stop.inOrder) wrong.push(`${stop.name} is out of order`);
    if (!stop.inSight) wrong.push(`${stop.name} is out of sight`);
    if (!stop.shown) wrong.push(`${stop.name} has no mark of focus`);
    visited.add(stop.name);
    if (stop.editor) await page.keyboard.press('Escape'); // as the line under it says
  }
  expect(wrong).toEqual([]);
  expect(visited.size).toBeGreaterThan(60);
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
});

/** Opens a dialog by the keyboard, goes all round it both ways, leaves it by Escape: never out of it, and back to where one was. */
async function expectDialogHolds(page, opener, dialog) {
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  const where = () => dialog.evaluate((node) => {
    const active = window.walkPage.active();
    for (let at = active; at; at = at.assignedSlot ?? at.parentNode ?? at.host) if (at === node) return { inside: true, on: window.walkPage.named(active) };
    // beyond the last stop of a modal dialog the browser's own buttons follow, for which the body stands
    return { inside: active === document.body, on: 'the browser' };
  });
  await expect.poll(where).toMatchObject({ inside: true, on: expect.not.stringMatching('the browser') });
  const stops = new Set();
  for (const key of ['Tab', 'Shift+Tab']) {
    const first = await where();
    for (let n = 0; n < 25; n++) {
      await page.keyboard.press(key);
      const { inside, on } = await where();
      expect(inside, `${key} led out of the dialog, to ${on}`).toBe(true);
      stops.add(on);
      if (on === first.on) break;
    }
  }
  expect([...stops].filter((on) => on !== 'the browser').length).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
}

test('dialogs: the focus goes in, Tab stays in, Escape gives it back to what opened them', async ({ page }) => {
  test.setTimeout(90_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript(installWalk);
  await page.goto('01-overview/');
  await expectDialogHolds(page, page.locator('button.find'), page.locator('search-dialog dialog'));
  const lab = page.locator(LAB);
  await lab.scrollIntoViewIfNeeded();
  await expect(lab.getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
  await expectDialogHolds(page, lab.getByRole('button', { name: 'Open the box' }).first(), lab.locator('box-drawer dialog'));
  const more = lab.getByRole('button', { name: 'More', exact: true });
  if (await more.isVisible()) await more.click();
  await expectDialogHolds(page, lab.getByRole('button', { name: 'Data', exact: true }), lab.locator('data-dialog dialog'));
  const challenge = page.locator('challenge-card').first();
  await challenge.scrollIntoViewIfNeeded();
  await expectDialogHolds(page, challenge.getByRole('button', { name: 'Solution' }), challenge.locator('solution-view dialog'));
});

test('Ctrl-K from within a lab gives the focus back to the lab', async ({ page }) => {
  await page.goto('01-overview/');
  const lab = page.locator(LAB);
  await lab.scrollIntoViewIfNeeded();
  const step = lab.getByRole('button', { name: 'Step', exact: true });
  await step.focus();
  await page.keyboard.press('Control+k');
  await expect(page.locator('search-dialog input')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(step).toBeFocused();
});

test('nothing that is pressed is smaller than 24 by 24 pixels @phone', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'measured where fingers are');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript(installWalk);
  for (const path of ['', CHAPTER]) {
    await page.goto(path, { waitUntil: 'networkidle' });
    await openAll(page);
    const small = await page.evaluate(() => {
      const { targets, named, scrolls } = window.walkPage;
      const inText = (node) => { // WCAG 2.5.8 leaves out what stands in a sentence
        const block = node.closest('p, li, dd, dt, td, th, figcaption, legend, label, h2, h3');
        return node.localName === 'a' && getComputedStyle(node).display === 'inline' && block &&
          block.textContent.trim().length > node.textContent.trim().length;
      };
      return targets(document.body).filter((node) => !inText(node) && !scrolls(node) && !node.classList.contains('skip') &&
        getComputedStyle(node).pointerEvents !== 'none' && !node.matches('[role=region]')).flatMap((node) => {
        const label = node.labels?.[0] ?? node; // pressing the label is pressing the control
        const boxes = [node, label].map((one) => one.getBoundingClientRect());
        const width = Math.max(...boxes.map((box) => box.width));
        const height = Math.max(...boxes.map((box) => box.height));
        return width >= 23.9 && height >= 23.9 ? [] : [`${named(node)}: ${width.toFixed(1)} × ${height.toFixed(1)}`];
      });
    });
    expect.soft(small, path).toEqual([]);
  }
});

const SPACED = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-block-end: 2em !important; }`; // WCAG 1.4.12

/** In the page: what is wider than the page, and text that its box cuts. */
function cutText() {
  const out = [];
  if (document.documentElement.scrollWidth > innerWidth) out.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const { named } = window.walkPage;
  const walk = (node) => {
    if (!node.checkVisibility({ visibilityProperty: true }) || node.matches('.visually-hidden, svg, canvas, math, select, .cm-editor')) return;
    const style = getComputedStyle(node);
    const hides = (value) => value === 'hidden' || value === 'clip';
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    const room = node.clientWidth > 0;
    if (own && room && ((hides(style.overflowX) && node.scrollWidth > node.clientWidth + 1) || (hides(style.overflowY) && node.scrollHeight > node.clientHeight + 2)))
      out.push(`${named(node)} is cut`);
    if (own && node.localName === 'button' && node.scrollWidth > node.clientWidth + 2) out.push(`${named(node)} spills`);
    const inside = node.shadowRoot ? node.shadowRoot.children : node.children;
    for (const child of inside) walk(child);
    if (node.shadowRoot) for (const slot of node.shadowRoot.querySelectorAll('slot')) slot.assignedElements().forEach(walk);
  };
  walk(document.body);
  return out;
}

for (const [what, width, height, style] of [['at 200 %', 640, 512, ''], ['at 400 %', 320, 256, ''], ['on 320 pixels', 320, 640, SPACED], ['with wider spacing', 1280, 900, SPACED]]) {
  test(`nothing is cut and nothing scrolls sideways ${what}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.addInitScript(installWalk);
    await page.setViewportSize({ width, height });
    for (const path of style || width === 640 ? ['', CHAPTER, 'map/', 'progress/'] : ALL) {
      await page.goto(path, { waitUntil: 'networkidle' });
      if (path === '' || path === CHAPTER) await openAll(page);
      if (style) {
        await page.evaluate((text) => { // a reader's own style sheet reaches into every element
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(text);
          const adopt = (root) => {
            root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
            for (const node of root.querySelectorAll('*')) if (node.shadowRoot) adopt(node.shadowRoot);
          };
          adopt(document);
        }, style);
      }
      expect.soft(await page.evaluate(cutText), path).toEqual([]);
    }
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on the pages that the others leave out, ${colorScheme} @phone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['progress/', 'library/', 'offline.html', `${CHAPTER}?embed&lab=learning-curve`]) {
      await page.goto(path, { waitUntil: 'networkidle' });
      const look = new AxeBuilder({ page });
      if (path === 'library/') look.include('header').include('#rail').include('main > h1').include('.library-part:first-of-type');
      if (path.includes('embed')) look.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']); // no page of its own
      const { violations } = await look.analyze();
      expect.soft(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual([]);
    }
  });
}

test('a lab tells by ear what its run came to, when it rests and not before', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('01-overview/');
  const card = page.locator(LAB);
  await card.scrollIntoViewIfNeeded();
  const announced = card.locator('.announced');
  await expect(announced).toHaveText('');
  const step = card.getByRole('button', { name: 'Step', exact: true });
  await step.click();
  await expect(announced).toHaveText(/^After 1 step: .+ \d+ of \d+ goals met\.$/);
  const label = await card.locator('lab-view').first().getByRole('img').getAttribute('aria-label');
  expect(label).toMatch(/(Line|Scatter) plot \(up: .+\)\. Shows .+ After 1 step: .*\d/);
  const readout = card.locator('lab-readouts dd').first();
  expect(await announced.textContent()).toContain((await readout.locator('span').first().textContent()).trim());
});

test('with less motion asked for, the playground waits for Run and says so', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('');
  const card = page.locator('lab-card[name="mlp-playground"]');
  const note = card.getByText('so this lab waits until you press Run');
  await expect(note).toBeVisible();
  await expect(card.locator('.steps')).toHaveText('step 0');
  await card.getByRole('button', { name: 'Run', exact: false }).first().click();
  await expect(card.locator('.steps')).not.toHaveText('step 0');
  await expect(note).toHaveCount(0);
  const moving = await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
  expect(moving).toBe(0);
});

test('in forced colours buttons can be read and plots take the palette', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await page.goto('01-overview/');
  const card = page.locator(LAB);
  await card.scrollIntoViewIfNeeded();
  const run = card.getByRole('button', { name: 'Run' }).first();
  await expect(run).toBeEnabled();
  const colours = await run.evaluate((node) => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.cssText = 'forced-color-adjust: none; color: HighlightText; background: Highlight';
    const [ink, ground] = [getComputedStyle(probe).color, getComputedStyle(probe).backgroundColor];
    const style = getComputedStyle(node);
    return { same: style.color === ink && style.backgroundColor === ground, differ: ink !== ground };
  });
  expect(colours).toEqual({ same: true, differ: true });
  const sample = await card.locator('lab-view').first().evaluate((view) => {
    const canvas = view.shadowRoot.querySelector('canvas');
    return { drawn: Boolean(canvas), blue: getComputedStyle(document.documentElement).getPropertyValue('--blue').trim() };
  });
  expect(sample).toEqual({ drawn: true, blue: 'CanvasText' });
});

test('on paper a lab that was not opened says what it draws, at which settings, what to try and where it is', async ({ page }) => {
  await page.goto('01-overview/');
  const card = page.locator('lab-card').last();
  await expect(card).not.toHaveAttribute('open'); // far below
  const name = await card.getAttribute('name');
  await expect(card.locator('.on-paper')).toBeHidden();
  await page.emulateMedia({ media: 'print' });
  const paper = card.locator('.on-paper');
  await expect(paper).toBeVisible();
  await expect(paper).toContainText(/It draws: .+\.\s*Settings: .+seed 1\.\s*Try this:/);
  expect(await paper.locator('li').count()).toBeGreaterThan(0);
  const address = await paper.locator('.address').textContent();
  expect(address).toMatch(new RegExp(`^http.*\\?lab=${name}.*seed=1$`));
  await page.emulateMedia({ media: 'screen' });
  await page.goto(address);
  await expect(page.locator(`lab-card[name="${name}"]`).first().getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
});

test('on paper: plots as they are, in light colours, settings in words; no controls, no answers', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('01-overview/');
  const quiz = page.locator('quiz-question[id="01-overview/what-goes-in"]');
  await quiz.getByLabel('outputs → inputs', { exact: true }).check();
  await quiz.getByRole('button', { name: 'Check' }).click();
  await expect(quiz.locator('.why').first()).toBeVisible();
  const card = page.locator(LAB);
  await card.scrollIntoViewIfNeeded();
  await card.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(card.locator('.steps')).toHaveText('step 1');
  /** The canvas's mean ink: with how much red, of 255. */
  const ink = () => card.locator('lab-view canvas').first().evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    let weight = 0;
    for (let i = 0; i < data.length; i += 4) { sum += (data[i] + data[i + 1] + data[i + 2]) * data[i + 3]; weight += 3 * data[i + 3]; }
    return weight ? sum / weight : -1;
  });
  await expect.poll(ink).toBeGreaterThan(0);
  const dark = await ink();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect.poll(ink).not.toBe(dark);
  await expect(card.locator('.handout')).toContainText(/Settings: .+seed 1\.\s+After 1 step: /);
  for (const gone of [card.getByRole('button', { name: 'Run' }).first(), card.locator('lab-controls'), quiz.locator('.why').first(),
    quiz.getByRole('button', { name: 'Try again' }), quiz.locator('.verdict'), page.locator('header.top')]) await expect(gone).toBeHidden();
  await expect(quiz.getByText('outputs → inputs')).toBeVisible();
  await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
  await expect.poll(ink).toBe(dark);
});
