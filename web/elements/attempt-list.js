/** Earlier attempts at a challenge, each with its verdict; any of them can be brought back. */
import { css, html, LitElement, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { attemptList as strings } from '../strings/strings.js';

/** @typedef {import('../lib/attempts.js').Attempt} Attempt */

const when = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** @fires restore - CustomEvent<{ attempt: Attempt }>, when the reader wants one back */
export class AttemptList extends LitElement {
  static properties = { attempts: { attribute: false }, current: {} };

  constructor() {
    super();
    /** @type {Attempt[]} newest first */
    this.attempts = [];
    this.current = ''; /* what stands in the editor */
  }

  /** @param {Attempt} attempt */
  #restore(attempt) {
    this.dispatchEvent(new CustomEvent('restore', { detail: { attempt } }));
  }

  /** @param {Attempt} attempt */
  #item(attempt) {
    const { time, text, verdict } = attempt,
      at = when.format(time);
    return html`<li>
      <time datetime=${new Date(time).toISOString()}>${at}</time>
      <span class="verdict">${verdict}</span>
      ${
        text === this.current
          ? html`<span class="here">${strings.inTheEditor}</span>`
          : html`<button
              class="quiet"
              aria-label="${strings.restoreTheAttemptOf(at, verdict)}"
              @click=${() => this.#restore(attempt)}
            >
              ${strings.restore}
            </button>`
      }
    </li>`;
  }

  render() {
    if (this.attempts.length === 0) return nothing;
    return html`<details>
      <summary>${strings.earlierAttempts} <span class="count">${this.attempts.length}</span></summary>
      <ol>
        ${this.attempts.map((attempt) => this.#item(attempt))}
      </ol>
    </details>`;
  }

  static styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
      }
      details {
        padding: 0.3rem 1.1rem 0.6rem;
        border-top: 1px solid var(--rule);
      }
      summary {
        padding: 0.35rem 0;
        font: 600 0.8rem/1.4 var(--ui);
        cursor: pointer;
      }
      .count,
      .here,
      time {
        color: var(--muted);
        font-weight: 400;
      }
      ol {
        list-style: none;
        margin: 0.2rem 0 0;
        padding: 0;
        max-height: 16rem;
        overflow-y: auto;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 0.9rem;
        align-items: center;
        min-height: 2.3rem;
        font-size: 0.85rem;
      }
      .verdict {
        flex: 1;
      }
    `,
  ];
}

customElements.define('attempt-list', AttemptList);
