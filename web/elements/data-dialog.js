import { LitElement, css, html, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { PICTURED } from './lab-view.js';
import { decodeView } from '../lib/lab-module.js';
import { bothRuns, cellText, hasOverlay, readoutTable, toCsv, viewTable } from '../lib/lab-data.js';
import { formatNumber } from '../lib/format.js';
import { dataDialog as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabDeclaration} LabDeclaration */
/** @typedef {import('../lib/lab-types.js').LabFrame} LabFrame */
/** @typedef {import('../lib/lab-data.js').DataTable} DataTable */

const ROWS_SHOWN = 300;

/** The numbers behind a lab's plots at one moment, as tables and as CSV files. */
export class DataDialog extends LitElement {
  static properties = {
    declaration: { attribute: false },
    frame: { attribute: false },
    pinned: { attribute: false },
    picture: { attribute: false },
    chosen: { state: true },
    said: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      dialog {
        width: min(60rem, 94vw);
        height: min(46rem, 90dvh);
        padding: 0;
        border: 1px solid var(--rule);
        border-radius: var(--radius);
        background: var(--card);
        color: var(--ink);
        box-shadow: var(--shadow);
        overflow: hidden;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 35%);
      }
      .frame {
        display: grid;
        grid-template-rows: auto auto minmax(0, 1fr);
        height: 100%;
      }
      header,
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem;
        align-items: center;
        padding: 0.7rem 1.1rem;
        border-bottom: 1px solid var(--rule);
      }
      h2 {
        margin: 0;
        font: 600 1.02rem var(--ui);
      }
      header button {
        margin-left: auto;
      }
      select {
        min-height: 2.25rem;
        max-width: 100%;
        padding: 0.3rem 0.5rem;
        border: 1px solid var(--field);
        border-radius: var(--radius-small);
        background: var(--card);
        color: var(--ink);
        font: 500 0.85rem var(--ui);
      }
      .said {
        color: var(--muted);
      }
      .scroller {
        overflow: auto;
      }
      table {
        min-width: 100%;
        border-collapse: collapse;
        font: 400 0.78rem/1.3 var(--mono);
        font-variant-numeric: tabular-nums;
      }
      th {
        position: sticky;
        top: 0;
        padding: 0.4rem 0.9rem;
        background: var(--soft);
        font: 600 0.76rem var(--ui);
        text-align: left;
      }
      td {
        padding: 0.2rem 0.9rem;
        border-top: 1px solid var(--rule);
        white-space: nowrap;
      }
      td.number,
      th.number {
        text-align: right;
      }
      p {
        margin: 0.8rem 1.1rem;
        color: var(--muted);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {LabDeclaration | null} */
    this.declaration = null;
    /** @type {LabFrame | null} all views at one moment */
    this.frame = null;
    /** @type {LabFrame | null} of a pinned run */
    this.pinned = null;
    /** @type {((view: number) => Promise<Blob>) | null} */
    this.picture = null;
    this.chosen = -1; // the figures; then the views
    this.said = '';
  }

  async open() {
    this.said = '';
    await this.updateComplete;
    /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog')).showModal();
  }

  close() {
    /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog')).close();
  }

  /** @returns {DataTable} */
  table() {
    const lab = /** @type {LabDeclaration} */ (this.declaration);
    const frame = /** @type {LabFrame} */ (this.frame);
    const view = lab.views[this.chosen];
    if (!view) return readoutTable(lab.readouts, frame.readouts, this.pinned?.readouts);
    const pinned = hasOverlay(view) ? this.pinned : null;
    const [present, other] = [frame, pinned].map((run) => run && viewTable(view, decodeView(viewOf(run, this.chosen)).blocks));
    return other ? bothRuns(/** @type {DataTable} */ (present), other) : /** @type {DataTable} */ (present);
  }

  download() {
    this.save(new Blob([toCsv(this.table())], { type: 'text/csv;charset=utf-8' }), 'csv');
  }

  async downloadPicture() {
    try {
      const blob = await this.picture?.(this.chosen);
      if (blob) this.save(blob, 'png');
    } catch {
      this.said = strings.theBrowserCouldNot;
    }
  }

  /**
   * @param {Blob} blob
   * @param {string} ending
   */
  save(blob, ending) {
    const lab = /** @type {LabDeclaration} */ (this.declaration);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${lab.name}-${lab.views[this.chosen]?.name ?? 'figures'}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000); // the browser reads it after this returns
    this.said = strings.isWithYourDownloads(link.download);
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(toCsv(this.table()));
      this.said = strings.copied;
    } catch {
      this.said = strings.theBrowserDoesNot;
    }
  }

  render() {
    const { declaration: lab, frame } = this;
    return html`<dialog aria-labelledby="title">
      ${lab && frame
        ? html`<div class="frame">
            <header>
              <h2 id="title">${strings.theNumbersBehind(lab.title)}</h2><button @click=${this.close}>${strings.close}</button>
            </header>
            <div class="tools">
              <select aria-label="${strings.what}" @change=${(/** @type {any} */ e) => (this.chosen = Number(e.target.value))}>
                <option value="-1">${strings.figuresAtStep(formatNumber(frame.steps))}</option>
                ${lab.views.map(
                  (view, i) => html`<option value=${i} ?selected=${i === this.chosen}>${view.title}</option>`,
                )}
              </select>
              <button @click=${this.download}>${strings.downloadCsv}</button><button @click=${this.copy}>${strings.copyCsv}</button>
              ${PICTURED.has(lab.views[this.chosen]?.kind)
                ? html`<button @click=${this.downloadPicture}>${strings.downloadPng}</button>`
                : nothing}
              <span class="said" role="status">${this.said}</span>
            </div>
            <div class="scroller" tabindex="0" role="region" aria-label="${strings.table}">${this.rows(this.table())}</div>
          </div>`
        : nothing}
    </dialog>`;
  }

  /** @param {DataTable} table */
  rows(table) {
    if (table.rows === 0) return html`<p>${strings.nothingYetRunThe}</p>`;
    const shown = Array.from({ length: Math.min(table.rows, ROWS_SHOWN) }, (_, i) => table.row(i));
    const numeric = shown[0].map((cell) => typeof cell === 'number');
    /** @param {number} k */
    const side = (k) => (numeric[k] ? 'number' : '');
    /** @param {(string | number)[]} row */
    const cells = (row) => row.map((cell, k) => html`<td class=${side(k)}>${cellText(cell)}</td>`);
    return html`<table>
        <thead><tr>${table.header.map((name, k) => html`<th scope="col" class=${side(k)}>${name}</th>`)}</tr></thead>
        <tbody>${shown.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody>
      </table>
      ${table.rows > ROWS_SHOWN
        ? html`<p>${strings.theFirstOfRows(ROWS_SHOWN, formatNumber(table.rows))}</p>`
        : nothing}`;
  }
}
/**
 * @param {LabFrame} frame with all views
 * @param {number} index
 */
const viewOf = (frame, index) =>
  /** @type {import('../lib/lab-types.js').RawView} */ (frame.views.find((one) => one.view === index));

customElements.define('data-dialog', DataDialog);
