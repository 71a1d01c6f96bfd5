/** Two C texts side by side, line by line; what is only in one of them is marked, and the other leaves room for it. */
import { cppLanguage } from '@codemirror/lang-cpp';
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { css, html, LitElement } from 'lit';
import { linesOf, pairLines } from '../lib/line-diff.js';
import { base, code } from './shared.js';
import { codeDiff as strings } from '../strings/strings.js';

/** @typedef {{title: string, text: string}} Side */

/**
 * @param {string} text of C
 * @returns {unknown[][]} for each line its parts
 */
function highlighted(text) {
  /** @type {unknown[][]} */
  const lines = [[]];
  highlightCode(
    text.trimEnd(),
    cppLanguage.parser.parse(text),
    classHighlighter,
    (part, classes) => lines[lines.length - 1].push(classes ? html`<span class=${classes}>${part}</span>` : part),
    () => lines.push([]),
  );
  return lines;
}

/**
 * @param {number} n
 * @param {string} rest
 */
const lines = (n, rest) => `${n} ${n === 1 ? 'line' : 'lines'} ${rest}`;

export class CodeDiff extends LitElement {
  static properties = { left: { attribute: false }, right: { attribute: false } };

  constructor() {
    super();
    /** @type {Side} */
    this.left = { title: '', text: '' };
    /** @type {Side} */
    this.right = { title: '', text: '' };
  }

  /**
   * @param {Side} side
   * @param {{line: number | null, same: boolean}[]} rows
   * @param {string} mark
   */
  #pane({ title, text }, rows, mark) {
    const parts = highlighted(text);
    return html`<section>
      <h5>${title}</h5>
      <pre class="code" tabindex="0" aria-label=${title}><code>${rows.map(({ line, same }) =>
        line === null
          ? html`<span class="line gap" data-n=""> </span>`
          : html`<span
              class="line ${same ? '' : mark}"
              data-n=${same ? line + 1 : `${line + 1} ${mark === 'gone' ? '−' : '+'}`}
              >${parts[line]}</span
            >`,
      )}</code></pre>
    </section>`;
  }

  render() {
    const pairs = pairLines(linesOf(this.left.text), linesOf(this.right.text));
    const same = pairs.filter((pair) => pair.same).length;
    const mine = pairs.filter(({ left }) => left !== null).length - same,
      other = pairs.filter(({ right }) => right !== null).length - same;
    return html`<p>
        ${strings.markedMarked(lines(same, strings.theSameButFor), lines(mine, strings.onlyOnTheLeft), lines(other, strings.onlyOnTheRight))}
      </p>
      <div class="panes">
        ${this.#pane(
          this.left,
          pairs.map((pair) => ({ line: pair.left, same: pair.same })),
          'gone',
        )}${this.#pane(
          this.right,
          pairs.map((pair) => ({ line: pair.right, same: pair.same })),
          'come',
        )}
      </div>`;
  }

  static styles = [
    base,
    code,
    css`
      :host {
        display: block;
      }
      p {
        margin: 0;
        padding: 0.6rem 1.1rem 0;
        color: var(--muted);
        font-size: 0.85rem;
      }
      h5 {
        margin: 0;
        padding: 0.6rem 1.1rem;
        font: 600 0.8rem var(--ui);
        color: var(--muted);
      }
      .panes {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
      }
      .panes section + section {
        border-left: 1px solid var(--rule);
      }
      pre.code {
        font-variant-ligatures: none;
        height: calc(100% - 2.3rem);
        border-top: 1px solid var(--rule);
      }
      pre.code .line::before {
        white-space: pre;
      }
      pre.code .gone {
        background: var(--bad-soft);
      }
      pre.code .come {
        background: var(--ok-soft);
      }
      @media (max-width: 52rem) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
        .panes section + section {
          border-left: 0;
          border-top: 1px solid var(--rule);
        }
        pre.code .gap {
          display: none;
        }
      }
    `,
  ];
}

customElements.define('code-diff', CodeDiff);
