/**
 * A prediction from a lesson: a question before a lab is run, and which of the lab's figures answer it. The outcome is
 * never written here: web/elements/prediction-card.js has the lab compute it once the reader has committed.
 */
import { didYouMean } from './errors.mjs';
import { escape } from './html.mjs';
import { CHOICE, continueOption, readOption, splitWhy } from './quiz.mjs';
import { labLinkAttributes, presetProblems } from './settings.mjs';
import { sitePrediction as strings } from '../strings/strings.js';

const KINDS = ['choice', 'number', 'curve'];
const DRAWN_MARKS = new Set(['default', 'line', 'dashed', 'stair', 'points']);

/**
 * @typedef {import('./quiz.mjs').Option} Option
 * @typedef {{ name: string, view: string, why: string }} Outcome name: of a readout, or of a series where `view` is given
 * @typedef {{ kind: string, name: string, lab: any, settings: string[], steps: number, question: string,
 *   options: Option[], outcomes: Outcome[], line: number }} Prediction steps 0: to the lab's end
 * @typedef {(line: number, sentence: string) => void} Tell
 */

/**
 * @param {string} info "predict number p99 lab=batching-queue max_batch=8 steps=84"
 * @param {string} body the lines inside the container
 * @param {number} line of the container's first line
 * @param {Map<string, any>} labs
 * @param {Tell} mistake
 * @returns {Prediction | null} null after a mistake that leaves nothing to show
 */
export function readPrediction(info, body, line, labs, mistake) {
  const prediction = readHead(info, line, labs, mistake);
  if (!prediction) return null;
  const question = [];
  for (const [i, text] of body.split('\n').entries()) {
    if (text.trim() === '') continue;
    const at = line + 1 + i;
    const option = prediction.kind === 'choice' ? readOption(CHOICE, text) : null;
    const [, named] = /^=\s+(.*)$/.exec(text) ?? [];
    if (option) prediction.options.push({ ...option, line: at });
    else if (named) readOutcome(prediction, named, at, mistake);
    else if (prediction.outcomes.length > 0) mistake(at, 'after "= READOUT | sentence" only such lines may follow.');
    else if (prediction.options.length > 0 && /^\s+/.test(text)) continueOption(prediction.options[prediction.options.length - 1], text);
    else if (prediction.options.length > 0) mistake(at, 'this line of the prediction is no option.');
    else question.push(text);
  }
  prediction.question = question.join('\n');
  checkPrediction(prediction, /^=/m.test(body), mistake);
  return prediction;
}

/** @type {(info: string, line: number, labs: Map<string, any>, mistake: Tell) => Prediction | null} */
function readHead(info, line, labs, mistake) {
  const [, kind = '', name = '', ...pairs] = info.split(/\s+/);
  const own = new Map(pairs.map((pair) => /** @type {[string, string]} */ ([pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)])));
  if (!KINDS.includes(kind) || !/^[a-z0-9-]+$/.test(name) || !own.has('lab')) {
    mistake(line, `"::: ${info}" should read "::: predict KIND NAME lab=LAB param=value steps=N" with KIND one of ` +
      `${KINDS.join(', ')} and NAME in lower case with hyphens.`);
    return null;
  }
  const lab = labs.get(own.get('lab') ?? '');
  if (!lab) {
    mistake(line, `there is no lab named "${own.get('lab')}".${didYouMean(own.get('lab') ?? '', labs.keys())}`);
    return null;
  }
  const settings = pairs.filter((pair) => !/^(lab|steps)=/.test(pair));
  for (const sentence of presetProblems(lab, settings)) mistake(line, sentence);
  const steps = own.get('steps') ?? String(lab.steps);
  if (!/^\d{1,9}$/.test(steps)) mistake(line, `steps=${steps} is not a whole number of steps.`);
  return { kind, name, lab, settings, steps: Number(steps), question: '', options: [], outcomes: [], line };
}

/** @type {(prediction: Prediction, named: string, line: number, mistake: Tell) => void} */
function readOutcome(prediction, named, line, mistake) {
  const { text, why } = splitWhy(named);
  const words = text.split(/\s+/);
  const form = prediction.kind === 'curve' ? '= view VIEW SERIES | sentence' : '= READOUT | sentence';
  const rightForm = prediction.kind === 'curve' ? words.length === 3 && words[0] === 'view' : words.length === 1;
  if (!rightForm || !why) return mistake(line, `"= ${named}" should read "${form}".`);
  const [name, view] = [words[words.length - 1], prediction.kind === 'curve' ? words[1] : ''];
  const problem = view ? seriesProblem(prediction.lab, view, name) : readoutProblem(prediction, name);
  if (problem) return mistake(line, problem);
  const first = prediction.outcomes[0];
  if (first && first.view !== view) return mistake(line, `one prediction is drawn over one view, and that is ${first.view} already.`);
  prediction.outcomes.push({ name, view, why });
}

/** @type {(prediction: Prediction, name: string) => string | null} */
function readoutProblem({ lab, kind, outcomes }, name) {
  const readout = lab.readouts.find((/** @type {any} */ one) => one.name === name);
  if (!readout) return `the lab ${lab.name} has no readout "${name}".${didYouMean(name, lab.readouts.map((/** @type {any} */ one) => one.name))}`;
  if (readout.measured) return `"${name}" is measured with a clock and comes out differently each time; predict another readout.`;
  if (kind === 'number' && outcomes.length === 0 && readout.choices?.length > 0) {
    return `"${name}" is no number but one of a list; make this a prediction of kind "choice".`;
  }
  return null;
}

/** @type {(lab: any, view: string, name: string) => string | null} */
function seriesProblem(lab, view, name) {
  const found = lab.views.find((/** @type {any} */ one) => one.name === view);
  if (!found) return `the lab ${lab.name} has no view "${view}".${didYouMean(view, lab.views.map((/** @type {any} */ one) => one.name))}`;
  if (found.kind !== 'line') return `"${view}" is a view of kind ${found.kind}; a curve is drawn over one of kind line.`;
  if (found.measured) return `"${view}" is measured with a clock and comes out differently each time; predict another view.`;
  const series = found.series.find((/** @type {any} */ one) => one.name === name);
  if (!series) return `the view ${view} has no series "${name}".${didYouMean(name, found.series.map((/** @type {any} */ one) => one.name))}`;
  return DRAWN_MARKS.has(series.mark) ? null : `the series "${name}" is a ${series.mark} line and no curve.`;
}

/** @type {(prediction: Prediction, answered: boolean, mistake: Tell) => void} */
function checkPrediction({ kind, name, question, options, line }, answered, mistake) {
  const right = options.filter((option) => option.right).length;
  if (!question) mistake(line, 'the question itself is missing: it stands before everything else in the prediction.');
  if (!answered) mistake(line, `the prediction ${name} does not say what the lab answers it with: add "= ${kind === 'curve' ? 'view VIEW SERIES' : 'READOUT'} | sentence".`);
  if (kind !== 'choice') return;
  if (options.length < 2) mistake(line, 'a prediction of kind "choice" needs at least two options.');
  if (right !== 1) mistake(line, `a prediction of kind "choice" has one [x], this has ${right}.`);
  for (const option of options) {
    if (!option.why) mistake(option.line, `"${option.text}" has no explanation; write "option | explanation".`);
  }
}

/**
 * @param {Prediction} prediction
 * @param {string} id "01-overview/p99"
 * @param {(markdown: string) => string} inline renders a phrase
 * @returns {string}
 */
export function renderPrediction(prediction, id, inline) {
  const { kind, lab, settings, steps, question, outcomes } = prediction;
  const body = { choice: choices, number, curve }[kind];
  const link = Object.entries(labLinkAttributes(lab.name, settings)).map(([name, value]) => `${name}="${escape(value)}"`);
  return `<prediction-card id="${escape(id)}" kind="${kind}" lab="${escape(lab.name)}" settings="${escape(settings.join(' '))}" ` +
    `steps="${steps}"><form>\n<fieldset><legend><span class="tag">${strings.beforeYouRunIt}</span> ${inline(question)}</legend>\n` +
    `${body?.(prediction, id, inline) ?? ''}</fieldset>\n` +
    `<div class="quiz-row"><button type="submit" class="go">${strings.compare}</button>` +
    `<button type="button" class="show-me">${strings.skipShowMe}</button>` +
    `<button type="button" class="again" hidden>${strings.guessAgain}</button>` +
    '<p class="verdict" role="status"></p></div></form>\n' +
    `<div class="outcome" hidden><ul>${outcomes.map((outcome) => outcomeItem(outcome, inline)).join('\n')}</ul>` +
    `<p><a ${link.join(' ')}>${strings.seeItInThe}</a></p></div></prediction-card>\n`;
}

/** @type {(prediction: Prediction, id: string, inline: (markdown: string) => string) => string} */
function choices({ options }, id, inline) {
  const items = options.map((option, i) => `<li${option.right ? ' data-right' : ''}><label>` +
    `<input type="radio" name="${escape(id)}" value="${i}"><span>${inline(option.text)}</span></label>` +
    `<p class="why" hidden>${inline(option.why)}</p></li>`);
  return `<ul class="options">${items.join('\n')}</ul>`;
}

/** @param {Prediction} prediction */
function number({ lab, outcomes }) {
  const readout = lab.readouts.find((/** @type {any} */ one) => one.name === outcomes[0]?.name);
  const unit = readout?.unit ? ` <span class="unit">${escape(readout.unit)}</span>` : '';
  return `<label class="number">${strings.yourGuess} <input type="text" inputmode="decimal" autocomplete="off" size="8">${unit}</label>`;
}

function curve() {
  return '<div class="plot"></div>';
}

/** @type {(outcome: Outcome, inline: (markdown: string) => string) => string} */
function outcomeItem({ name, view, why }, inline) {
  const what = view ? `data-view="${escape(view)}" data-series="${escape(name)}"` : `data-readout="${escape(name)}"`;
  return `<li ${what}><strong class="figure"></strong> <span>${inline(why)}</span></li>`;
}
