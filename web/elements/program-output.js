/** What the learner's program printed, in order, under the check that ran if it was one. */
import { css, html, LitElement, nothing } from 'lit';
import { base } from './shared.js';
import { programOutput as strings } from '../strings/strings.js';

/** @typedef {{check: string, parts: {stream: number, text: string}[]}} OutputBlock `check` may be "" */

export class ProgramOutput extends LitElement {
  static properties = { blocks: { attribute: false }, cut: { type: Boolean } };

  constructor() {
    super();
    /** @type {OutputBlock[]} */
    this.blocks = [];
    this.cut = false;
  }

  render() {
    if (this.blocks.length === 0) return nothing;
    return html`<h4>${strings.printedByYourProgram}</h4>
      <pre tabindex="0" aria-label="${strings.printedByYourProgram}">
${this.blocks.map(
          ({ check, parts }) =>
            html`${check ? html`<span class="check">${check}</span>` : nothing}${parts.map(({ stream, text }) =>
                stream === 2 ? html`<span class="error">${text}</span>` : text,
              )}`,
        )}${
          this.cut ? html`<span class="check">${strings.thereWasMoreOnly}</span>` : nothing
        }</pre>`;
  }

  static styles = [
    base,
    css`
      h4 {
        margin: 0 0 0.4rem;
        font: 600 0.8rem var(--ui);
      }
      pre {
        margin: 0;
        max-height: 16rem;
        overflow: auto;
        padding: 0.6rem 0.8rem;
        border: 1px solid var(--rule);
        border-radius: var(--radius-small);
        background: var(--code-ground);
        font: 0.8rem/1.5 var(--mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .check {
        display: block;
        color: var(--muted);
        font: 500 0.75rem/1.9 var(--ui);
      }
      .check:not(:first-child) {
        margin-top: 0.3rem;
      }
      .error {
        color: var(--bad);
      }
    `,
  ];
}

customElements.define('program-output', ProgramOutput);
