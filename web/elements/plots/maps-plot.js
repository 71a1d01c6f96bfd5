/** Small multiples of heatmaps, such as what each hidden unit of a network answers. Can be picked from. */
import { CLASS_COLOURS, colourGrid, colourRange, colourScale, hoverNote, sharpContext } from './canvas.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').Block} Block */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */

const SMALLEST = 20; // CSS pixels of a map's side
const LARGEST = 64;
const GAP = 3;
const SMOOTH_FROM = 16; // cells of a side; what has fewer is an image of so many pixels, and looks like one
const GUTTER = 54; // for the groups' names, where there is room
const GUTTER_FROM = 480;
const NAME_HEIGHT = 15;

/** @typedef {{ name: string, items: number[] }} Group */
/**
 * @typedef {{ side: number, columns: number, gutter: number, height: number,
 *   places: { x: number, y: number }[] }} Layout
 */

/** @implements {Painter} */
export class MapsPlot {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.ownHeight = true;
    this.element = document.createElement('div');
    this.element.className = 'stack own-height';
    this.canvas = this.element.appendChild(document.createElement('canvas'));
    this.note = this.element.appendChild(hoverNote());
    this.atlas = document.createElement('canvas'); // all maps, one below the other, one pixel a cell
    this.picked = -1;
    /** @type {string[]} */
    this.labels = [];
    /** @type {Layout | null} */
    this.layout = null;
    /** @type {((item: number) => void) | undefined} */
    this.onpick = undefined;
    this.element.addEventListener('pointermove', (event) => this.hover(event));
    this.element.addEventListener('pointerleave', () => (this.note.hidden = true));
    this.element.addEventListener('click', (event) => {
      const item = this.itemAt(event);
      if (item >= 0) this.onpick?.(item);
    });
  }

  /** @type {Painter['draw']} */
  draw(frame, theme, width) {
    const grids = frame.blocks.filter((block) => block.kind === 'grid');
    if (grids.length === 0) return;
    this.labels = grids.map((grid, i) => grid.labels[0] ?? `map ${i + 1}`);
    const groups = groupsOf(this.labels);
    const layout = (this.layout = layoutOf(groups, width));
    const context = sharpContext(this.canvas, width, layout.height);
    this.fillAtlas(grids, theme);
    let row = 0;
    grids.forEach((grid, i) => {
      const { x, y } = layout.places[i];
      context.imageSmoothingEnabled = grid.columns >= SMOOTH_FROM;
      context.drawImage(this.atlas, 0, row, grid.columns, grid.rows, x, y, layout.side, layout.side);
      row += grid.rows;
    });
    drawNames(context, groups, layout, theme);
    if (this.view.pick) this.element.style.cursor = 'pointer';
    const at = layout.places[this.picked];
    if (!at) return;
    context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    context.strokeRect(at.x - 1, at.y - 1, layout.side + 2, layout.side + 2);
  }

  /**
   * @param {Block[]} grids
   * @param {import('../../lib/theme.js').Theme} theme
   */
  fillAtlas(grids, theme) {
    const columns = Math.max(...grids.map((grid) => grid.columns));
    const rows = grids.reduce((sum, grid) => sum + grid.rows, 0);
    if (this.atlas.width !== columns || this.atlas.height !== rows) {
      this.atlas.width = columns;
      this.atlas.height = rows;
    }
    const context = /** @type {CanvasRenderingContext2D} */ (this.atlas.getContext('2d'));
    let row = 0;
    for (const grid of grids) {
      const range = colourRange(grid);
      const colour = this.view.series[grid.series]?.colour ?? CLASS_COLOURS[1];
      const cells = new Uint32Array(grid.rows * grid.columns);
      colourGrid(grid, range, colourScale(theme, range.diverging, colour), cells);
      context.putImageData(new ImageData(new Uint8ClampedArray(cells.buffer), grid.columns, grid.rows), 0, row);
      row += grid.rows;
    }
  }

  /** @param {MouseEvent} event */
  itemAt(event) {
    const { layout } = this;
    if (!layout) return -1;
    const box = this.canvas.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const reach = layout.side + GAP;
    return layout.places.findIndex((at) => x >= at.x && x < at.x + reach && y >= at.y && y < at.y + reach);
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const item = this.itemAt(event);
    this.note.hidden = item < 0;
    this.note.textContent = this.labels[item] ?? '';
  }
}

/**
 * Labels that share what stands before " · " ("layer 1 · unit 3") are a group.
 * @param {string[]} labels
 * @returns {Group[]}
 */
function groupsOf(labels) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  labels.forEach((label, i) => {
    const name = label.includes(' · ') ? label.split(' · ')[0] : '';
    groups.set(name, [...(groups.get(name) ?? []), i]);
  });
  return [...groups].map(([name, items]) => ({ name, items }));
}

/**
 * A row for each group, or as few as its maps need to be large enough to see.
 * @param {Group[]} groups
 * @param {number} width
 * @returns {Layout}
 */
function layoutOf(groups, width) {
  const most = Math.max(...groups.map((group) => group.items.length));
  const named = groups.some((group) => group.name !== '');
  const gutter = named && width >= GUTTER_FROM ? GUTTER : 0;
  const room = width - gutter;
  /** @param {number} columns */
  const sideFor = (columns) => Math.floor(room / columns) - GAP;
  let rows = 1;
  while (sideFor(Math.ceil(most / rows)) < SMALLEST && rows < most) rows++;
  const columns = Math.ceil(most / rows);
  const side = Math.min(Math.max(sideFor(columns), 4), LARGEST);
  /** @type {{ x: number, y: number }[]} */
  const places = [];
  let y = 2;
  for (const group of groups) {
    if (named && gutter === 0) y += NAME_HEIGHT;
    group.items.forEach((item, i) => {
      places[item] = { x: gutter + 2 + (i % columns) * (side + GAP), y: y + Math.floor(i / columns) * (side + GAP) };
    });
    y += Math.ceil(group.items.length / columns) * (side + GAP) + (groups.length > 1 ? 2 : 0);
  }
  return { side, columns, gutter, height: y, places };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Group[]} groups
 * @param {Layout} layout
 * @param {import('../../lib/theme.js').Theme} theme
 */
function drawNames(context, groups, layout, theme) {
  context.fillStyle = theme.muted;
  context.font = `11px ${theme.font}`;
  context.textAlign = 'left';
  for (const group of groups) {
    const { y } = layout.places[group.items[0]];
    context.textBaseline = layout.gutter ? 'middle' : 'bottom';
    context.fillText(group.name, 2, layout.gutter ? y + layout.side / 2 : y - 2);
  }
}
