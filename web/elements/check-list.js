/** The checks of a challenge and their verdicts. */
import { css, html, LitElement, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { checkList as strings } from '../strings/strings.js';

/**
 * @typedef {object} CheckView
 * @property {string} sentence what a right answer does
 * @property {boolean} hidden
 * @property {'waiting' | 'running' | 'passed' | 'failed' | 'skipped'} state
 * @property {string} message why it failed
 * @property {string} input what went in, if the message does not say it
 * @property {string} warning about a check that passed
 * @property {number} line of the learner's code that the message or the warning is about, or 0
 * @property {number} ms
 */

const MARKS = {
  waiting: { sign: '○', word: strings.notRunYet },
  running: { sign: '…', word: 'running' },
  passed: { sign: '✓', word: 'passes' },
  failed: { sign: '✗', word: 'fails' },
  skipped: { sign: '○', word: strings.wasNotRun },
};

/** @param {number} ms */
const duration = (ms) => (ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** @fires go-to - CustomEvent<{ line: number }>, when the reader asks for a line */
export class CheckList extends LitElement {
  static properties = { checks: { attribute: false } };

  constructor() {
    super();
    /** @type {CheckView[]} */
    this.checks = [];
  }

  /** @param {number} line */
  #goTo(line) {
    this.dispatchEvent(new CustomEvent('go-to', { detail: { line } }));
  }

  /**
   * Why a check failed. The same fault in the same line is told once.
   * @param {CheckView} check
   * @param {number} index
   */
  #why({ message, input, line }, index) {
    const again =
      line > 0 && this.checks.slice(0, index).some((other) => other.line === line && other.message === message);
    const where =
      line > 0 ? html`<button class="link" @click=${() => this.#goTo(line)}>${strings.line(line)}</button>` : nothing;
    if (again) return html`<p class="why">${where}${strings.theSameAgain}</p>`;
    return html`<p class="why">${where}${line > 0 ? ': ' : ''}${message}${input ? strings.given(input) : ''}</p>`;
  }

  /**
   * What a check that passed is warned of. The same words are shown once.
   * @param {CheckView} check
   * @param {number} index
   */
  #warning({ warning, line }, index) {
    if (warning === '' || this.checks.findIndex((other) => other.warning !== '') !== index) return nothing;
    return html`<p class="why warning">
      ${line > 0 ? html`<button class="link" @click=${() => this.#goTo(line)}>${strings.line(line)}</button>: ` : nothing}${warning}
    </p>`;
  }

  /**
   * @param {CheckView} check
   * @param {number} index
   */
  #item(check, index) {
    const { sentence, hidden, state, ms } = check;
    const { sign, word } = MARKS[state];
    const aside =
      state === 'passed' || state === 'failed'
        ? duration(ms)
        : state === 'skipped'
          ? strings.notRun
          : hidden
            ? 'hidden'
            : '';
    return html`<li class=${state}>
      <span class="mark" aria-hidden="true">${sign}</span>
      <span class="sentence">${sentence}<span class="visually-hidden">: ${word}</span></span>
      <span class="aside">${aside}</span>
      ${state === 'failed' ? this.#why(check, index) : this.#warning(check, index)}
    </li>`;
  }

  render() {
    return html`<ul>
      ${this.checks.map((check, index) => this.#item(check, index))}
    </ul>`;
  }

  static styles = [
    base,
    buttons,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: 1.5rem 1fr auto;
        gap: 0 0.3rem;
        padding: 0.28rem 0;
      }
      .mark {
        color: var(--muted);
        font-weight: 700;
      }
      .passed .mark {
        color: var(--ok);
      }
      .failed .mark {
        color: var(--bad);
      }
      .failed .sentence {
        font-weight: 600;
      }
      .waiting .sentence,
      .skipped .sentence {
        color: var(--muted);
      }
      .aside {
        color: var(--muted);
        font: 0.78rem/1.7 var(--mono);
        font-variant-numeric: tabular-nums;
      }
      .why {
        grid-column: 2 / -1;
        margin: 0.2rem 0 0.45rem;
        padding: 0.45rem 0.7rem;
        border-left: 3px solid var(--bad);
        border-radius: 0 var(--radius-small) var(--radius-small) 0;
        background: var(--bad-soft);
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      .why.warning {
        border-left-color: var(--amber);
        background: var(--soft);
        white-space: normal;
      }
      .why button {
        min-height: 0;
        font-size: inherit;
        vertical-align: baseline;
      }
    `,
  ];
}

customElements.define('check-list', CheckList);
