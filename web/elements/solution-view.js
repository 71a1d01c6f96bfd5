/** A solution beside the learner's own code, in a dialog; before the challenge is solved it asks first. */
import { css, html, LitElement, nothing } from 'lit';
import { base, buttons } from './shared.js';
import './code-diff.js';
import { solutionView as strings } from '../strings/strings.js';

export class SolutionView extends LitElement {
  static properties = { solution: {}, mine: {}, solved: { type: Boolean }, agreed: { state: true } };

  constructor() {
    super();
    this.solution = '';
    this.mine = '';
    this.solved = false;
    this.agreed = false;
  }

  /** Opens the dialog; call it after `solution`, `mine` and `solved` are set. */
  async open() {
    this.agreed = this.solved;
    await this.updateComplete;
    this.#dialog.showModal();
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  #close() {
    this.#dialog.close();
  }

  #question() {
    return html`<div class="ask">
      <h4 id="title">${strings.showASolutionNow}</h4>
      <p>${strings.youHaveNotSolved}</p>
      <div class="choices">
        <button class="go" autofocus @click=${this.#close}>${strings.keepTrying}</button>
        <button @click=${() => (this.agreed = true)}>${strings.showTheSolution}</button>
      </div>
    </div>`;
  }

  #answer() {
    return html`<header>
        <h4 id="title">${strings.aSolutionBesideYours}</h4>
        <button autofocus @click=${this.#close}>${strings.close}</button>
      </header>
      <code-diff
        .left=${{ title: strings.yourCode, text: this.mine }}
        .right=${{ title: strings.aSolution, text: this.solution }}
      ></code-diff>`;
  }

  render() {
    return html`<dialog class=${this.agreed ? 'wide' : ''} aria-labelledby="title">
      ${this.agreed ? this.#answer() : this.solution ? this.#question() : nothing}
    </dialog>`;
  }

  static styles = [
    base,
    buttons,
    css`
      dialog {
        width: min(30rem, calc(100vw - 2rem));
        max-height: calc(100vh - 3rem);
        padding: 0;
        overflow: auto;
        border: 1px solid var(--rule);
        border-radius: var(--radius);
        background: var(--card);
        color: var(--ink);
        box-shadow: var(--shadow);
      }
      dialog.wide {
        width: min(84rem, calc(100vw - 2rem));
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      h4 {
        margin: 0;
        font: 600 1.02rem/1.35 var(--ui);
      }
      .ask {
        padding: 1.1rem;
      }
      .ask p {
        margin: 0.5rem 0 1rem;
      }
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 1rem;
        padding: 0.7rem 1.1rem;
        border-bottom: 1px solid var(--rule);
        background: var(--card);
      }
    `,
  ];
}

customElements.define('solution-view', SolutionView);
