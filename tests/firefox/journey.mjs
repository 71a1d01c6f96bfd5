/* The core of the workshop in Firefox: open the chapter, fetch the compiler, see a diagnostic, pass the checks, stop an
 * endless loop, run a lab, and run it with one's own code. Firefox is driven over WebDriver BiDi. Where it is not installed, the test is skipped.
 *
 * Usage: node journey.mjs [SITE FOLDER]     FIREFOX names another browser binary. */
import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { serve } from '../../web/site/serve.mjs';

const puppeteer = createRequire(new URL('../../web/package.json', import.meta.url))('puppeteer-core');
const site = process.argv[2] ?? fileURLToPath(new URL('../../build/site', import.meta.url));
const LIMIT_MS = 60_000; /* for what waits for the compiler; all else is quicker */

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

function findFirefox() {
  if (process.env.FIREFOX) return process.env.FIREFOX;
  for (const name of ['firefox-esr', 'firefox'])
    try {
      return execSync(`command -v ${name}`, { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
    } catch {
      /* the next name */
    }
  return null;
}

/** The page as a person uses it: by what stands on buttons, and by what can be read in a card. */
class Person {
  constructor(page) {
    this.page = page;
  }

  /** The first element that fits, in whatever shadow tree. */
  async find(selector) {
    return this.page.waitForSelector(`>>> ${selector}`, { timeout: LIMIT_MS });
  }

  /** All that can be read in an element, shadow trees included. */
  read(selector) {
    return this.page.evaluate((wanted) => {
      const textOf = (node) => {
        if (node.nodeType === Node.TEXT_NODE) return node.textContent;
        if (node.hidden || ['STYLE', 'SLOT'].includes(node.nodeName)) return '';
        return [...(node.shadowRoot ?? node).childNodes].map(textOf).join('');
      };
      return textOf(document.querySelector(wanted)).replace(/\s+/g, ' ');
    }, selector);
  }

  /** Waits until an element can be read to hold a text. */
  async reads(selector, expected) {
    const end = performance.now() + LIMIT_MS;
    for (let text = ''; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
      text = await this.read(selector);
      if (expected.test(text)) return;
      if (performance.now() > end) throw new Error(`no ${expected} in: ${text.slice(0, 3000)}`);
    }
  }

  /** Presses the first button of a card that can be seen and fits; waits until there is one. */
  async press(card, name) {
    const end = performance.now() + LIMIT_MS;
    for (;;) {
      for (const button of await this.page.$$(`${card} >>> button`)) {
        const text = await button.evaluate((element) => (element.checkVisibility() ? element.textContent : ''));
        if (name.test(text)) return button.click();
      }
      if (performance.now() > end) throw new Error(`${card} has no button ${name}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Puts a text into the editor as its Reset does, then types a space as a person does. */
  async write(text, card = CARD) {
    const editor = await this.find(`${card} >>> code-editor`);
    await editor.evaluate((element, replacement) => element.replace(replacement), text);
    await (await this.find(`${card} >>> .cm-content`)).focus();
    await this.page.keyboard.press(' ');
  }
}

const CARD = 'challenge-card[slug="linear-predict"]',
  LAB = 'lab-card[name="batching-queue"]',
  DRIVER = 'challenge-card[slug="latency-percentile"]';
const PERCENTILE = new URL('../../lessons/01-overview/challenges/latency-percentile/solution.c', import.meta.url);

/** @type {[string, (person: Person) => Promise<void>][]} each goes on where the one before ended */
const JOURNEY = [
  [
    'a lab runs',
    async (person) => {
      await (await person.page.$(LAB)).scrollIntoView();
      await person.press(LAB, /Run/);
      await person.reads(LAB, /step [1-9]\d/);
      await person.press(LAB, /Pause/);
    },
  ],
  [
    'the compiler is fetched',
    async (person) => {
      await (await person.page.$(CARD)).scrollIntoView();
      await person.press(CARD, /Download the C compiler/);
      await person.page.waitForFunction(
        (card) => document.querySelector(card).shadowRoot.querySelector('compiler-offer').hidden,
        { timeout: LIMIT_MS },
        CARD,
      );
    },
  ],
  [
    'a diagnostic stands under its line, and is told by Run',
    async (person) => {
      await person.write(RIGHT.replace('double sum', 'duoble sum'));
      await person.reads(CARD, /use of undeclared identifier 'duoble'; did you mean 'double'\?/);
      await person.press(CARD, /Run checks/);
      await person.reads(CARD, /It does not compile yet: 1 error.*use of undeclared identifier 'duoble'/);
    },
  ],
  [
    'a fault is told with its line',
    async (person) => {
      await person.write(RIGHT.replace('out[i] =', 'out[i + 1] ='));
      await person.press(CARD, /Run checks/);
      await person.reads(CARD, /Line 8: Your code writes 4 bytes at byte 8 of a block of 8 bytes/);
    },
  ],
  [
    'an endless loop can be stopped',
    async (person) => {
      await person.write(RIGHT.replace('i < n; i++', 'i < n + 1; i += 0'));
      await person.press(CARD, /Run checks/);
      await person.press(CARD, /Stop/);
      await person.reads(CARD, /stopped/);
    },
  ],
  [
    'a recursion without end is told',
    async (person) => {
      await person.write(RIGHT.replace('double sum = b;', 'linear_predict(X, n, d, w, b, out); double sum = b;'));
      await person.press(CARD, /Run checks/);
      await person.reads(CARD, /The call stack is used up/);
    },
  ],
  [
    'a right answer passes, and what it costs is told',
    async (person) => {
      await person.write(RIGHT);
      await person.press(CARD, /Run checks/);
      await person.reads(CARD, /7 of 7 checks pass.*floating-point operations 65,536 65,536 1\.00/);
    },
  ],
  [
    'a lab runs with my code, and again with the library’s',
    async (person) => {
      await (await person.page.$(DRIVER)).scrollIntoView();
      await person.write(readFileSync(PERCENTILE, 'utf8'), DRIVER);
      await person.press(DRIVER, /Run checks/);
      await person.press(DRIVER, /Run the lab with my code/);
      await person.reads(LAB, /Your code.*step [1-9]\d/);
      await person.press(LAB, /Back to the library’s code/);
      await person.reads(LAB, /Started anew with the library’s code/);
    },
  ],
];

async function main(firefox) {
  const server = await serve(site);
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefox, headless: true });
  let passed = 0;
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(`${server.address}01-overview/`);
    const person = new Person(page);
    for (const [name, step] of JOURNEY) {
      const start = performance.now();
      await step(person);
      passed++;
      console.log(`ok   ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    }
  } catch (error) {
    console.log(`FAIL ${JOURNEY[passed]?.[0] ?? 'Firefox starts'}: ${error.message}`);
  } finally {
    await browser.close();
    await server.close();
  }
  console.log(`Firefox: ${passed} passed, ${JOURNEY.length - passed} failed`);
  if (passed < JOURNEY.length) process.exitCode = 1;
}

const firefox = findFirefox();
if (firefox) await main(firefox);
else {
  console.log('Firefox is not installed here (Debian: firefox-esr), and FIREFOX names none: nothing was tried.');
  console.log('Firefox: 0 passed, 0 failed, 1 skipped');
}
