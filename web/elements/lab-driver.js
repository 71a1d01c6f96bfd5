import { css, html, LitElement, nothing } from 'lit';
import { compiler } from '../compiler/client.js';
import { driveLab } from '../lib/driven-lab.js';
import { base, buttons } from './shared.js';
import './program-output.js'; import { labDriver as strings } from '../strings/strings.js';
/* in the lab's card, under its badge */

/**
 * "Run the lab with my code": links what has run the checks into the lab that the challenge drives, and shows it there.
 * Offered for wrong answers too, more quietly: what a wrong one does to the plot is a lesson of its own.
 */
export class LabDriver extends LitElement {
  static properties = {
    challenge: { attribute: false },
    text: { attribute: false },
    passed: { type: Boolean },
    phase: { state: true },
    problems: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      :host {
        margin-top: 0.8rem;
      }
      p {
        margin: 0;
        color: var(--muted);
      }
      .offer {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 0.8rem;
        align-items: center;
      }
      .offer p {
        flex: 1 1 16rem;
      }
      .problem {
        color: var(--bad);
        overflow-wrap: anywhere;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {import('./challenge-card.js').Challenge | null} */
    this.challenge = null;
    this.text = ''; /* as it ran the checks */
    this.passed = false;
    /** @type {'idle' | 'linking'} */
    this.phase = 'idle';
    /** @type {string[]} */
    this.problems = [];
  }

  async #drive() {
    const { challenge, text, passed } = this;
    if (!challenge?.drives || this.phase !== 'idle') return;
    this.phase = 'linking';
    this.problems = [];
    try {
      const { wasm, problems, diagnostics } = await compiler.drive(challenge, text);
      if (!wasm) {
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        this.problems = [...errors.map(({ line, message }) => strings.line(line, message)), ...problems];
        return;
      }
      const module = await WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (wasm));
      const explain = (/** @type {import('../compiler/traps.js').Trap} */ trap) => compiler.explain(trap, wasm);
      await driveLab(challenge.drives, { module, title: challenge.title, passed, explain }, this.#host());
    } catch (error) {
      this.problems = [error instanceof Error ? error.message : String(error)];
    } finally {
      this.phase = 'idle';
    }
  }

  /** The challenge's card on the page: the lab stands below it if it stands nowhere else. */
  #host() {
    return /** @type {ShadowRoot} */ (this.getRootNode()).host;
  }

  render() {
    const linking = this.phase === 'linking';
    return html`<div class="offer">
        <button aria-disabled=${linking} class=${this.passed ? '' : 'link'} @click=${this.#drive}>
          ${linking ? strings.linking : strings.runTheLabWith}
        </button>
        <p>
          ${
            this.passed
              ? strings.aLabOfThis
              : strings.notRightYetBut
          }
        </p>
      </div>
      ${this.problems.length > 0 ? html`<p class="problem" role="alert">${this.problems.join(' ')}</p>` : nothing}`;
  }
}

customElements.define('lab-driver', LabDriver);
