/** Says that a challenge's starter has changed since the learner began, shows how, and leaves the choice to them. */
import { css, html, LitElement } from 'lit';
import { base, buttons } from './shared.js';
import { starterNotice as strings } from '../strings/strings.js';

/**
 * @fires keep - the learner stays with their code
 * @fires take - the learner wants the new starter
 */
export class StarterNotice extends LitElement {
  static properties = { was: {}, is: {}, shown: { state: true } };

  constructor() {
    super();
    this.was = ''; /* the starter that the learner began with */
    this.is = ''; /* and the one of today */
    this.shown = false;
  }

  /** @param {Event} event of the details */
  async #toggle({ target }) {
    const details = /** @type {HTMLDetailsElement} */ (target);
    await import('./code-diff.js');
    this.shown = details.open;
  }

  render() {
    const fire = (/** @type {string} */ type) => () => this.dispatchEvent(new CustomEvent(type));
    return html`<h4>${strings.thisChallengeHasChanged}</h4>
      <p>
        ${strings.yourCodeIsAs}
      </p>
      <details @toggle=${this.#toggle}>
        <summary>${strings.whatHasChangedIn}</summary>
        ${
          this.shown
            ? html`<code-diff
                .left=${{ title: strings.theStarterWhenYou, text: this.was }}
                .right=${{ title: strings.theStarterNow, text: this.is }}
              ></code-diff>`
            : ''
        }
      </details>
      <div class="choices">
        <button @click=${fire('keep')}>${strings.keepMyCode}</button>
        <button @click=${fire('take')}>${strings.beginWithTheNew}</button>
      </div>`;
  }

  static styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
        padding: 0.8rem 1.1rem;
        border-bottom: 1px solid var(--rule);
        background: var(--soft);
      }
      h4 {
        margin: 0;
        font: 600 0.9rem/1.4 var(--ui);
      }
      p {
        margin: 0.2rem 0 0.4rem;
      }
      summary {
        padding: 0.35rem 0;
        cursor: pointer;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-top: 0.4rem;
      }
    `,
  ];
}

customElements.define('starter-notice', StarterNotice);
