// The pages around the labs and challenges: reading, quiz, progress, links, schemes, and what happens when a browser
// refuses something.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const ROOT = resolve(__dirname, '../..');
const CHAPTER = '01-overview/';
const PAGES = ['', CHAPTER, '02-ml-system-design/', 'glossary/', 'map/', '404.html'];
const TRAINING = '01-overview/what-goes-in';
const ROWS = '01-overview/rows-to-beat-mean';

/** A quiz question by its id, in view and alive. */
async function question(page, id) {
  const quiz = page.locator(`quiz-question[id="${id}"]`);
  await quiz.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => customElements.get('quiz-question') !== undefined);
  return { quiz, check: quiz.getByRole('button', { name: 'Check' }), again: quiz.getByRole('button', { name: 'Try again' }),
    verdict: quiz.getByRole('status'), option: (text) => quiz.getByLabel(text, { exact: true }) };
}

/** Puts a question into the page that no lesson asks yet, written by the site's own builder. */
async function addQuestion(page, info, body) {
  const { readQuiz, renderQuiz } = await import('../../web/site/quiz.mjs');
  const mistakes = [];
  const quiz = readQuiz(info, body, 1, (line, sentence) => mistakes.push(sentence));
  expect(mistakes).toEqual([]);
  await question(page, TRAINING);
  await page.evaluate((html) => {
    const place = document.querySelector('main h1');
    place.insertAdjacentHTML('afterend', html);
  }, renderQuiz(quiz, 'test/added', (text) => text));
  return question(page, 'test/added');
}

test.describe('reading', () => {
  test('home says what it is, shows the playground and the map', async ({ page }) => {
    await page.goto('');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('ML system design with no black boxes');
    await expect(page.locator('lab-card[name="mlp-playground"]')).toBeVisible();
    await expect(page.locator('site-map').getByRole('link', { name: 'Overview of ML systems' })).toBeVisible();
    const planned = page.locator('site-map .planned', { hasText: 'Data engineering' });
    await expect(planned).toContainText('being written');
    await expect(planned.getByRole('link')).toHaveCount(0);
  });

  test('a chapter reads without JavaScript', async ({ browser, baseURL }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
    const page = await context.newPage();
    await page.goto(CHAPTER);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview of ML systems');
    await expect(page.locator('quiz-question').first()).toContainText('what goes in and what comes out?');
    await expect(page.locator('quiz-question details').first()).toContainText('inputs and outputs → pattern');
    await expect(page.locator('lab-card[name="learning-curve"] .fallback')).toContainText('How many rows');
    await expect(page.locator('challenge-card pre').first()).toContainText('linear_predict');
    await expect(page.locator('math').first()).toBeVisible();
    await context.close();
  });

  test('every page loads from its own origin only, under a sub-path, without an error', async ({ page }) => {
    const { serve } = await import('../../web/site/serve.mjs');
    const server = await serve(join(ROOT, 'build/site'), { base: '/some/path/' });
    const wrong = [];
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.address)) wrong.push(request.url());
    });
    page.on('response', (response) => response.status() >= 400 && wrong.push(`${response.status()} ${response.url()}`));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    for (const path of ['', CHAPTER, 'map/']) await page.goto(server.address + path, { waitUntil: 'networkidle' });
    const missing = await page.request.get(`${server.address}no-such-page/`);
    expect(missing.status()).toBe(404);
    expect(await missing.text()).toContain('This box is empty');
    await server.close();
    expect(wrong).toEqual([]);
  });

  test('a section that was read is ticked in the rail and counted on the map', async ({ page }) => {
    await page.goto(CHAPTER);
    const link = page.locator('.rail a[data-section="01-overview/what-is"]');
    await expect(async () => { // cards above may still grow and push the end of the section away
      await page.locator('#what-is > :last-child').scrollIntoViewIfNeeded();
      await expect(link).toHaveClass(/read/, { timeout: 4000 });
    }).toPass();
    await page.goto('map/');
    await expect(page.locator('.map-count').first()).toContainText('1 of 8 sections read');
    await page.goto('');
    await expect(page.locator('.continue a')).toHaveText('Continue: When to use ML');
    await expect(page.locator('.continue a')).toHaveAttribute('href', /01-overview\/#when$/);
  });

  test('a link into the middle holds its place while cards above it grow, and the rail marks it', async ({ page }) => {
    await page.goto(`${CHAPTER}#latency`, { waitUntil: 'networkidle' });
    await expect(page.locator('#latency h2')).toBeInViewport();
    await expect(page.locator('.rail a[aria-current="location"]')).toHaveText('Latency, throughput, percentiles, batching');
  });

  test('the colour scheme is switched and remembered', async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto('map/');
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    const button = page.getByRole('button', { name: /colour scheme/ });
    await button.click();
    await expect(button).toHaveText('Light');
    await button.click();
    await expect(button).toHaveText('Dark');
    expect(await ground()).not.toBe(light);
    await page.reload();
    await expect(page.getByRole('button', { name: /colour scheme/ })).toHaveText('Dark');
    expect(await ground()).not.toBe(light);
  });

  test('on a phone the map is a sheet: opened, closed by Escape, and focus returns @phone', async ({ page, isMobile }) => {
    test.skip(!isMobile, 'wide screens have the rail');
    await page.goto(CHAPTER);
    const menu = page.getByRole('button', { name: 'Map', exact: true });
    const rail = page.getByRole('navigation', { name: 'Chapters' });
    await expect(rail).toBeHidden();
    await menu.click();
    await expect(rail).toBeVisible();
    await expect(rail.getByRole('link', { name: 'Home' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(rail).toBeHidden();
    await expect(menu).toBeFocused();
    await menu.click();
    await rail.getByRole('link', { name: 'Latency, throughput' }).click();
    await expect(rail).toBeHidden();
    await expect(page.locator('#latency h2')).toBeInViewport();
  });

  test('no page is wider than the screen @phone', async ({ page }) => {
    for (const path of PAGES) {
      await page.goto(path, { waitUntil: 'networkidle' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
    }
  });
});

test.describe('quiz', () => {
  test('one answer: wrong, explained, again, right, kept after a reload', async ({ page }) => {
    await page.goto(CHAPTER);
    let { quiz, check, again, verdict, option } = await question(page, TRAINING);
    await check.click();
    await expect(verdict).toHaveText('Choose an answer first.');
    await option('outputs → inputs').check();
    await check.click();
    await expect(verdict).toHaveText('Not quite.');
    await expect(quiz.getByText('Tempting if you think of systems that draw')).toBeVisible();
    await expect(option('outputs → inputs')).toBeDisabled();
    await again.click();
    await expect(quiz.getByText('Tempting if you think of systems that draw')).toBeHidden();
    await option('inputs and outputs → pattern').check();
    await check.click();
    await expect(verdict).toHaveText('Right.');
    await page.reload();
    ({ quiz, verdict, option } = await question(page, TRAINING));
    await expect(verdict).toHaveText('Right.');
    await expect(option('inputs and outputs → pattern')).toBeChecked();
    await expect(quiz.getByText('The answers are known')).toBeVisible();
  });

  test('one answer by keyboard alone', async ({ page }) => {
    await page.goto(CHAPTER);
    const { verdict, option, again } = await question(page, TRAINING);
    await option('inputs and pattern → outputs').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(verdict).toHaveText('Right.');
    await expect(again).toBeFocused();
  });

  test('a number: no number, a tempting one, the right one within its tolerance', async ({ page }) => {
    await page.goto(CHAPTER);
    const { quiz, check, again, verdict } = await question(page, ROWS);
    const field = quiz.getByLabel('Your answer');
    await field.fill('many');
    await check.click();
    await expect(verdict).toContainText('Type a number');
    await field.fill('20');
    await check.click();
    await expect(verdict).toHaveText('Not quite.');
    await expect(quiz.getByText('At 20 rows it fits')).toBeVisible();
    await expect(quiz.getByText('The answer is 101.')).toBeVisible();
    await again.click();
    await field.fill('103');
    await check.click();
    await expect(verdict).toHaveText('Not quite.');
    await again.click();
    await field.fill('102');
    await field.press('Enter');
    await expect(verdict).toHaveText('Right.');
  });

  test('several answers: all of them and only them', async ({ page }) => {
    await page.goto(CHAPTER);
    const { check, again, verdict, option } = await addQuestion(page, 'quiz several suits-ml',
      'Which suit?\n- [ ] tax | exact rule\n- [x] ranking | many examples\n- [x] speech | nobody can write the rule\n');
    await option('ranking').check();
    await check.click();
    await expect(verdict).toHaveText('Not quite.');
    await again.click();
    await option('ranking').check();
    await option('speech').check();
    await check.click();
    await expect(verdict).toHaveText('Right.');
  });

  test('order: moved by keyboard, judged item by item, kept after a second look', async ({ page }) => {
    await page.goto(CHAPTER);
    const { quiz, check, again, verdict } = await addQuestion(page, 'quiz order steps',
      'In which order?\n1. first | it must\n2. second | then\n3. third | at last\n');
    const order = () => quiz.locator('.item').allTextContents();
    expect(await order()).not.toEqual(['first', 'second', 'third']);
    await check.click();
    await expect(verdict).toHaveText('Not quite.');
    await expect(quiz.getByText('Belongs in place').first()).toBeVisible();
    await again.click();
    const up = (name) => quiz.getByRole('button', { name: `Move up: ${name}` });
    for (const [name, place] of [['first', 0], ['second', 1]]) {
      while ((await order()).indexOf(name) > place) {
        await up(name).focus();
        await page.keyboard.press('Enter');
        await expect(up(name)).toBeFocused();
      }
    }
    expect(await order()).toEqual(['first', 'second', 'third']);
    await check.click();
    await expect(verdict).toHaveText('Right.');
  });
});

test.describe('links to a lab', () => {
  test('home shows any lab that a link names', async ({ page }) => {
    await page.goto('?lab=batching-queue&max_batch=8');
    const card = page.locator('lab-card').first(); // in place of the playground
    await expect(card).toHaveAttribute('name', 'batching-queue');
    await expect(card.getByRole('heading', { level: 3 })).toHaveText('Latency against throughput');
    await expect(page.locator('lab-card[name=mlp-playground]')).toHaveCount(0);
  });

  test('an unknown lab is told in a sentence, and the page goes on', async ({ page }) => {
    await page.goto(`${CHAPTER}?lab=batching-kew`);
    await expect(page.locator('.notices')).toContainText('a lab named “batching-kew”, but there is none');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview of ML systems');
  });

  test('an embed shows the lab alone @phone', async ({ page }) => {
    await page.goto(`${CHAPTER}?embed&lab=learning-curve`);
    await expect(page.locator('lab-card[name="learning-curve"]').getByRole('heading', { level: 3 })).toBeVisible();
    await expect(page.locator('lab-card[name="batching-queue"]')).toBeHidden();
    await expect(page.locator('h1')).toBeHidden();
    await expect(page.locator('header.top')).toBeHidden();
  });

  test('an embed of an unknown lab says so and shows the page', async ({ page }) => {
    await page.goto('?embed&lab=<img src=x>');
    await expect(page.locator('.notices')).toContainText('a lab named “<img src=x>”, but there is none');
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('.notices img')).toHaveCount(0);
  });
});

test.describe('refusals', () => {
  test('blocked storage is told, and the page goes on', async ({ page }) => {
    await page.addInitScript(() => {
      IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };
    });
    await page.goto(CHAPTER);
    await expect(page.locator('.notices')).toContainText('does not let the page keep anything');
    const { check, verdict, option } = await question(page, TRAINING);
    await option('inputs and outputs → pattern').check();
    await check.click();
    await expect(verdict).toHaveText('Right.');
    await page.getByRole('button', { name: 'Close this message' }).click();
    await expect(page.locator('.notices')).toBeEmpty();
  });

  test('full storage is told, and what was done stays on the page', async ({ page }) => {
    await page.addInitScript(() => {
      IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };
    });
    await page.goto(CHAPTER);
    const { check, verdict, option } = await question(page, TRAINING);
    await option('inputs and outputs → pattern').check();
    await check.click();
    await expect(page.locator('.notices')).toContainText('storage for this site is full');
    await expect(verdict).toHaveText('Right.');
  });

  test('a browser without WebAssembly SIMD gets a sentence and the text', async ({ page }) => {
    await page.addInitScript(() => { WebAssembly.validate = () => false; });
    await page.goto(CHAPTER);
    await expect(page.locator('.notices')).toContainText('lacks WebAssembly SIMD');
    await expect(page.locator('lab-card[name="learning-curve"] .fallback')).toContainText('How many rows');
  });

  test('an element that cannot be fetched is told, and the text stays', async ({ page }) => {
    await page.route(/quiz-question-.*\.js/, (route) => route.abort());
    await page.goto(CHAPTER);
    await page.locator('quiz-question').first().scrollIntoViewIfNeeded();
    await expect(page.locator('.notices')).toContainText('could not be fetched');
    await expect(page.locator('quiz-question').first()).toContainText('inputs and outputs → pattern');
  });
});

test.describe('for everyone', () => {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing on the pages, ${scheme} @phone`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      for (const path of PAGES) {
        await page.goto(path, { waitUntil: 'networkidle' });
        if (path === CHAPTER) {
          const { check, option } = await question(page, TRAINING);
          await option('outputs → inputs').check();
          await check.click();
        }
        await expect(page.locator('main > section:not(.set)')).toHaveCount(0); // only then it is known what has to scroll
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
      }
    });
  }

  test('the first Tab offers to skip to the text', async ({ page }) => {
    await page.goto(CHAPTER);
    await page.keyboard.press('Tab');
    await expect(page.getByRole('link', { name: 'Skip to the text' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('#main')).toBeFocused();
  });
});

// No browser needed: what the builder says about mistakes in a lesson.
test.describe('mistakes in a lesson', () => {
  const FRONT = '---\ntitle: T\nnumber: 1\nlede: L\n---\n';
  const LAB = { name: 'queue', title: 'Q', question: '?', views: [], readouts: [], goals: [], params: [
    { name: 'max_batch', label: 'Max batch', kind: 'integer', min: 1, max: 64, initial: 1, choices: [] },
    { name: 'service', label: 'Service', kind: 'choice', min: 0, max: 1, initial: 0, choices: [{ name: 'fixed', label: 'fixed' }, { name: 'exponential', label: 'exponential' }] },
    { name: 'review', label: 'Review', kind: 'toggle', min: 0, max: 1, initial: 0, choices: [] },
  ] };

  /** The sentences about a lesson's text. */
  async function mistakesIn(text) {
    const { Markdown } = await import('../../web/site/markdown.mjs');
    const { Mistakes } = await import('../../web/site/errors.mjs');
    const { checkPages } = await import('../../web/site/check-links.mjs');
    const root = mkdtempSync(join(tmpdir(), 'lesson-'));
    const mistakes = new Mistakes();
    const markdown = new Markdown({ root, labs: new Map([['queue', LAB]]), challenges: new Map(), mistakes });
    const lesson = markdown.lesson('01-a', 'lessons/01-a/lesson.md', text);
    if (lesson) checkPages(new Map([['01-a/index.html', lesson.html]]), [lesson], mistakes);
    rmSync(root, { recursive: true });
    return mistakes.list.map((mistake) => mistake.message);
  }

  const table = [
    ['no front matter', 'Hello\n', /lesson\.md:1: a lesson starts with front matter/],
    ['a missing title', '---\nnumber: 1\nlede: L\n---\n', /lesson\.md:1: .*lacks "title/],
    ['a number that is none', '---\ntitle: T\nnumber: one\nlede: L\n---\n', /lesson\.md:3: the number of a chapter/],
    ['an unknown lab', `${FRONT}\n{{lab qeue}}\n`, /lesson\.md:7: there is no lab named "qeue"\. Did you mean queue\?/],
    ['an unknown challenge', `${FRONT}{{challenge x}}\n`, /lesson\.md:6: there is no challenge named "x"/],
    ['an unknown embed', `${FRONT}{{figure x}}\n`, /lesson\.md:6: .*unknown; write \{\{lab NAME\}\}/],
    ['an unknown param', `${FRONT}{{lab queue max_bach=2}}\n`, /lesson\.md:6: .*no param "max_bach"\. Did you mean max_batch/],
    ['a value out of range', `${FRONT}{{lab queue max_batch=65}}\n`, /max_batch cannot be "65"; it is a number from 1 to 64/],
    ['an unknown choice', `${FRONT}{{lab queue service=fast}}\n`, /service cannot be "fast"; it is one of fixed, exponential/],
    ['a toggle that is neither', `${FRONT}{{lab queue review=yes}}\n`, /review cannot be "yes"; it is one of on, off/],
    ['a preset without value', `${FRONT}{{lab queue review}}\n`, /"review" should read PARAM=VALUE/],
    ['wrong TeX', `${FRONT}\nA $\\frac{1$ b.\n`, /lesson\.md:7: the formula "\\frac\{1" cannot be set/],
    ['an open formula', `${FRONT}$$\nx\n`, /lesson\.md:6: this \$\$ has no closing \$\$/],
    ['no alternative text', `${FRONT}![](a.svg)\n`, /lesson\.md:6: the figure a\.svg has no alternative text/],
    ['a missing figure', `${FRONT}![A](a.svg)\n`, /lesson\.md:6: there is no file a\.svg/],
    ['a bitmap', `${FRONT}![A](a.png)\n`, /figures are SVG files/],
    ['an undefined footnote', `${FRONT}Text[^a].\n`, /lesson\.md:6: footnote \[\^a\] is not defined/],
    ['a list that nobody meant', `${FRONT}A label is 0 or\n1) and nothing else.\n`, /begins a list in the middle of a paragraph/],
    ['an unused footnote', `${FRONT}Text.\n\n[^a]: Note.\n`, /footnote \[\^a\] is never referred to/],
    ['a link to nowhere', `${FRONT}[a](../02-b/)\n`, /lesson\.md:6: the link \.\.\/02-b\/ leads to no page/],
    ['a link to no heading', `${FRONT}[a](#b)\n`, /lesson\.md:6: the link #b leads to no heading/],
    ['an insecure link', `${FRONT}[a](http://example.org/)\n`, /should start with https/],
    ['two equal headings', `${FRONT}## A\n## A\n`, /lesson\.md:7: the id "a" is taken/],
    ['a heading of first rank', `${FRONT}# A\n`, /lesson\.md:6: the title stands in the front matter/],
    ['an unknown container', `${FRONT}::: box\nx\n:::\n`, /lesson\.md:6: "::: box" is unknown/],
    ['an open container', `${FRONT}::: note A\nx\n`, /lesson\.md:6: "::: note A" has no closing/],
    ['a quiz without a name', `${FRONT}::: quiz one\nQ\n- [x] a | b\n- [ ] c | d\n:::\n`, /should read "::: quiz KIND NAME"/],
    ['a quiz with two right answers', `${FRONT}::: quiz one q\nQ\n- [x] a | b\n- [x] c | d\n:::\n`, /has one \[x\], this has 2/],
    ['an option without explanation', `${FRONT}::: quiz one q\nQ\n- [x] a | b\n- [ ] c\n:::\n`, /lesson\.md:9: "c" has no explanation/],
    ['a quiz without a question', `${FRONT}::: quiz one q\n- [x] a | b\n- [ ] c | d\n:::\n`, /the question itself is missing/],
    ['a number question without a number', `${FRONT}::: quiz number q\nQ\n= many | b\n:::\n`, /lesson\.md:8: "many" is no number/],
    ['two questions of one name', `${FRONT}${'::: quiz number q\nQ\n= 1 | b\n:::\n'.repeat(2)}`, /lesson\.md:10: there is already a question named q/],
  ];
  for (const [name, text, sentence] of table) {
    test(name, async () => {
      const found = await mistakesIn(text);
      expect(found.join('\n')).toMatch(sentence);
    });
  }

  test('a good lesson has none', async () => {
    const good = `${FRONT}## A {#a}\n\nText[^n] with $x^2$ and a [link](#a).\n\n{{lab queue max_batch=8 service=fixed seed=3}}\n\n` +
      '::: quiz number q\nQ\n= 1 ± 0.5 | b\n- 2 | c\n:::\n\n[^n]: Note.\n';
    expect(await mistakesIn(good)).toEqual([]);
  });
});
