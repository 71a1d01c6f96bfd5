import { LitElement, css, html, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { readoutText } from '../lib/format.js';
import { labReadouts as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabReadout} LabReadout */

const FEW = 8; // that many are shown large

/**
 * The figures of a lab, the main ones large.
 * @fires open-box - CustomEvent<{ source: LabReadout }>
 */
export class LabReadouts extends LitElement {
  static properties = { readouts: { attribute: false }, values: { attribute: false },
    pinned: { attribute: false }, open: { state: true } };

  static styles = [
    base,
    buttons,
    css`
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0.45rem 1.7rem;
        margin: 0;
      }
      div:has(> dl) {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 0.5rem;
        align-items: flex-start;
        justify-content: space-between;
      }
      dl > div {
        display: flex;
        flex-direction: column-reverse;
      }
      dd {
        margin: 0;
        min-width: 4.2ch;
        font: 600 1.22rem/1.25 var(--mono);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      dd small {
        margin-left: 0.2em;
        color: var(--muted);
        font: 500 0.72rem var(--ui);
      }
      dt {
        color: var(--muted);
        font-size: 0.76rem;
        line-height: 1.5rem;
      }
      dt button.link {
        color: var(--muted);
        font: inherit;
        text-decoration: underline dotted 1px;
      }
      dt button.link:hover {
        background: none;
        color: var(--accent);
      }
      .pinned {
        margin-left: 0.5em;
        border-bottom: 1.5px dashed currentColor;
        color: var(--muted);
        font-size: 0.72em;
        font-weight: 500;
      }
      .word {
        color: var(--muted);
        font-family: var(--ui);
        font-size: 0.8em;
        font-weight: 500;
      }
      .many dl {
        flex: 1;
        gap: 0.1rem 0.7rem;
      }
      .many dd,
      .minor dd {
        font-size: 0.86rem;
      }
      .many dd small {
        font-size: 0.62rem;
      }
      .many dt {
        font-size: 0.7rem;
      }
      button.all {
        align-self: center;
        min-height: 1.6rem;
        padding: 0 0.3rem;
        font-size: 0.76rem;
      }
      dl.minor {
        flex-basis: 100%;
      }
      @media (max-width: 34rem) {
        .many dl {
          flex-basis: 100%;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {LabReadout[]} */
    this.readouts = [];
    /** @type {ArrayLike<number>} */
    this.values = [];
    /** @type {ArrayLike<number> | null} of a pinned run */
    this.pinned = null;
    this.open = false;
  }

  render() {
    const shown = this.readouts.map((readout, i) => ({ readout, value: this.values[i], pinned: this.pinned?.[i] }));
    const minor = shown.filter(({ readout }) => readout.minor);
    const main = shown.filter(({ readout }) => !readout.minor);
    return html`<div class=${main.length > FEW ? 'many' : ''}>
      <dl>${main.map((one) => this.figure(one))}</dl>
      ${minor.length
        ? html`<button class="quiet all" aria-expanded=${this.open} @click=${() => (this.open = !this.open)}>
            ${this.open ? strings.less : strings.more}<span class="visually-hidden"> ${strings.figures}</span></button>`
        : nothing}
      ${this.open ? html`<dl class="minor">${minor.map((one) => this.figure(one))}</dl>` : nothing}
    </div>`;
  }

  /** @param {{ readout: LabReadout, value: number | undefined, pinned: number | undefined }} one */
  figure({ readout, value, pinned }) {
    const text = readoutText(readout, value);
    const unit = readout.unit && text !== readout.absent ? html`<small>${readout.unit}</small>` : nothing;
    const help = [readout.help, readout.code && strings.computedBy(readout.code)].filter(Boolean).join(' ');
    const name = readout.code
      ? html`<button class="link" title=${help} @click=${() => this.openBox(readout)}>${readout.label}</button>`
      : html`<span title=${help || nothing}>${readout.label}</span>`;
    return html`<div><dt>${name}${readout.measured ? strings.measured : ''}</dt>
      <dd data-readout=${readout.name}><span class=${text === readout.absent ? 'word' : ''}>${text}</span>${unit}${
        this.pinned
          ? html`<span class="pinned" title="${strings.thePinnedRun}"><span class="visually-hidden">${strings.pinned} </span>${readoutText(
              readout, pinned)}</span>`
          : nothing}</dd>
    </div>`;
  }

  /** @param {LabReadout} readout */
  openBox(readout) {
    this.dispatchEvent(new CustomEvent('open-box', { detail: { source: readout }, bubbles: true, composed: true }));
  }
}
customElements.define('lab-readouts', LabReadouts);
