/** Says that another tab has changed the code of a challenge meanwhile, shows how, and leaves the choice to the learner. */
import { css, html, LitElement } from 'lit';
import { base, buttons } from './shared.js';
import { tabNotice as strings } from '../strings/strings.js';

/**
 * @fires keep - the learner goes on with what is here
 * @fires take - the learner wants what the other tab has
 */
export class TabNotice extends LitElement {
  static properties = { mine: {}, theirs: {}, shown: { state: true } };

  constructor() {
    super();
    this.mine = '';
    this.theirs = '';
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
    return html`<h4>${strings.anotherTabHasChanged}</h4>
      <p>
        ${strings.hereIsWhatYou}
      </p>
      <details @toggle=${this.#toggle}>
        <summary>${strings.whatDiffers}</summary>
        ${
          this.shown
            ? html`<code-diff
                .left=${{ title: strings.theOtherTab, text: this.theirs }}
                .right=${{ title: strings.thisTab, text: this.mine }}
              ></code-diff>`
            : ''
        }
      </details>
      <div class="choices">
        <button @click=${fire('keep')}>${strings.keepThisTabs}</button>
        <button @click=${fire('take')}>${strings.takeTheOtherTabs}</button>
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

customElements.define('tab-notice', TabNotice);
