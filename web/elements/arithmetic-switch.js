import { LitElement, css, html, nothing } from 'lit';
import { base } from './shared.js';
import { arithmetic } from '../lib/arithmetic.js';
import { arithmeticSwitch as strings } from '../strings/strings.js';

/** The choice of fused arithmetic (lib/arithmetic.js), for all labs at once. Empty where the browser has no choice. */
export class ArithmeticSwitch extends LitElement {
  static styles = [
    base,
    css`
      label {
        display: flex;
        gap: 0.5rem;
        align-items: flex-start;
        padding-block: 0.15rem;
        color: var(--muted);
        font-size: 0.78rem;
        line-height: 1.5rem;
        cursor: pointer;
      }
      label:hover {
        color: var(--ink);
      }
      input {
        width: 1.1rem;
        height: 1.5rem;
        margin: 0;
        accent-color: var(--accent);
      }
    `,
  ];

  connectedCallback() {
    super.connectedCallback();
    arithmetic.addEventListener('change', this.refresh);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    arithmetic.removeEventListener('change', this.refresh);
  }

  refresh = () => this.requestUpdate();

  render() {
    if (!arithmetic.available) return nothing;
    return html`<label title="${strings.forAllLabsA}">
      <input type="checkbox" .checked=${arithmetic.fused} @change=${this.choose} />
      ${strings.fusedArithmeticFasterOn}</label>`;
  }

  /** @param {Event} event */
  choose(event) {
    arithmetic.fused = /** @type {HTMLInputElement} */ (event.target).checked;
  }
}

customElements.define('arithmetic-switch', ArithmeticSwitch);
