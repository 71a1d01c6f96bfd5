import { LitElement, css, html, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { formatNumber } from '../lib/format.js';
import { ownData as strings } from '../strings/strings.js';

/** @typedef {import('../lib/own-data.js').OwnAnswer} OwnAnswer */

/**
 * Where a lab takes the reader's own CSV file: dropped, chosen or pasted; its first rows; which column stands for what.
 * Reads nothing itself: the C reader in the lab's worker does.
 * @fires own-file - CustomEvent<{ name: string, bytes: Uint8Array }>
 * @fires own-columns - CustomEvent<{ columns: number[] }>
 * @fires own-forget - CustomEvent
 */
export class OwnData extends LitElement {
  static properties = {
    csv: { attribute: false },
    name: { type: String },
    answer: { attribute: false },
    kept: { attribute: false },
    most: { attribute: false },
    over: { state: true },
    pasting: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      :host {
        display: block;
        padding: 0.9rem 1.1rem;
        border-bottom: 1px solid var(--rule);
        font-size: 0.86rem;
      }
      .drop {
        padding: 0.8rem 1rem;
        border: 1.5px dashed var(--field);
        border-radius: var(--radius-small);
      }
      .drop.over {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      p {
        margin: 0 0 0.5rem;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
      }
      .parts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
        gap: 0.7rem 1.4rem;
        align-items: start;
      }
      .parts > * {
        min-width: 0;
      }
      .drop + .row {
        margin-top: 0.7rem;
      }
      .quiet-text {
        margin: 0.5rem 0 0;
        color: var(--muted);
      }
      .problem {
        margin: 0.6rem 0 0;
        color: var(--bad);
        overflow-wrap: anywhere;
      }
      textarea {
        width: 100%;
        min-height: 7rem;
        margin: 0.6rem 0;
        border: 1px solid var(--field);
        border-radius: var(--radius-small);
        background: var(--card);
        color: var(--ink);
        font: 400 0.8rem/1.4 var(--mono);
      }
      select {
        min-height: 1.9rem;
        max-width: 14rem;
        border: 1px solid var(--field);
        border-radius: 6px;
        background: var(--card);
        color: var(--ink);
        font: 500 0.82rem var(--ui);
      }
      .scroller {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        font: 400 0.78rem/1.3 var(--mono);
      }
      th,
      td {
        padding: 0.2rem 0.9rem 0.2rem 0;
        border-bottom: 1px solid var(--rule);
        text-align: left;
        white-space: nowrap;
      }
      th {
        font: 600 0.78rem var(--ui);
      }
      th span {
        display: block;
        color: var(--muted);
        font-weight: 400;
      }
      .chosen {
        color: var(--accent);
      }
      em {
        color: var(--muted);
      }
    `,
  ];

  constructor() {
    super();
    /** @type {import('../lib/lab-types.js').LabCsv | null} */
    this.csv = null;
    this.name = '';
    /** @type {OwnAnswer | null} */
    this.answer = null;
    this.kept = false; // a reload of the page finds the file
    this.most = 0; // bytes of a file that is kept
    this.over = false;
    this.pasting = false;
  }

  /**
   * @param {string} name
   * @param {Uint8Array} bytes
   */
  give(name, bytes) {
    this.pasting = false;
    this.dispatchEvent(new CustomEvent('own-file', { detail: { name, bytes } }));
  }

  /** @param {File | undefined} file */
  async open(file) {
    if (file) this.give(file.name, new Uint8Array(await file.arrayBuffer()));
  }

  async forget() {
    this.dispatchEvent(new CustomEvent('own-forget'));
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('button'))?.focus(); // the one pressed is gone
  }

  /** @param {DragEvent} event */
  drop(event) {
    event.preventDefault();
    this.over = false;
    this.open(event.dataTransfer?.files[0]);
  }

  takePasted() {
    const text = /** @type {HTMLTextAreaElement} */ (this.renderRoot.querySelector('textarea')).value;
    this.give(strings.whatYouPasted, new TextEncoder().encode(text));
  }

  /**
   * @param {number} index
   * @param {number} column
   */
  choose(index, column) {
    const columns = [...(this.answer?.table?.chosen ?? [])];
    columns[index] = column;
    this.dispatchEvent(new CustomEvent('own-columns', { detail: { columns } }));
  }

  render() {
    const { csv, answer } = this;
    if (!csv) return nothing;
    const wanted = csv.columns.map(({ label, kind }) =>
      kind === 'number' ? strings.numbers(label) : strings.twoClasses(label)).join(', ');
    return html`<div class="parts"><div><div class="drop ${this.over ? 'over' : ''}" @drop=${this.drop} @dragleave=${() => (this.over = false)}
        @dragover=${(/** @type {DragEvent} */ e) => { e.preventDefault(); this.over = true; }}>
        <p><strong>${this.name || strings.yourCsvFile}</strong>${answer?.table
          ? strings.size(formatNumber(answer.table.rows), formatNumber(answer.table.columns.length))
          : strings.wanted(wanted, csv.min_rows)}</p>
        <div class="row">
          <button @click=${() => /** @type {any} */ (this.renderRoot.querySelector('input')).click()}>
            ${this.name ? strings.chooseAnotherFile : strings.chooseAFile}</button>
          <button @click=${() => (this.pasting = !this.pasting)} aria-expanded=${this.pasting}>${strings.paste}</button>
          ${this.name ? html`<button class="forget" @click=${this.forget}>${strings.forgetIt}</button>` : nothing}
          <span>${strings.orDropItHere}</span>
          <input type="file" hidden accept=".csv,text/csv,text/plain" aria-label=${strings.csvFile}
            @change=${(/** @type {any} */ e) => { this.open(e.target.files[0]); e.target.value = ''; }} />
        </div>
        ${this.pasting
          ? html`<textarea aria-label=${strings.csvText} spellcheck="false"></textarea>
              <button @click=${this.takePasted}>${strings.readIt}</button>`
          : nothing}
        ${this.name
          ? html`<p class="quiet-text kept">${this.kept ? strings.keptInThisTab : strings.notKept(formatNumber(this.most / 1e6))}</p>`
          : nothing}
        ${answer?.error ? html`<p class="problem" role="alert">${answer.error}.</p>` : nothing}
      </div>
      ${answer?.table ? this.renderChoices(csv, answer.table) : nothing}</div>
      ${answer?.table ? this.renderTable(answer.table) : nothing}</div>
      ${answer?.note ? html`<p class="quiet-text" role="status">${answer.note} ${csv.help}</p>` : nothing}`;
  }

  /**
   * @param {import('../lib/lab-types.js').LabCsv} csv
   * @param {import('../lib/own-data.js').OwnTable} table
   */
  renderChoices(csv, { columns, chosen }) {
    return html`<div class="row">
        ${csv.columns.map(({ name, label }, i) => html`<label>${label}
          <select data-column=${name} @change=${(/** @type {any} */ e) => this.choose(i, Number(e.target.value))}>
            ${chosen[i] < 0 ? html`<option value="-1" selected>${strings.choose}</option>` : nothing}
            ${columns.map((column, k) => html`<option value=${k} ?selected=${k === chosen[i]}>${column.name}</option>`)}
          </select></label>`)}
      </div>`;
  }

  /** @param {import('../lib/own-data.js').OwnTable} table */
  renderTable({ columns, chosen }) {
    const rows = columns[0]?.cells ?? [];
    return html`<div class="scroller" tabindex="0" role="region" aria-label=${strings.firstRows}><table>
        <thead><tr>${columns.map(({ name, kind, missing }, k) => html`<th scope="col"
          class=${chosen.includes(k) ? 'chosen' : ''}>${name}
          <span>${kind}${missing ? strings.howManyMissing(formatNumber(missing)) : ''}</span></th>`)}</tr></thead>
        <tbody>${rows.map((_, i) => html`<tr>${columns.map(({ cells }) =>
          html`<td>${cells[i] || html`<em>${strings.missing}</em>`}</td>`)}</tr>`)}</tbody>
      </table></div>`;
  }
}
customElements.define('own-data', OwnData);
