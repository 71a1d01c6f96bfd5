/**
 * A prediction before a lab is run. The question is static HTML in the light DOM (web/site/prediction.mjs writes it); when
 * the reader commits, or skips, the lab computes the outcome in a worker, and guess and outcome stand side by side.
 * It is no test: nothing is counted, and the guess can be changed. Kinds: choice, number, curve.
 */
import { compareCurves, compareNumbers } from '../lib/guess.js';
import { labOutcome } from '../lib/lab-outcome.js';
import { progress } from '../lib/progress.js';
import { readNumber } from '../lib/read-number.js';
import { readoutText } from '../lib/format.js';
import './prediction-curve.js';
import { predictionCard as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-outcome.js').Outcome} Outcome */
/** @typedef {import('./prediction-curve.js').PredictionCurve} PredictionCurve */
/** @typedef {{ far: boolean, words: string }} Comparison */
/**
 * @typedef {object} Kind
 * @property {(card: PredictionCard) => any} guess undefined while there is none
 * @property {(card: PredictionCard, guess: any) => void} restore puts a kept guess back
 * @property {(card: PredictionCard, guess: any, outcome: Outcome) => Comparison} compare
 * @property {(card: PredictionCard, guess: any, outcome: Outcome) => void} show guess undefined: it was skipped
 * @property {(card: PredictionCard) => void} clear
 * @property {string} missing
 */

export class PredictionCard extends HTMLElement {
  constructor() {
    super();
    this.ready = false;
    this.kind = kinds.choice;
    /** @type {Promise<Outcome> | null} */
    this.running = null;
    this.near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.wake(), { rootMargin: '400px 0px' });
  }

  connectedCallback() {
    if (this.ready) return; // moved within the page
    this.ready = true;
    this.kind = kinds[this.getAttribute('kind') ?? ''];
    this.find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.commit();
    });
    this.find('.show-me').addEventListener('click', () => this.skip());
    this.find('.again').addEventListener('click', () => this.again());
    this.near.observe(this);
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  get items() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.options > li')]);
  }

  get figures() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.outcome li')]);
  }

  /** Brings back what was guessed on an earlier visit. */
  async wake() {
    this.near.disconnect();
    await progress.ready;
    if (this.getAttribute('kind') === 'curve' && !(await this.prepareCurve())) return;
    const kept = progress.get('prediction', this.id);
    if (!kept) return;
    const isCurve = this.getAttribute('kind') === 'curve';
    if (kept.guess !== undefined && Array.isArray(kept.guess) !== isCurve) return; // the lesson asks otherwise by now
    if (kept.guess !== undefined) this.kind.restore(this, kept.guess);
    this.reveal(kept.guess, { focus: false });
  }

  /** The plot to draw on has the axes of the lab's own; whether they could be had. */
  async prepareCurve() {
    const outcome = await this.outcome();
    if (!outcome) return false;
    const { view, series } = this.figures[0].dataset;
    const curve = /** @type {PredictionCurve} */ (document.createElement('prediction-curve'));
    const index = outcome.lab.views.findIndex((one) => one.name === view);
    curve.view = outcome.lab.views[index];
    curve.frame = outcome.views[index];
    curve.series = series ?? '';
    this.find('.plot').replaceChildren(curve);
    return true;
  }

  /** The lab's answer, computed once; null, and a sentence, if it cannot be had. */
  async outcome() {
    this.running ??= labOutcome(this.getAttribute('lab') ?? '', this.getAttribute('settings') ?? '', Number(this.getAttribute('steps')));
    try {
      return await this.running;
    } catch (error) {
      this.running = null; // the next press tries again
      this.say(/** @type {Error} */ (error).message);
      return null;
    }
  }

  async commit() {
    const guess = this.kind.guess(this);
    if (guess === undefined) return this.say(this.kind.missing);
    const shown = await this.reveal(guess, { focus: true });
    if (shown) progress.set('prediction', this.id, { guess, far: shown.far });
  }

  async skip() {
    if (await this.reveal(undefined, { focus: true })) progress.set('prediction', this.id, { skipped: true });
  }

  /**
   * @param {any} guess undefined: skipped
   * @param {{ focus: boolean }} how
   * @returns {Promise<Comparison | null>} null if there is no outcome
   */
  async reveal(guess, { focus }) {
    this.lock(true);
    this.say(strings.theLabIsComputing);
    const outcome = await this.outcome();
    if (!outcome) {
      this.lock(false);
      return null;
    }
    if (this.getAttribute('kind') === 'curve' && !this.querySelector('prediction-curve')) await this.prepareCurve();
    this.kind.show(this, guess, outcome);
    for (const item of this.figures) item.querySelector('.figure')?.replaceChildren(figureText(item, outcome));
    const compared = guess === undefined ? { far: false, words: strings.hereIsWhatThe } : this.kind.compare(this, guess, outcome);
    this.classList.add('answered');
    this.find('.outcome').hidden = false;
    this.find('.again').hidden = false;
    this.say(compared.words);
    if (focus) this.find('.again').focus({ preventScroll: true });
    return compared;
  }

  again() {
    this.classList.remove('answered');
    this.find('.outcome').hidden = true;
    this.find('.again').hidden = true;
    this.lock(false);
    this.say('');
    this.kind.clear(this);
    /** @type {HTMLElement | null} */ (this.querySelector('input, prediction-curve'))?.focus();
  }

  /** @param {boolean} locked */
  lock(locked) {
    for (const input of this.querySelectorAll('input')) input.disabled = locked;
    this.querySelector('prediction-curve')?.toggleAttribute('locked', locked);
    this.find('.go').hidden = locked;
    this.find('.show-me').hidden = locked;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.find('.verdict').textContent = sentence;
  }
}

/** @type {Record<string, Kind>} */
const kinds = {
  choice: {
    guess: (card) => {
      const chosen = card.items.findIndex((item) => item.querySelector('input')?.checked);
      return chosen < 0 ? undefined : chosen;
    },
    restore: (card, guess) => {
      const input = card.items[guess]?.querySelector('input');
      if (input) input.checked = true;
    },
    compare: (card, guess) => card.items[guess]?.hasAttribute('data-right')
      ? { far: false, words: strings.itComesOutAs }
      : { far: true, words: strings.itComesOutOtherwise },
    show: (card, guess) => card.items.forEach((item, i) => explain(item, i === guess)),
    clear: (card) => card.items.forEach((item) => {
      item.querySelector('.why')?.toggleAttribute('hidden', true);
      item.querySelector('.mark')?.remove();
      const input = item.querySelector('input');
      if (input) input.checked = false;
    }),
    missing: strings.chooseWhatYouExpect,
  },
  number: {
    guess: (card) => readNumber(numberField(card).value),
    restore: (card, guess) => { numberField(card).value = String(guess); },
    compare: (card, guess, outcome) => {
      const { readout, value } = figure(card.figures[0], outcome);
      if (value === -1 && readout.absent) return { far: true, words: strings.itComesOutAs2(readout.absent) };
      return compareNumbers(guess, value, readout.unit ?? '');
    },
    show: () => {},
    clear: (card) => { numberField(card).value = ''; },
    missing: strings.typeANumberSuch,
  },
  curve: {
    guess: (card) => curveOf(card)?.guess(),
    restore: (card, guess) => curveOf(card)?.restore(guess),
    compare: (card) => compareCurves(curveOf(card)?.gaps() ?? []),
    show: (card) => curveOf(card)?.toggleAttribute('revealed', true),
    clear: (card) => curveOf(card)?.clear(),
    missing: strings.drawWhatYouExpect,
  },
};

/** @param {PredictionCard} card */
const numberField = (card) => /** @type {HTMLInputElement} */ (card.find('.number input'));

/** @param {PredictionCard} card */
const curveOf = (card) => /** @type {PredictionCurve | null} */ (card.querySelector('prediction-curve'));

/**
 * The explanation of the reader's option and of the one that comes out.
 * @param {HTMLElement} item
 * @param {boolean} chosen
 */
function explain(item, chosen) {
  const right = item.hasAttribute('data-right');
  if (!right && !chosen) return;
  const why = item.querySelector('.why');
  const mark = document.createElement('strong');
  mark.className = 'mark';
  mark.textContent = right ? strings.whatComesOut : strings.yourGuess;
  why?.toggleAttribute('hidden', false);
  why?.prepend(mark);
}

/** @type {(item: HTMLElement, outcome: Outcome) => { readout: import('../lib/lab-types.js').LabReadout, value: number }} */
function figure(item, { lab, readouts }) {
  const index = lab.readouts.findIndex((readout) => readout.name === item.dataset.readout);
  return { readout: lab.readouts[index], value: readouts[index] };
}

/** @type {(item: HTMLElement, outcome: Outcome) => string} */
function figureText(item, outcome) {
  if (item.dataset.view) {
    const view = outcome.lab.views.find((one) => one.name === item.dataset.view);
    return `${view?.series.find((one) => one.name === item.dataset.series)?.label ?? ''}:`;
  }
  const { readout, value } = figure(item, outcome);
  return `${readout.label}: ${readoutText(readout, value)}${readout.unit && value !== -1 ? ` ${readout.unit}` : ''}.`;
}

customElements.define('prediction-card', PredictionCard);
