// What a lesson holds beyond text: predictions, links that set a lab, terms, and what to look at again.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const CHAPTER = '01-overview/';
const CURVE = '01-overview/error-by-rows';
const CHOICE = '01-overview/move-the-threshold';
const NUMBER = '01-overview/wait-for-company';

/** A prediction by its id, in view and alive. */
async function prediction(page, id) {
  const card = page.locator(`prediction-card[id="${id}"]`);
  await card.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => customElements.get('prediction-card') !== undefined);
  const button = (name) => card.getByRole('button', { name });
  return { card, compare: button('Compare'), skip: button('Skip: show me'), again: button('Guess again'),
    verdict: card.getByRole('status'), outcome: card.locator('.outcome') };
}

/** The handles of a curve once its axes are there. */
async function handles(card) {
  const sliders = card.getByRole('slider');
  await expect(sliders).toHaveCount(12);
  return sliders;
}

test.describe('predictions', () => {
  test('a number: nothing typed, a guess far off beside what the lab computes, changed, kept @phone', async ({ page }) => {
    await page.goto(CHAPTER);
    let { card, compare, again, verdict, outcome } = await prediction(page, NUMBER);
    const field = card.getByLabel('Your guess');
    await compare.click();
    await expect(verdict).toContainText('Type a number');
    await field.fill('12');
    await field.press('Enter');
    await expect(verdict).toHaveText('About 5 times too low.');
    await expect(outcome).toContainText('p50: 60 ms.');
    await expect(outcome).toContainText('company that does not come');
    await expect(again).toBeFocused();
    await again.click();
    await expect(outcome).toBeHidden();
    await expect(field).toBeFocused();
    await field.fill('59');
    await compare.click();
    await expect(verdict).toHaveText('Very close.');
    await page.reload();
    ({ card, verdict, outcome } = await prediction(page, NUMBER));
    await expect(verdict).toHaveText('Very close.');
    await expect(card.getByLabel('Your guess')).toHaveValue('59');
    await expect(outcome).toContainText('p50: 60 ms.');
  });

  test('a choice, by keyboard: both explanations, and the figures', async ({ page }) => {
    await page.goto(CHAPTER);
    const { card, verdict, outcome } = await prediction(page, CHOICE);
    await card.getByRole('radio').first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await expect(verdict).toHaveText('It comes out otherwise.');
    await expect(card.getByText('Your guess.')).toBeVisible();
    await expect(card.getByText('What comes out.')).toBeVisible();
    await expect(card.getByText('Each counts fully against accuracy')).toBeVisible();
    await expect(card.getByText('each fraud caught saves 50')).toBeHidden();
    await expect(outcome).toContainText(/accuracy: 0\.83\d\./);
  });

  test('skipped: the outcome stands there, nothing is said about a guess', async ({ page }) => {
    await page.goto(CHAPTER);
    const { skip, verdict, outcome, again } = await prediction(page, NUMBER);
    await skip.click();
    await expect(verdict).toHaveText('Here is what the lab computes.');
    await expect(outcome).toContainText('p50: 60 ms.');
    await expect(again).toBeVisible();
  });

  test('a curve drawn with the mouse, and the lab’s drawn over it', async ({ page }) => {
    await page.goto(CHAPTER);
    const { card, compare, verdict } = await prediction(page, CURVE);
    const sliders = await handles(card);
    await compare.click();
    await expect(verdict).toContainText('Draw what you expect first');
    const pad = card.locator('.pad');
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    await page.mouse.move(box.x + 4, box.y + 0.2 * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 4, box.y + 0.8 * box.height, { steps: 3 });
    await page.mouse.up();
    const heights = await sliders.evaluateAll((all) => all.map((one) => Number(one.getAttribute('aria-valuenow'))));
    expect(heights[0]).toBeGreaterThan(75);
    expect(heights[11]).toBeLessThan(25);
    expect([...heights].sort((a, b) => b - a)).toEqual(heights);
    await compare.click();
    await expect(verdict).toContainText('curve');
    await expect(card.locator('polyline.outcome')).toHaveCount(1);
    const points = await card.locator('polyline.outcome').getAttribute('points');
    expect(points.split(' ').length).toBeGreaterThan(15);
  });

  test('a curve by keyboard, kept after a reload', async ({ page }) => {
    await page.goto(CHAPTER);
    let { card, compare, verdict } = await prediction(page, CURVE);
    let sliders = await handles(card);
    await sliders.first().focus();
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowUp');
    await expect(sliders.first()).toHaveAttribute('aria-valuenow', '63');
    await page.keyboard.press('ArrowRight');
    await expect(sliders.nth(1)).toBeFocused();
    await page.keyboard.press('Home');
    await expect(sliders.nth(1)).toHaveAttribute('aria-valuenow', '0');
    await compare.focus();
    await page.keyboard.press('Enter');
    await expect(verdict).toContainText('curve');
    await page.reload();
    ({ card, verdict } = await prediction(page, CURVE));
    await expect(verdict).toContainText('curve');
    await expect(card.getByText('Dashed: your guess.')).toBeVisible();
  });

  test('without JavaScript: question and options, no answer', async ({ browser, baseURL }) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
    const page = await context.newPage();
    await page.goto(CHAPTER);
    const card = page.locator(`prediction-card[id="${CHOICE}"]`);
    await expect(card.getByText('accuracy gets worse, the cost falls')).toBeVisible();
    await expect(card.getByText('Many more honest customers')).toBeHidden();
    await expect(card.getByRole('button')).toHaveCount(0);
    await context.close();
  });
});

test.describe('links that set a lab', () => {
  test('moves the sliders, runs, and takes the reader there @phone', async ({ page }) => {
    await page.goto(CHAPTER);
    const link = page.getByRole('link', { name: 'Set the ridge in the lab to 10' });
    await link.scrollIntoViewIfNeeded();
    await link.click();
    const lab = page.locator('lab-card[name="learning-curve"]');
    await expect(lab.getByText('Set as the text says, and running.')).toBeVisible();
    await expect(lab.locator('param-control', { hasText: 'Ridge' }).first().getByRole('textbox').or(
      lab.locator('param-control', { hasText: 'Ridge' }).first().getByRole('spinbutton')).first()).toHaveValue(/^10$/);
    await expect(lab.getByRole('heading', { level: 3 })).toBeInViewport();
    await expect(lab.getByText(/^step [1-9]/)).toBeVisible();
  });

  test('is an ordinary link to the lab with its settings', async ({ page }) => {
    await page.goto(CHAPTER);
    const link = page.getByRole('link', { name: 'Set the ridge in the lab to 10' });
    await expect(link).toHaveAttribute('href', '?lab=learning-curve&ridge=10#lab-learning-curve');
  });
});

test.describe('terms', () => {
  test('hover shows the definition, the pointer may enter it, Escape closes it', async ({ page }) => {
    await page.goto(CHAPTER);
    const term = page.locator('a.term', { hasText: 'learning rate' }).first();
    await term.scrollIntoViewIfNeeded();
    const note = page.getByRole('tooltip');
    await expect(async () => { // a card above may still open and move the word from under the pointer
      await page.mouse.move(0, 0);
      await term.hover();
      await expect(note).toContainText('How long a step of gradient descent is', { timeout: 2000 });
    }).toPass();
    await note.hover();
    await page.waitForTimeout(600);
    await expect(note).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(note).toHaveCount(0);
  });

  test('focus shows it, and the link leads to the glossary, which leads back', async ({ page }) => {
    await page.goto(CHAPTER);
    const term = page.locator('a.term', { hasText: 'epoch' }).first();
    await term.scrollIntoViewIfNeeded();
    await term.focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    await expect(page.getByRole('tooltip')).toContainText('One pass of training');
    await expect(term).toHaveAttribute('aria-describedby', 'term-note');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/glossary\/#epoch$/);
    const entry = page.locator('#epoch');
    await expect(entry).toContainText('One pass of training');
    await entry.getByRole('link', { name: 'What an ML system is' }).click();
    await expect(page).toHaveURL(/01-overview\/#what-is$/);
  });

  test('the glossary stands in the order of the alphabet', async ({ page }) => {
    await page.goto('glossary/');
    const names = await page.locator('.glossary dt').evaluateAll((all) => all.map((one) => one.firstChild.textContent));
    expect(names.length).toBeGreaterThan(20);
    expect([...names].sort((a, b) => a.localeCompare(b, 'en'))).toEqual(names);
  });
});

test.describe('what to look at again', () => {
  test('a question answered wrong at first stays, mended or not; a far guess; what is open', async ({ page }) => {
    await page.goto(CHAPTER);
    const recap = page.locator('chapter-recap');
    const quiz = page.locator('quiz-question[id="01-overview/what-goes-in"]');
    await quiz.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => customElements.get('quiz-question') !== undefined);
    await quiz.getByLabel('outputs → inputs', { exact: true }).check();
    await quiz.getByRole('button', { name: 'Check' }).click();
    await quiz.getByRole('button', { name: 'Try again' }).click();
    await quiz.getByLabel('inputs and outputs → pattern', { exact: true }).check();
    await quiz.getByRole('button', { name: 'Check' }).click();
    const { card, verdict } = await prediction(page, NUMBER);
    await card.getByLabel('Your guess').fill('12');
    await card.getByLabel('Your guess').press('Enter');
    await expect(verdict).toContainText('too low');
    await recap.scrollIntoViewIfNeeded();
    await expect(recap).toContainText('Answered otherwise at first');
    await expect(recap).toContainText('In ML training, what goes in and what comes out?');
    await expect(recap).toContainText('The answers are known');
    await expect(recap.getByRole('link', { name: 'What an ML system is' })).toHaveAttribute('href', '#what-is');
    await expect(recap).toContainText('a quiet server, 20 requests per second');
    await expect(recap).toContainText(/\d+ questions\. Go to the first/);
    await expect(recap).toContainText('Challenges to solve');
    await recap.getByRole('link', { name: /what goes in and what comes out/ }).click();
    await expect(quiz).toBeInViewport();
  });
});

test.describe('for everyone', () => {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing in predictions, recap and glossary, ${scheme} @phone`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.goto(CHAPTER);
      for (const id of [CURVE, CHOICE, NUMBER]) {
        const { card, skip, verdict } = await prediction(page, id);
        if (id === CURVE) await handles(card);
        if (id === CHOICE) await skip.click();
        if (id === CHOICE) await expect(verdict).toContainText('what the lab computes');
      }
      await page.locator('chapter-recap').scrollIntoViewIfNeeded();
      await expect(page.locator('chapter-recap')).toContainText('Challenges to solve');
      const chapter = await new AxeBuilder({ page }).include('prediction-card').include('#recap').analyze();
      expect(chapter.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
      await page.goto('glossary/');
      const glossary = await new AxeBuilder({ page }).analyze();
      expect(glossary.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
    });
  }
});

// No browser needed: what the builder says about mistakes in a lesson.
test.describe('mistakes in a lesson', () => {
  const FRONT = '---\ntitle: T\nnumber: 1\nlede: L\n---\n';
  const LAB = { name: 'queue', title: 'Q', question: '?', steps: 10, goals: [], params: [
    { name: 'max_batch', label: 'Max batch', kind: 'integer', min: 1, max: 64, initial: 1, choices: [] },
  ], views: [
    { name: 'latency', kind: 'line', series: [{ name: 'p99', mark: 'line' }, { name: 'limit', mark: 'vertical' }] },
    { name: 'times', kind: 'histogram', series: [] },
  ], readouts: [{ name: 'p99' }, { name: 'winner', choices: ['rule', 'model'] }, { name: 'speed', measured: true }] };
  const GLOSSARY = '**latency** (also: response time): From the request to its answer.\n';

  /** The sentences about a lesson's text. */
  async function mistakesIn(text, glossary = GLOSSARY) {
    const { Markdown } = await import('../../web/site/markdown.mjs');
    const { Mistakes } = await import('../../web/site/errors.mjs');
    const { checkPages } = await import('../../web/site/check-links.mjs');
    const root = mkdtempSync(join(tmpdir(), 'lesson-'));
    const mistakes = new Mistakes();
    const markdown = new Markdown({ root, labs: new Map([['queue', LAB]]), challenges: new Map(), mistakes });
    markdown.readGlossary('lessons/glossary.md', glossary);
    const lesson = markdown.lesson('01-a', 'lessons/01-a/lesson.md', FRONT + text);
    checkPages(new Map([['01-a/index.html', lesson.html], ['glossary/index.html', markdown.glossary.html([lesson])]]), [lesson], mistakes);
    rmSync(root, { recursive: true });
    return mistakes.list.map((mistake) => mistake.message);
  }

  const CARD = '{{lab queue}}\n';
  const predict = (head, rest) => `${CARD}::: predict ${head}\nQ\n${rest}:::\n`;
  const table = [
    ['a link to an unknown lab', `${CARD}[a](lab:qeue?max_batch=2)\n`, /lesson\.md:7: there is no lab named "qeue"\. Did you mean queue/],
    ['a link with an unknown param', `${CARD}[a](lab:queue?max_bach=2)\n`, /lesson\.md:7: .*no param "max_bach"\. Did you mean max_batch/],
    ['a link with a value out of range', `${CARD}[a](lab:queue?max_batch=65)\n`, /max_batch cannot be "65"/],
    ['a link to a lab that does not stand here', '[a](lab:queue?max_batch=2)\n', /lesson\.md:6: the lab queue does not stand on this page/],
    ['a link to an unknown term', '[a](term:latancy)\n', /lesson\.md:6: the glossary has no term "latancy".* Did you mean latency/],
    ['a kind of prediction that does not exist', predict('guess x lab=queue', '= p99 | s\n'), /should read "::: predict KIND NAME lab=LAB/],
    ['a prediction about an unknown lab', predict('number x lab=qeue', '= p99 | s\n'), /lesson\.md:7: there is no lab named "qeue"/],
    ['a prediction with an unknown param', predict('number x lab=queue maxb=2', '= p99 | s\n'), /no param "maxb"/],
    ['steps that are no number', predict('number x lab=queue steps=many', '= p99 | s\n'), /steps=many is not a whole number/],
    ['an unknown readout', predict('number x lab=queue', '= p98 | s\n'), /lesson\.md:9: the lab queue has no readout "p98"\. Did you mean p99/],
    ['a readout without a sentence', predict('number x lab=queue', '= p99\n'), /"= p99" should read "= READOUT \| sentence"/],
    ['a number that is a choice', predict('number x lab=queue', '= winner | s\n'), /"winner" is no number but one of a list/],
    ['a figure that a clock measures', predict('number x lab=queue', '= speed | s\n'), /"speed" is measured with a clock/],
    ['no outcome', predict('number x lab=queue', ''), /does not say what the lab answers it with/],
    ['an unknown view', predict('curve x lab=queue', '= view latncy p99 | s\n'), /has no view "latncy"\. Did you mean latency/],
    ['a view that is no line', predict('curve x lab=queue', '= view times a | s\n'), /"times" is a view of kind histogram/],
    ['an unknown series', predict('curve x lab=queue', '= view latency p98 | s\n'), /the view latency has no series "p98"/],
    ['a series that is no curve', predict('curve x lab=queue', '= view latency limit | s\n'), /"limit" is a vertical line and no curve/],
    ['a choice with two right options', predict('choice x lab=queue', '- [x] a | b\n- [x] c | d\n= p99 | s\n'), /has one \[x\], this has 2/],
    ['an option without explanation', predict('choice x lab=queue', '- [x] a | b\n- [ ] c\n= p99 | s\n'), /lesson\.md:10: "c" has no explanation/],
    ['a prediction without a question', `${CARD}::: predict number x lab=queue\n= p99 | s\n:::\n`, /the question itself is missing/],
    ['two predictions of one name', predict('number x lab=queue', '= p99 | s\n').repeat(2).replace(CARD, ''), /there is already a question named x/],
  ];
  for (const [name, text, sentence] of table) {
    test(name, async () => expect((await mistakesIn(text)).join('\n')).toMatch(sentence));
  }

  test('a glossary line that is none, and a term that stands twice', async () => {
    const found = await mistakesIn('T\n', `${GLOSSARY}latency: x\n**response time**: y\n`);
    expect(found.join('\n')).toMatch(/glossary\.md:2: a term is one line/);
    expect(found.join('\n')).toMatch(/glossary\.md:3: "response-time" already stands in line 1, for latency/);
  });

  test('a good lesson has none', async () => {
    const good = `## A {#a}\n\n[Latency](term:latency), [so long](term:response-time), [set it](lab:queue?max_batch=8&seed=3).\n\n` +
      predict('number n lab=queue max_batch=8 seed=2 steps=5', '= p99 | s\n= winner | t\n') +
      predict('curve c lab=queue', '= view latency p99 | s\n').replace(CARD, '') +
      predict('choice k lab=queue', '- [x] a | b\n- [ ] c | d\n= winner | s\n').replace(CARD, '');
    expect(await mistakesIn(good)).toEqual([]);
  });
});
