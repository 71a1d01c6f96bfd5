/** What an answer costs beside the solution, and whether that earns the second star. */
import { css, html, LitElement, nothing } from 'lit';
import { base } from './shared.js';
import { costTable as strings } from '../strings/strings.js';

/** @typedef {import('../compiler/count.js').Counts} Counts */

/**
 * @typedef {object} CostView
 * @property {number} ms of a call
 * @property {number} referenceMs
 * @property {Counts | null} counts null if this challenge does not count
 * @property {Counts | null} reference
 * @property {Star | null} star
 *
 * @typedef {{quantity: keyof Counts, most: number}} Star at most `most` times the solution's
 */

/** @type {Record<keyof Counts, string>} */
export const NAMES = { flops: strings.floatingPointOperations, loads: strings.loads, stores: strings.stores };

/** @param {number} ms */
function duration(ms) {
  if (ms < 1) return `${(ms * 1000).toPrecision(3)} µs`;
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`;
}

/** @param {number} n */
const whole = (n) => n.toLocaleString('en-GB');

/**
 * @param {number} mine
 * @param {number} reference
 */
const ratio = (mine, reference) => (mine === reference ? 1 : mine / reference); /* 0 of 0 is as good */

/**
 * Whether the star is earned.
 * @param {CostView} cost
 */
export function starred({ star, counts, reference }) {
  return Boolean(star && counts && reference && ratio(counts[star.quantity], reference[star.quantity]) <= star.most);
}

/**
 * The star's condition in words.
 * @param {Star} star
 */
export const starWords = ({ quantity, most }) => strings.atMostTimesThe(most, NAMES[quantity]);

export class CostTable extends LitElement {
  static properties = { cost: { attribute: false } };

  constructor() {
    super();
    /** @type {CostView | null} */
    this.cost = null;
  }

  /**
   * @param {string} name
   * @param {number} mine
   * @param {number} reference
   * @param {(value: number) => string} text
   */
  #row(name, mine, reference, text) {
    const times = ratio(mine, reference);
    return html`<tr>
      <th scope="row">${name}</th>
      <td>${text(mine)}</td>
      <td>${text(reference)}</td>
      <td>${Number.isFinite(times) ? `${times.toFixed(2)} ×` : '–'}</td>
    </tr>`;
  }

  /** @param {CostView} cost */
  #star(cost) {
    if (!cost.star) return nothing;
    const won = starred(cost);
    return html`<p class=${won ? 'won' : ''}>
      <span aria-hidden="true">${won ? '★' : '☆'}</span>
      ${(won ? strings.starEarned : strings.starOpen)(starWords(cost.star))}
    </p>`;
  }

  render() {
    const { cost } = this;
    if (!cost) return nothing;
    const { ms, referenceMs, counts, reference } = cost;
    return html`<table>
        <caption>
          ${strings.costOfOneCall}
        </caption>
        <thead>
          <tr>
            <td></td>
            <th scope="col">${strings.yours}</th>
            <th scope="col">${strings.solution}</th>
            <th scope="col">${strings.ratio}</th>
          </tr>
        </thead>
        <tbody>
          ${this.#row(strings.time, ms, referenceMs, duration)}
          ${
            counts && reference
              ? /** @type {(keyof Counts)[]} */ (Object.keys(NAMES)).map((quantity) =>
                  this.#row(NAMES[quantity], counts[quantity], reference[quantity], whole),
                )
              : nothing
          }
        </tbody>
      </table>
      <p class="how">
        ${strings.compiledForSpeedWithout}
        ${counts ? strings.countedInYourOwn : nothing}
      </p>
      ${this.#star(cost)}`;
  }

  static styles = [
    base,
    css`
      table {
        border-collapse: collapse;
        font-size: 0.85rem;
      }
      caption {
        padding-bottom: 0.3rem;
        text-align: left;
        font: 600 0.8rem/1.4 var(--ui);
      }
      th {
        text-align: left;
        font-weight: 500;
      }
      thead th {
        color: var(--muted);
      }
      td,
      thead th {
        padding: 0.16rem 0 0.16rem 1.2rem;
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      tbody tr {
        border-top: 1px solid var(--rule);
      }
      p {
        margin: 0.4rem 0 0;
      }
      .how {
        color: var(--muted);
        font-size: 0.75rem;
      }
      .won {
        color: var(--ok);
        font-weight: 600;
      }
    `,
  ];
}

customElements.define('cost-table', CostTable);
