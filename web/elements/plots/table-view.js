/** Tables in place of plots: rows of figures, and the confusion matrix. */
import { formatNumber } from '../../lib/format.js';
import { columnsTable } from '../../lib/lab-data.js';
import { colourRange } from './canvas.js';
import { tableView as strings } from '../../strings/strings.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */

const MOST_ROWS = 200; // the rest is in the data
const LARGE = 8; // columns of a matrix whose cells stand close
const STRONGEST = 45; // per cent of the colour in a full cell: its figure is read on it in both schemes
const EVERY_MS = 120; // nobody reads figures that change at every frame

/**
 * @param {string} tag
 * @param {string} text
 */
function element(tag, text = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/**
 * @param {string | number} cell
 * @param {string | null} absent what stands for -1, where it is no figure
 */
const shown = (cell, absent) => (typeof cell === 'string' ? cell : cell === -1 && absent ? absent : formatNumber(cell));

/** @implements {Painter} */
export class TableView {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.element = document.createElement('div');
    this.element.className = 'scroller';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'region');
    this.element.setAttribute('aria-label', view.title);
    this.every = EVERY_MS;
    this.shape = '';
  }

  /** @type {Painter['draw']} */
  draw({ blocks }) {
    const table = columnsTable(this.view, blocks);
    const rows = Math.min(table.rows, MOST_ROWS);
    const shape = `${rows} of ${table.rows} × ${table.header.join('|')}`;
    if (shape !== this.shape) this.rebuild(table.header, rows, table.rows);
    this.shape = shape;
    const cells = this.element.querySelectorAll('tbody td');
    let at = 0;
    for (let i = 0; i < rows; i++)
      for (const cell of table.row(i)) {
        const text = shown(cell, this.view.absent);
        if (cells[at].textContent !== text) cells[at].textContent = text;
        at++;
      }
  }

  /**
   * @param {string[]} header
   * @param {number} rows
   * @param {number} all
   */
  rebuild(header, rows, all) {
    const table = document.createElement('table');
    const head = table.createTHead().insertRow();
    for (const name of header) {
      const cell = head.appendChild(element('th', name));
      cell.setAttribute('scope', 'col');
    }
    const body = table.createTBody();
    for (let i = 0; i < rows; i++) {
      const row = body.insertRow();
      for (let k = 0; k < header.length; k++) row.insertCell();
    }
    this.element.replaceChildren(table);
    if (all > rows) this.element.append(element('p', strings.theFirstOfRows(rows, all)));
  }
}

/** @implements {Painter} */
export class MatrixView {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.element = document.createElement('div');
    this.ownHeight = view.pick; // what is picked from is shown whole
    this.element.className = `scroller matrix${view.pick ? ' own-height' : ''}`;
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'region');
    this.element.setAttribute('aria-label', view.title);
    this.every = EVERY_MS;
    this.picked = -1;
    this.drawn = '';
    /** @type {((item: number) => void) | undefined} */
    this.onpick = undefined;
    if (view.pick) this.element.addEventListener('click', (event) => this.click(event));
  }

  /** @param {MouseEvent} event */
  click(event) {
    const cell = /** @type {HTMLElement} */ (event.target).closest('td');
    const item = cell ? [...this.element.querySelectorAll('tbody td')].indexOf(cell) : -1;
    if (item >= 0) this.onpick?.(item);
  }

  /** @type {Painter['draw']} */
  draw(frame) {
    const grid = frame.blocks.find((block) => block.kind === 'grid');
    if (!grid) return;
    const key = `${grid.labels.join()} ${grid.values.join()} ${this.picked}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const range = colourRange(grid);
    this.element.classList.toggle('large', grid.columns >= LARGE);
    const table = document.createElement('table');
    const { x, y } = this.view;
    table.createCaption().textContent = x.title && y.title ? strings.rowsColumns(y.title, x.title) : '';
    const head = table.createTHead().insertRow();
    head.insertCell();
    for (let k = 0; k < grid.columns; k++) head.append(element('th', grid.labels[k] ?? String(k)));
    const body = table.createTBody();
    for (let i = 0; i < grid.rows; i++) {
      const row = body.insertRow();
      row.append(element('th', grid.labels[i] ?? String(i)));
      for (let k = 0; k < grid.columns; k++) {
        const cell = row.appendChild(matrixCell(grid.values[i * grid.columns + k], range, i === k));
        cell.classList.toggle('pickable', this.view.pick);
        cell.classList.toggle('picked', i * grid.columns + k === this.picked);
      }
    }
    this.element.replaceChildren(table);
  }
}

/**
 * @param {number} value
 * @param {import('./canvas.js').ColourRange} range
 * @param {boolean} right on the diagonal
 */
function matrixCell(value, range, right) {
  const cell = element('td', formatNumber(value));
  cell.classList.toggle('none', value === 0);
  const share = Math.round(STRONGEST * Math.min(1, Math.max(0, (value - range.low) / (range.high - range.low))));
  cell.style.background = `color-mix(in srgb, var(${right ? '--blue' : '--accent'}) ${share}%, var(--card))`;
  return cell;
}
