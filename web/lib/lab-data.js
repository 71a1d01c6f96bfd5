/** The numbers behind a plot, as rows: for the data dialog, for CSV, and for people who do not see the plot. */
import { shortestFloat } from './format.js';

/** @typedef {import('./lab-types.js').LabView} LabView */
/** @typedef {import('./lab-types.js').LabReadout} LabReadout */
/** @typedef {import('./lab-types.js').Block} Block */
/** @typedef {{ header: string[], rows: number, row: (i: number) => (string | number)[] }} DataTable */

/**
 * @param {LabView} view
 * @param {Block[]} blocks
 * @returns {DataTable}
 */
export function viewTable(view, blocks) {
  if (view.kind === 'table') return columnsTable(view, blocks);
  const grids = blocks.filter((block) => block.kind === 'grid');
  const lists = blocks.filter((block) => block.kind !== 'grid');
  const parts = [...(grids.length ? [gridTable(view, grids)] : []), ...(lists.length ? [listTable(view, lists)] : [])];
  return parts.length === 1 ? parts[0] : joined(parts);
}

/**
 * Points, spans or edges: a row each, with its series and, where there is one, its label.
 * @param {LabView} view
 * @param {Block[]} blocks
 * @returns {DataTable}
 */
function listTable(view, blocks) {
  const names = [...new Set(blocks.flatMap((block) => Object.keys(block.arrays)))];
  const labelled = blocks.some((block) => block.labels.length > 0);
  const starts = startsOf(blocks.map((block) => block.rows));
  return {
    header: ['series', ...(labelled ? ['label'] : []), ...names],
    rows: starts[blocks.length],
    row(i) {
      const at = blockAt(starts, i);
      const block = blocks[at];
      const k = i - starts[at];
      const numbers = names.map((name) => block.arrays[name]?.[k] ?? '');
      return [view.series[block.series]?.name ?? '', ...(labelled ? [block.labels[k] ?? ''] : []), ...numbers];
    },
  };
}

/**
 * @param {LabView} view
 * @param {Block[]} grids
 * @returns {DataTable}
 */
function gridTable(view, grids) {
  const starts = startsOf(grids.map((grid) => grid.rows * grid.columns));
  const maps = view.kind === 'maps';
  const matrix = view.kind === 'matrix';
  return {
    header: [...(maps ? ['map'] : ['series']), ...(matrix ? ['row', 'column'] : ['x', 'y']), 'value'],
    rows: starts[grids.length],
    row(i) {
      const at = blockAt(starts, i);
      const grid = grids[at];
      const k = i - starts[at];
      const column = k % grid.columns;
      const row = (k - column) / grid.columns;
      const name = maps ? (grid.labels[0] ?? String(at)) : (view.series[grid.series]?.name ?? '');
      const place = matrix ? [grid.labels[row] ?? row, grid.labels[column] ?? column] : cellCentre(grid, row, column);
      return [name, ...place, grid.values[k]];
    },
  };
}

/**
 * The middle of a cell, in the grid's own units.
 * @param {Block} grid
 * @param {number} row
 * @param {number} column
 */
export function cellCentre(grid, row, column) {
  const { x0, x1, y0, y1 } = grid.bounds ?? { x0: 0, x1: grid.columns, y0: 0, y1: grid.rows };
  return [
    Math.fround(x0 + ((column + 0.5) / grid.columns) * (x1 - x0)),
    Math.fround(y0 + ((row + 0.5) / grid.rows) * (y1 - y0)),
  ];
}

/**
 * A table view: a column each.
 * @param {LabView} view
 * @param {Block[]} blocks
 * @returns {DataTable}
 */
export function columnsTable(view, blocks) {
  const columns = blocks.filter((block) => block.kind === 'column');
  const labels = columns.find((column) => column.labels.length > 0)?.labels;
  return {
    header: [...(labels ? [view.x.title || 'row'] : []), ...columns.map((column) => view.series[column.series]?.label ?? '')],
    rows: Math.max(0, ...columns.map((column) => column.rows)),
    row: (i) => [...(labels ? [labels[i] ?? ''] : []), ...columns.map((column) => column.arrays.value[i] ?? '')],
  };
}

/**
 * @param {LabReadout[]} readouts
 * @param {ArrayLike<number>} values
 * @param {ArrayLike<number> | null} [pinned] of a pinned run
 * @returns {DataTable}
 */
export function readoutTable(readouts, values, pinned = null) {
  return {
    header: ['readout', 'label', 'value', ...(pinned ? ['pinned'] : []), 'unit'],
    rows: values.length === 0 ? 0 : readouts.length,
    row(i) {
      const { name, label, unit } = readouts[i];
      return [name, label, values[i], ...(pinned ? [pinned[i]] : []), unit ?? ''];
    },
  };
}

const OVERLAID_KINDS = new Set(['line', 'histogram']);
const OVERLAID_MARKS = new Set(['default', 'line', 'dashed', 'stair', 'bars']);

/**
 * Whether a pinned run's series is drawn under the present one.
 * @param {LabView} view
 * @param {import('./lab-types.js').LabSeries | undefined} series
 */
export const isOverlaid = (view, series) =>
  OVERLAID_KINDS.has(view.kind) && series !== undefined && OVERLAID_MARKS.has(series.mark);

/** @param {LabView} view */
export const hasOverlay = (view) => view.series.some((series) => isOverlaid(view, series));

/**
 * The present run's rows, then those of the pinned one.
 * @param {DataTable} present
 * @param {DataTable} pinned of the same view
 * @returns {DataTable}
 */
export function bothRuns(present, pinned) {
  /** @type {(name: string, table: DataTable) => DataTable} */
  const named = (name, { header, rows, row }) => ({ header: ['run', ...header], rows, row: (i) => [name, ...row(i)] });
  return joined([named('present', present), named('pinned', pinned)]);
}

/** @param {DataTable[]} tables */
function joined(tables) {
  const header = [...new Set(tables.flatMap((table) => table.header))];
  const starts = startsOf(tables.map((table) => table.rows));
  return {
    header,
    rows: starts[tables.length],
    /** @param {number} i */
    row(i) {
      const at = blockAt(starts, i);
      const row = tables[at].row(i - starts[at]);
      return header.map((name) => row[tables[at].header.indexOf(name)] ?? '');
    },
  };
}

/** @param {number[]} lengths */
function startsOf(lengths) {
  const starts = [0];
  for (const length of lengths) starts.push(starts[starts.length - 1] + length);
  return starts;
}

/**
 * @param {number[]} starts
 * @param {number} i
 */
function blockAt(starts, i) {
  let at = 0;
  while (starts[at + 1] <= i) at++;
  return at;
}

/** @param {string | number} cell */
export function cellText(cell) {
  if (typeof cell === 'string') return cell;
  return Math.fround(cell) === cell ? shortestFloat(cell) : String(cell);
}

/**
 * RFC 4180. A text that a spreadsheet would run as a formula is data here: it gets a quote before it.
 * @param {DataTable} table
 */
export function toCsv(table) {
  /** @param {string | number} cell */
  const field = (cell) => {
    const text = cellText(cell);
    const safe = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [table.header.map(field).join(',')];
  for (let i = 0; i < table.rows; i++) lines.push(table.row(i).map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}
