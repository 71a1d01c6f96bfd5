/** A quiz question from a lesson: read, checked, and written as a form that is readable without JavaScript. */
import { escape } from './html.mjs';
import { siteQuiz as strings } from '../strings/strings.js';

export const QUIZ_KINDS = ['one', 'several', 'number', 'order'];

/** @typedef {{ text: string, why: string, right: boolean, value: number, tolerance: number, line: number }} Option */
/** @typedef {{ kind: string, name: string, question: string, options: Option[], line: number }} Quiz */

export const CHOICE = /^- \[([ xX])\]\s+(.*)$/;
const RIGHT_NUMBER = /^=\s+(.*)$/;
const WRONG_NUMBER = /^-\s+(?!\[)(.*)$/;
const ITEM = /^\d+[.)]\s+(.*)$/;

/**
 * @param {string} info "quiz one what-goes-in"
 * @param {string} body the lines inside the container
 * @param {number} line of the container's first line
 * @param {(line: number, sentence: string) => void} mistake
 * @returns {Quiz | null} null after a mistake that leaves nothing to show
 */
export function readQuiz(info, body, line, mistake) {
  const [, kind = '', name = ''] = info.split(/\s+/);
  if (!QUIZ_KINDS.includes(kind) || !/^[a-z0-9-]+$/.test(name)) {
    mistake(line, `"::: ${info}" should read "::: quiz KIND NAME" with KIND one of ${QUIZ_KINDS.join(', ')} and NAME ` +
      'in lower case with hyphens.');
    return null;
  }
  const quiz = { kind, name, question: '', options: /** @type {Option[]} */ ([]), line };
  const pattern = { one: CHOICE, several: CHOICE, order: ITEM }[kind];
  const question = [];
  for (const [i, text] of body.split('\n').entries()) {
    if (text.trim() === '') continue;
    const option = pattern ? readOption(pattern, text) : readNumber(text, line + 1 + i, mistake);
    if (option) quiz.options.push({ ...option, line: line + 1 + i });
    else if (quiz.options.length > 0 && /^\s+/.test(text)) continueOption(quiz.options[quiz.options.length - 1], text);
    else if (quiz.options.length > 0) mistake(line + 1 + i, `this line of the ${kind} question is no option.`);
    else question.push(text);
  }
  quiz.question = question.join('\n');
  checkQuiz(quiz, mistake);
  return quiz;
}

/**
 * @param {RegExp} pattern
 * @param {string} line
 */
export function readOption(pattern, line) {
  const match = pattern.exec(line);
  if (!match) return null;
  const right = pattern === CHOICE ? match[1] !== ' ' : true;
  return { ...splitWhy(match[match.length - 1]), right, value: 0, tolerance: 0 };
}

/**
 * "= 101 ± 1 | explanation" or "- 20 | why it tempts".
 * @param {string} line
 * @param {number} number
 * @param {(line: number, sentence: string) => void} mistake
 */
function readNumber(line, number, mistake) {
  const right = RIGHT_NUMBER.exec(line);
  const match = right ?? WRONG_NUMBER.exec(line);
  if (!match) return null;
  const { text, why } = splitWhy(match[1]);
  const figures = /^(-?[\d.]+(?:e-?\d+)?)(?:\s*±\s*([\d.]+))?(?:\s+\S+)?$/.exec(text);
  if (!figures) mistake(number, `"${text}" is no number; write "= 101 ± 1 | why" or "- 20 | why it tempts".`);
  return { text, why, right: right !== null, value: Number(figures?.[1]), tolerance: Number(figures?.[2] ?? 0) };
}

/** @param {string} text "option | explanation" */
export function splitWhy(text) {
  const bar = text.indexOf(' | ');
  return bar < 0 ? { text, why: '' } : { text: text.slice(0, bar).trim(), why: text.slice(bar + 3).trim() };
}

/**
 * @param {Option} option
 * @param {string} text
 */
export function continueOption(option, text) {
  if (option.why) option.why += ` ${text.trim()}`;
  else Object.assign(option, splitWhy(`${option.text} ${text.trim()}`));
}

/**
 * @param {Quiz} quiz
 * @param {(line: number, sentence: string) => void} mistake
 */
function checkQuiz(quiz, mistake) {
  const right = quiz.options.filter((option) => option.right).length;
  if (!quiz.question) mistake(quiz.line, 'the question itself is missing: it stands before the options.');
  if (quiz.kind === 'one' && right !== 1) mistake(quiz.line, `a question of kind "one" has one [x], this has ${right}.`);
  if (quiz.kind === 'several' && right < 1) mistake(quiz.line, 'a question of kind "several" needs an [x].');
  if (quiz.kind === 'number' && right !== 1) {
    mistake(quiz.line, `a question of kind "number" has one line "= NUMBER ± TOLERANCE | why", this has ${right}.`);
  }
  if (quiz.kind !== 'number' && quiz.options.length < 2) mistake(quiz.line, 'a question needs at least two options.');
  for (const option of quiz.options) {
    if (!option.why) mistake(option.line, `"${option.text}" has no explanation; write "option | explanation".`);
  }
}

/**
 * @param {Quiz} quiz
 * @param {string} id "01-overview/what-goes-in"
 * @param {(markdown: string) => string} inline renders a phrase
 * @returns {string}
 */
export function renderQuiz(quiz, id, inline) {
  const body = { one: choices, several: choices, number, order }[quiz.kind];
  return `<quiz-question id="${escape(id)}" kind="${quiz.kind}"><form>\n<fieldset>` +
    `<legend><span class="tag">${strings.question}</span> ${inline(quiz.question)}</legend>\n` +
    `${body?.(quiz, id, inline) ?? ''}</fieldset>\n` +
    `<div class="quiz-row"><button type="submit" class="go">${strings.check}</button>` +
    `<button type="button" class="again" hidden>${strings.tryAgain}</button>` +
    '<p class="verdict" role="status"></p></div></form>\n' +
    `<noscript><details><summary>${strings.theAnswer}</summary>${answers(quiz, inline)}</details></noscript></quiz-question>\n`;
}

/** @type {(quiz: Quiz, id: string, inline: (markdown: string) => string) => string} */
function choices(quiz, id, inline) {
  const type = quiz.kind === 'one' ? 'radio' : 'checkbox';
  const several = quiz.kind === 'several' ? `<p class="how">${strings.tickAllThatAre}</p>` : '';
  const items = quiz.options.map((option, i) => `<li${option.right ? ' data-right' : ''}><label>` +
    `<input type="${type}" name="${escape(id)}" value="${i}"><span>${inline(option.text)}</span></label>` +
    `<p class="why" hidden>${inline(option.why)}</p></li>`);
  return `${several}<ul class="options">${items.join('\n')}</ul>`;
}

/** @type {(quiz: Quiz, id: string, inline: (markdown: string) => string) => string} */
function number(quiz, _id, inline) {
  const items = quiz.options.map((option) => `<li data-value="${option.value}" data-tolerance="${option.tolerance}"` +
    `${option.right ? ' data-right' : ''} hidden><p class="why">${inline(option.why)}</p></li>`);
  return `<label class="number">${strings.yourAnswer} <input type="text" inputmode="decimal" autocomplete="off" size="8"></label>` +
    `<ul class="options">${items.join('\n')}</ul>`;
}

/** @type {(quiz: Quiz, id: string, inline: (markdown: string) => string) => string} */
function order(quiz, _id, inline) {
  const items = shuffled(quiz.options).map(({ option, place }) => `<li data-place="${place}">` +
    `<span class="item">${inline(option.text)}</span><p class="why" hidden>${inline(option.why)}</p></li>`);
  return `<ol class="options">${items.join('\n')}</ol>`;
}

/**
 * The options in an order that is fixed, looks arbitrary, and is not the right one: every second of them, from the back.
 * @param {Option[]} options
 */
function shuffled(options) {
  const placed = options.map((option, place) => ({ option, place })).reverse();
  return [...placed.filter((_, i) => i % 2 === 1), ...placed.filter((_, i) => i % 2 === 0)];
}

/**
 * @param {Quiz} quiz
 * @param {(markdown: string) => string} inline
 */
function answers(quiz, inline) {
  const right = quiz.options.filter((option) => option.right);
  const list = quiz.kind === 'order' ? 'ol' : 'ul';
  return `<${list}>${right.map((option) => `<li>${inline(option.text)}: ${inline(option.why)}</li>`).join('')}</${list}>`;
}
