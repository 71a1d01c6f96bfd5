/** A solution beside the learner's own code, in a dialog; before the challenge is solved it asks first. */
import { cppLanguage } from '@codemirror/lang-cpp';
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { css, html, LitElement, nothing } from 'lit';
import { base, buttons, code } from './shared.js';

/**
 * @param {string} text of C
 * @returns {unknown[]} templates, one for each line
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
  return lines.map((parts, i) => html`<span class="line" data-n=${i + 1}>${parts}</span>`);
}

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
      <h4 id="title">Show a solution now?</h4>
      <p>You have not solved this one yet. A hint may be all you need; and one of your own sticks better.</p>
      <div class="choices">
        <button class="go" autofocus @click=${this.#close}>Keep trying</button>
        <button @click=${() => (this.agreed = true)}>Show the solution</button>
      </div>
    </div>`;
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  #pane(title, text) {
    return html`<section>
      <h5>${title}</h5>
      <pre class="code" tabindex="0" aria-label=${title}><code>${highlighted(text)}</code></pre>
    </section>`;
  }

  #answer() {
    return html`<header>
        <h4 id="title">A solution beside yours</h4>
        <button autofocus @click=${this.#close}>Close</button>
      </header>
      <div class="panes">${this.#pane('Your code', this.mine)}${this.#pane('A solution', this.solution)}</div>`;
  }

  render() {
    return html`<dialog class=${this.agreed ? 'wide' : ''} aria-labelledby="title">
      ${this.agreed ? this.#answer() : this.solution ? this.#question() : nothing}
    </dialog>`;
  }

  static styles = [
    base,
    buttons,
    code,
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
      h5 {
        margin: 0;
        padding: 0.6rem 1.1rem;
        font: 600 0.8rem var(--ui);
        color: var(--muted);
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
      @media (max-width: 52rem) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
        .panes section + section {
          border-left: 0;
          border-top: 1px solid var(--rule);
        }
      }
    `,
  ];
}

customElements.define('solution-view', SolutionView);
