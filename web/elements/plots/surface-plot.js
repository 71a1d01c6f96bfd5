/** A heatmap under points: a decision surface, a loss landscape with trails. */
import { formatNumber, formatTick } from '../../lib/format.js';
import { onPaper } from '../../lib/theme.js';
import {
  CLASS_COLOURS, addShape, colourGrid, colourRange, colourScale, hoverNote, niceTicks, sharpContext,
} from './canvas.js';
import { surfacePlot as strings } from '../../strings/strings.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').Block} Block */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */
/** @typedef {import('../../lib/theme.js').Theme} Theme */
/**
 * @typedef {{ left: number, top: number, width: number, height: number, x0: number, x1: number, y0: number,
 *   y1: number, toX: (x: number) => number, toY: (y: number) => number }} Area
 */

const POINT_RADIUS = 3.1;
const TRAIL_MARKS = new Set(['line', 'dashed', 'stair', 'ghost']);

/** @implements {Painter} */
export class SurfacePlot {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.element = document.createElement('div');
    this.element.className = 'stack';
    this.ground = this.element.appendChild(document.createElement('canvas'));
    this.top = this.element.appendChild(document.createElement('canvas')); // points: redrawn only when they change
    this.note = this.element.appendChild(hoverNote());
    this.small = document.createElement('canvas'); // one pixel a cell
    this.cells = new Uint32Array(0);
    this.drawnPoints = '';
    /** @type {Float32Array[]} */
    this.lastArrays = [];
    /** @type {Block | null} */
    this.grid = null;
    /** @type {Area | null} */
    this.area = null;
    this.element.addEventListener('pointermove', (event) => this.hover(event));
    this.element.addEventListener('pointerleave', () => (this.note.hidden = true));
  }

  /** @type {Painter['draw']} */
  draw(frame, theme, width, height) {
    const grid = frame.blocks.find((block) => block.kind === 'grid');
    if (!grid?.bounds) return;
    this.grid = grid;
    this.area = areaFor(this.view, grid.bounds, width, height);
    const context = sharpContext(this.ground, width, height);
    this.drawGrid(context, grid, theme, this.area);
    drawAxes(context, this.view, theme, this.area);
    this.drawPoints(frame.blocks.filter((block) => block.kind === 'points'), theme, this.area, width, height);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Block} grid
   * @param {Theme} theme
   * @param {Area} area
   */
  drawGrid(context, grid, theme, area) {
    const range = colourRange(grid, true);
    const { rows, columns } = grid;
    if (this.small.width !== columns || this.small.height !== rows) {
      this.small.width = columns;
      this.small.height = rows;
      this.cells = new Uint32Array(rows * columns);
    }
    const colour = this.view.series[grid.series]?.colour ?? 'accent';
    colourGrid(grid, range, colourScale(theme, range.diverging, colour), this.cells);
    const image = new ImageData(new Uint8ClampedArray(this.cells.buffer), columns, rows);
    /** @type {CanvasRenderingContext2D} */ (this.small.getContext('2d')).putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(this.small, area.left, area.top, area.width, area.height);
    if (!range.diverging) return;
    context.beginPath();
    traceContour(context, grid, (range.low + range.high) / 2, area);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.4;
    context.stroke();
  }

  /**
   * @param {Block[]} blocks
   * @param {Theme} theme
   * @param {Area} area
   * @param {number} width
   * @param {number} height
   */
  drawPoints(blocks, theme, area, width, height) {
    const arrays = blocks.map((block) => block.values);
    this.top.hidden = onPaper.matches; // a printer lays a canvas over another as if it were opaque
    const place = [onPaper.matches, width, height, theme.ink, theme.blue, area.x0, area.x1, area.y0, area.y1, devicePixelRatio].join();
    if (!onPaper.matches && place === this.drawnPoints && sameArrays(arrays, this.lastArrays)) return;
    this.drawnPoints = place;
    this.lastArrays = arrays;
    const context = onPaper.matches
      ? /** @type {CanvasRenderingContext2D} */ (this.ground.getContext('2d'))
      : sharpContext(this.top, width, height);
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.width, area.height);
    context.clip();
    for (const block of blocks) {
      const series = this.view.series[block.series];
      if (series && TRAIL_MARKS.has(series.mark)) drawTrail(context, block, theme[series.colour], series.mark, area);
      else drawMarks(context, block, theme, series?.colour ?? 'accent', area);
    }
    context.restore();
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const { area, grid } = this;
    if (!area || !grid) return;
    const box = this.element.getBoundingClientRect();
    const across = (event.clientX - box.left - area.left) / area.width;
    const up = 1 - (event.clientY - box.top - area.top) / area.height;
    this.note.hidden = !(across >= 0 && across < 1 && up >= 0 && up < 1);
    if (this.note.hidden) return;
    const value = grid.values[Math.floor(up * grid.rows) * grid.columns + Math.floor(across * grid.columns)];
    const x = area.x0 + across * (area.x1 - area.x0);
    const y = area.y0 + up * (area.y1 - area.y0);
    const name = this.view.series[grid.series]?.label ?? 'value';
    this.note.textContent = strings.at(name, formatNumber(value), formatNumber(x, 2), formatNumber(y, 2));
  }
}

/**
 * @param {Float32Array[]} a
 * @param {Float32Array[]} b
 */
function sameArrays(a, b) {
  return a.length === b.length && a.every((array, i) => sameNumbers(array, b[i]));
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function sameNumbers(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * @param {LabView} view
 * @param {{ x0: number, x1: number, y0: number, y1: number }} bounds
 * @param {number} width
 * @param {number} height
 * @returns {Area}
 */
function areaFor(view, { x0, x1, y0, y1 }, width, height) {
  const left = view.y.title ? 44 : 30;
  const bottom = view.x.title ? 36 : 20;
  const top = 6;
  const w = Math.max(width - left - 6, 10);
  const h = Math.max(height - top - bottom, 10);
  return {
    left, top, width: w, height: h, x0, x1, y0, y1,
    toX: (x) => left + ((x - x0) / (x1 - x0)) * w,
    toY: (y) => top + (1 - (y - y0) / (y1 - y0)) * h,
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {LabView} view
 * @param {Theme} theme
 * @param {Area} area
 */
function drawAxes(context, view, theme, area) {
  const bottom = area.top + area.height;
  context.strokeStyle = theme.rule;
  context.lineWidth = 1;
  context.strokeRect(area.left - 0.5, area.top - 0.5, area.width + 1, area.height + 1);
  context.fillStyle = theme.muted;
  context.font = `11px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const x of niceTicks(area.x0, area.x1, 5)) context.fillText(formatTick(x), area.toX(x), bottom + 5);
  if (view.x.title) context.fillText(view.x.title, area.left + area.width / 2, bottom + 20);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const y of niceTicks(area.y0, area.y1, 5)) context.fillText(formatTick(y), area.left - 6, area.toY(y));
  if (!view.y.title) return;
  context.save();
  context.translate(8, area.top + area.height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'center';
  context.fillText(view.y.title, 0, 0);
  context.restore();
}

/**
 * Marching squares: the line where the grid passes `level`, between the middles of its cells.
 * @param {CanvasRenderingContext2D} context
 * @param {Block} grid
 * @param {number} level
 * @param {Area} area
 */
function traceContour(context, grid, level, area) {
  const { rows, columns, values } = grid;
  const stepX = area.width / columns;
  const stepY = area.height / rows;
  /**
   * Where, from 0 to 1, the level lies between two values.
   * @param {number} a
   * @param {number} b
   */
  const between = (a, b) => (level - a) / (b - a);
  for (let row = 0; row + 1 < rows; row++) {
    const y = area.top + area.height - (row + 0.5) * stepY;
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const sw = values[at];
      const se = values[at + 1];
      const nw = values[at + columns];
      const ne = values[at + columns + 1];
      const above = (sw > level ? 1 : 0) | (se > level ? 2 : 0) | (ne > level ? 4 : 0) | (nw > level ? 8 : 0);
      if (above === 0 || above === 15) continue;
      const x = area.left + (column + 0.5) * stepX;
      const s = [x + between(sw, se) * stepX, y];
      const e = [x + stepX, y - between(se, ne) * stepY];
      const n = [x + between(nw, ne) * stepX, y - stepY];
      const w = [x, y - between(sw, nw) * stepY];
      for (const [from, to] of crossings(above, s, e, n, w)) {
        context.moveTo(from[0], from[1]);
        context.lineTo(to[0], to[1]);
      }
    }
  }
}

/**
 * Which edges of a cell the contour joins, by the corners that lie above (bits sw, se, ne, nw).
 * @param {number} above
 * @param {number[]} s
 * @param {number[]} e
 * @param {number[]} n
 * @param {number[]} w
 */
function crossings(above, s, e, n, w) {
  switch (above > 7 ? 15 - above : above) {
    case 1: return [[w, s]];
    case 2: return [[s, e]];
    case 3: return [[w, e]];
    case 4: return [[e, n]];
    case 5: return [[w, s], [e, n]]; // a saddle: either pair is as right
    case 6: return [[s, n]];
    default: return [[w, n]];
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Block} block
 * @param {string} colour
 * @param {string} mark
 * @param {Area} area
 */
function drawTrail(context, block, colour, mark, area) {
  const { x, y } = block.arrays;
  context.beginPath();
  for (let i = 0; i < block.rows; i++) {
    if (mark === 'stair' && i > 0) context.lineTo(area.toX(x[i]), area.toY(y[i - 1]));
    context.lineTo(area.toX(x[i]), area.toY(y[i]));
  }
  context.strokeStyle = colour;
  context.globalAlpha = mark === 'ghost' ? 0.4 : 1;
  context.lineWidth = 1.75;
  context.setLineDash(mark === 'dashed' ? [5, 4] : []);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * Points by class, all of a class in one path; rings last, on top.
 * @param {CanvasRenderingContext2D} context
 * @param {Block} block
 * @param {Theme} theme
 * @param {import('../../lib/lab-types.js').LabColour} colour where there are no classes
 * @param {Area} area
 */
function drawMarks(context, block, theme, colour, area) {
  const { x, y, class: classes, size, ring } = block.arrays;
  const kinds = classes ? [...new Set(classes)].sort((a, b) => a - b) : [0];
  context.lineWidth = size && size.every((s) => s < 0.8) ? 0.9 : 1.6;
  for (const kind of kinds) {
    context.beginPath();
    for (let i = 0; i < block.rows; i++)
      if (!classes || classes[i] === kind)
        addShape(context, kind, area.toX(x[i]), area.toY(y[i]), POINT_RADIUS * (size ? size[i] : 1));
    context.fillStyle = theme[classes ? CLASS_COLOURS[kind % CLASS_COLOURS.length] : colour];
    context.strokeStyle = theme.card;
    context.stroke();
    context.fill();
  }
  if (!ring) return;
  context.beginPath();
  for (let i = 0; i < block.rows; i++) {
    if (!ring[i]) continue;
    const r = POINT_RADIUS * (size ? size[i] : 1) + 3;
    context.moveTo(area.toX(x[i]) + r, area.toY(y[i]));
    context.arc(area.toX(x[i]), area.toY(y[i]), r, 0, 2 * Math.PI);
  }
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.3;
  context.stroke();
}
