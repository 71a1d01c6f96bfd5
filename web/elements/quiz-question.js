/**
 * A quiz question. The form is static HTML in the light DOM (web/site/quiz.mjs writes it); this checks the answer, shows
 * every option's explanation, and remembers. Kinds: one, several, number, order.
 */
import { progress } from '../lib/progress.js';
import { readNumber } from '../lib/read-number.js';
import { quizQuestion as strings } from '../strings/strings.js';

/**
 * @typedef {object} Kind how one kind of question is read, judged and shown
 * @property {(quiz: QuizQuestion) => any} answer undefined while there is nothing to check
 * @property {(quiz: QuizQuestion, answer: any) => boolean} judge
 * @property {(quiz: QuizQuestion, answer: any) => void} restore puts a remembered answer back into the form
 * @property {(quiz: QuizQuestion, answer: any) => void} explain
 * @property {string} missing what to say when there is nothing to check
 */

export class QuizQuestion extends HTMLElement {
  constructor() {
    super();
    this.ready = false;
    this.kind = kinds.one;
  }

  async connectedCallback() {
    if (this.ready) return; // moved within the page
    this.ready = true;
    this.kind = kinds[this.getAttribute('kind') ?? ''];
    this.find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.check();
    });
    this.find('button.again').addEventListener('click', () => this.again());
    if (this.getAttribute('kind') === 'order') addMoves(this);
    await progress.ready;
    this.restore(progress.get('quiz', this.id));
    progress.addEventListener('change', (/** @type {any} */ { detail: { kind, id, value, elsewhere } }) => {
      if (kind === 'quiz' && id === this.id && elsewhere) this.restore(value);
    });
  }

  /**
   * Shows what was answered on an earlier visit, or in another tab.
   * @param {any} kept undefined: nothing
   */
  restore(kept) {
    if (this.classList.contains('answered')) this.clear();
    const isNumber = this.getAttribute('kind') === 'number'; // a lesson may have changed what it asks
    if (kept && isNumber === (typeof kept.answer === 'number')) this.show(kept.answer, { restored: true });
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  get items() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.options > li')]);
  }

  check() {
    const answer = this.kind.answer(this);
    if (answer === undefined) {
      this.say(this.kind.missing, '');
      return;
    }
    const right = this.kind.judge(this, answer);
    const kept = progress.get('quiz', this.id);
    progress.set('quiz', this.id, { answer, right, first: kept ? kept.first : right });
    this.show(answer, { restored: false });
    this.find('button.again').focus({ preventScroll: true });
  }

  /**
   * @param {any} answer
   * @param {{ restored: boolean }} how restored: it was given on an earlier visit
   */
  show(answer, { restored }) {
    if (restored) this.kind.restore(this, answer);
    const right = this.kind.judge(this, answer);
    this.kind.explain(this, answer);
    this.classList.add('answered');
    this.lock(true);
    this.say(right ? strings.right : strings.notQuite, right ? 'ok' : 'bad');
  }

  again() {
    this.clear();
    /** @type {HTMLElement | null} */ (this.querySelector('input, .moves button'))?.focus();
  }

  clear() {
    this.classList.remove('answered');
    this.lock(false);
    this.say('', '');
    for (const item of this.items) {
      delete item.dataset.verdict;
      item.querySelector('.mark')?.remove();
      const why = item.querySelector('.why');
      if (this.getAttribute('kind') === 'number') item.hidden = true;
      else why?.toggleAttribute('hidden', true);
    }
    for (const input of this.querySelectorAll('input')) {
      if (input.type === 'text') input.value = '';
      else input.checked = false;
    }
  }

  /** @param {boolean} locked */
  lock(locked) {
    for (const input of this.querySelectorAll('input')) input.disabled = locked;
    for (const button of this.querySelectorAll('.moves button')) button.toggleAttribute('disabled', locked);
    this.find('button.go').hidden = locked;
    this.find('button.again').hidden = !locked;
  }

  /** @type {(sentence: string, verdict: string) => void} */
  say(sentence, verdict) {
    const place = this.find('.verdict');
    place.textContent = sentence;
    place.dataset.verdict = verdict;
  }
}

/**
 * Marks an option and shows its explanation. The mark is a word for those who do not see colours.
 * @type {(item: HTMLElement, verdict: string, word: string) => void}
 */
function markItem(item, verdict, word) {
  item.dataset.verdict = verdict;
  const why = item.querySelector('.why');
  if (!why) return;
  why.toggleAttribute('hidden', false);
  const mark = document.createElement('strong');
  mark.className = 'mark';
  mark.textContent = `${word} `;
  why.prepend(mark);
}

/** @param {QuizQuestion} quiz @returns {number[]} */
function chosen(quiz) {
  return quiz.items.flatMap((item, i) => (item.querySelector('input')?.checked ? [i] : []));
}

/** @type {(quiz: QuizQuestion, answer: number[]) => void} */
function explainChoices(quiz, answer) {
  quiz.items.forEach((item, i) => {
    const isRight = item.hasAttribute('data-right');
    const picked = answer.includes(i);
    const verdict = isRight ? 'ok' : picked ? 'bad' : '';
    markItem(item, verdict, isRight ? (picked ? '✓' : strings.missed) : picked ? '✗' : '');
  });
}

/** @type {(quiz: QuizQuestion, answer: number[]) => void} */
function restoreChoices(quiz, answer) {
  quiz.items.forEach((item, i) => {
    const input = item.querySelector('input');
    if (input) input.checked = answer.includes(i);
  });
}

/** @type {(quiz: QuizQuestion, answer: number[]) => boolean} */
function allRight(quiz, answer) {
  return quiz.items.every((item, i) => item.hasAttribute('data-right') === answer.includes(i));
}

/** @param {QuizQuestion} quiz */
const field = (quiz) => /** @type {HTMLInputElement} */ (quiz.find('.number input'));

/** @type {(item: HTMLElement, value: number) => boolean} */
function isNear(item, value) {
  const tolerance = Number(item.dataset.tolerance);
  const slack = 1e-9 * Math.abs(value); // 0.0191 within 0.0196 +- 0.0005, whatever binary makes of it
  return Math.abs(value - Number(item.dataset.value)) <= tolerance + slack;
}

/** @type {(quiz: QuizQuestion) => HTMLElement} */
const rightNumber = (quiz) => /** @type {HTMLElement} */ (quiz.items.find((item) => item.hasAttribute('data-right')));

/** @type {(quiz: QuizQuestion) => number[]} places of the items as they stand */
const places = (quiz) => quiz.items.map((item) => Number(item.dataset.place));

/** @type {Record<string, Kind>} */
const kinds = {
  one: {
    answer: (quiz) => (chosen(quiz).length > 0 ? chosen(quiz) : undefined),
    judge: allRight, restore: restoreChoices, explain: explainChoices,
    missing: strings.chooseAnAnswerFirst,
  },
  several: {
    answer: (quiz) => (chosen(quiz).length > 0 ? chosen(quiz) : undefined),
    judge: allRight, restore: restoreChoices, explain: explainChoices,
    missing: strings.tickAtLeastOne,
  },
  number: {
    answer: (quiz) => readNumber(field(quiz).value),
    judge: (quiz, answer) => isNear(rightNumber(quiz), answer),
    restore: (quiz, answer) => { field(quiz).value = String(answer); },
    explain: explainNumber,
    missing: strings.typeANumberSuch,
  },
  order: {
    answer: places,
    judge: (_quiz, answer) => answer.every((/** @type {number} */ place, /** @type {number} */ i) => place === i),
    restore: (quiz, answer) => {
      const list = quiz.find('.options');
      for (const place of answer) list.append(...quiz.items.filter((item) => Number(item.dataset.place) === place));
    },
    explain: (quiz) => quiz.items.forEach((item, i) => {
      const place = Number(item.dataset.place);
      markItem(item, place === i ? 'ok' : 'bad', place === i ? '✓' : strings.belongsInPlace(place + 1));
    }),
    missing: '',
  },
};

/** @type {(quiz: QuizQuestion, answer: number) => void} */
function explainNumber(quiz, answer) {
  const right = rightNumber(quiz);
  const tempting = quiz.items.find((item) => item !== right && isNear(item, answer));
  if (tempting && !isNear(right, answer)) {
    tempting.hidden = false;
    markItem(tempting, 'bad', '✗');
  }
  right.hidden = false;
  markItem(right, 'ok', isNear(right, answer) ? '✓' : strings.theAnswerIs(right.dataset.value));
}

/**
 * Gives each item of an order question its two buttons.
 * @param {QuizQuestion} quiz
 */
function addMoves(quiz) {
  for (const item of quiz.items) {
    const name = item.querySelector('.item')?.textContent ?? '';
    const moves = document.createElement('span');
    moves.className = 'moves';
    moves.append(moveButton(quiz, item, -1, '↑', strings.moveUp(name)), moveButton(quiz, item, 1, '↓', strings.moveDown(name)));
    item.prepend(moves);
  }
}

/** @type {(quiz: QuizQuestion, item: HTMLElement, by: number, sign: string, label: string) => HTMLButtonElement} */
function moveButton(quiz, item, by, sign, label) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = sign;
  button.setAttribute('aria-label', label);
  button.addEventListener('click', () => {
    const neighbour = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!neighbour) return;
    if (by < 0) neighbour.before(item);
    else neighbour.after(item);
    button.focus();
    quiz.say(strings.nowInPlaceOf(quiz.items.indexOf(item) + 1, quiz.items.length), '');
  });
  return button;
}

customElements.define('quiz-question', QuizQuestion);
