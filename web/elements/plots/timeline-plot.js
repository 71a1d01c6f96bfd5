/** Spans over time in lanes, and lines (a queue's length) in a strip above them. */
import { formatNumber, formatTick } from '../../lib/format.js';
import { hoverNote, niceTicks, sharpContext } from './canvas.js';
import { timelinePlot as strings } from '../../strings/strings.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').Block} Block */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */
/** @typedef {import('../../lib/theme.js').Theme} Theme */

const BOTTOM = 36;
const TOP = 6;
const RIGHT = 10;
const NAMES = 16; // room above the lines for their names
const STRIP_SHARE = 0.5; // of the height, for lines, where there are spans too

/** @implements {Painter} */
export class TimelinePlot {
  /** @param {LabView} view */
  constructor(view) {
    this.view = view;
    this.element = document.createElement('div');
    this.element.className = 'stack';
    this.canvas = this.element.appendChild(document.createElement('canvas'));
    this.note = this.element.appendChild(hoverNote());
    /** @type {{ x: number, y: number, width: number, height: number, text: string }[]} */
    this.boxes = [];
    this.element.addEventListener('pointermove', (event) => this.hover(event));
    this.element.addEventListener('pointerleave', () => (this.note.hidden = true));
  }

  /** @type {Painter['draw']} */
  draw(frame, theme, width, height) {
    const context = sharpContext(this.canvas, width, height);
    context.font = `11px ${theme.font}`;
    const spans = frame.blocks.filter((block) => block.kind === 'spans');
    const lines = frame.blocks.filter((block) => block.kind === 'points');
    const [from, to] = timeRange(this.view, spans, lines);
    const lanes = laneNames(spans);
    const left = Math.max(40, ...lanes.map((name) => context.measureText(name).width + 12));
    const right = width - RIGHT;
    const body = height - TOP - BOTTOM;
    const names = lines.length === 0 ? 0 : NAMES;
    const strip = lines.length === 0 ? 0 : spans.length === 0 ? body : Math.round(body * STRIP_SHARE);
    /** @param {number} time */
    const toX = (time) => left + ((time - from) / (to - from || 1)) * (width - left - RIGHT);
    this.boxes = [];
    drawTimeAxis(context, this.view, theme, { from, to, toX, left, width, height });
    const above = { top: TOP + names, height: strip - names - (spans.length ? 14 : 0), left, right };
    const below = { top: TOP + strip, height: body - strip, left };
    if (lines.length) this.drawLines(context, lines, theme, toX, above);
    if (spans.length) this.drawSpans(context, spans, lanes, theme, toX, below);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Block[]} lines
   * @param {Theme} theme
   * @param {(time: number) => number} toX
   * @param {{ top: number, height: number, left: number, right: number }} box
   */
  drawLines(context, lines, theme, toX, box) {
    const most = lines.reduce(
      (high, { arrays }) => arrays.y.reduce((a, b) => Math.max(a, b), high), Math.max(1, this.view.y.max));
    /** @param {number} y */
    const toY = (y) => box.top + box.height - (y / most) * (box.height - 4);
    context.fillStyle = theme.muted;
    context.strokeStyle = theme.rule;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.lineWidth = 1;
    for (const y of niceTicks(0, most, 3).filter(Number.isInteger)) {
      context.fillText(formatTick(y), box.left - 6, toY(y));
      context.beginPath();
      context.moveTo(box.left, toY(y));
      context.lineTo(box.right, toY(y));
      context.stroke();
    }
    for (const block of lines) {
      const series = this.view.series[block.series];
      const { x, y } = block.arrays;
      context.beginPath();
      for (let i = 0; i < block.rows; i++) {
        if (i > 0 && series?.mark === 'stair') context.lineTo(toX(x[i]), toY(y[i - 1]));
        context.lineTo(toX(x[i]), toY(y[i]));
      }
      context.strokeStyle = theme[series?.colour ?? 'accent'];
      context.lineWidth = 1.75;
      context.stroke();
    }
    this.nameLines(context, lines, theme, box);
  }

  /**
   * The lines' names, above the strip's right end.
   * @param {CanvasRenderingContext2D} context
   * @param {Block[]} lines
   * @param {Theme} theme
   * @param {{ top: number, right: number }} box
   */
  nameLines(context, lines, theme, box) {
    context.save();
    context.font = `600 11px ${theme.font}`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    let right = box.right;
    for (const at of new Set(lines.map((block) => block.series))) {
      const series = this.view.series[at];
      if (!series?.label) continue;
      context.fillStyle = theme[series.colour];
      context.fillText(series.label, right, box.top - NAMES / 2);
      right -= context.measureText(series.label).width + 14;
    }
    context.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Block[]} spans
   * @param {string[]} lanes
   * @param {Theme} theme
   * @param {(time: number) => number} toX
   * @param {{ top: number, height: number, left: number }} box
   */
  drawSpans(context, spans, lanes, theme, toX, box) {
    const laneHeight = box.height / lanes.length;
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    context.fillStyle = theme.muted;
    lanes.forEach((name, lane) => context.fillText(name, box.left - 6, box.top + (lane + 0.5) * laneHeight));
    for (const block of spans) {
      const series = this.view.series[block.series];
      const { start, end, lane, value } = block.arrays;
      const most = value ? value.reduce((a, b) => Math.max(a, b), 0) || 1 : 1;
      for (let i = 0; i < block.rows; i++) {
        const share = value && series?.mark === 'bars' ? value[i] / most : 1;
        const room = laneHeight - 4;
        const x = Math.max(toX(start[i]), box.left);
        const rect = {
          x, width: Math.max(toX(end[i]) - x - 0.75, 0.75),
          y: box.top + lane[i] * laneHeight + 2 + room * (1 - share), height: room * share,
          text: spanText(series?.label ?? '', start[i], end[i], value?.[i]),
        };
        if (toX(end[i]) < box.left) continue;
        drawSpan(context, rect, theme[series?.colour ?? 'accent'], theme, value?.[i]);
        this.boxes.push(rect);
      }
    }
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const at = this.canvas.getBoundingClientRect();
    const x = event.clientX - at.left;
    const y = event.clientY - at.top;
    const box = this.boxes.find((b) => x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height);
    this.note.hidden = !box;
    this.note.textContent = box?.text ?? '';
  }
}

/**
 * @param {string} label
 * @param {number} start
 * @param {number} end
 * @param {number | undefined} value
 */
function spanText(label, start, end, value) {
  const what = value === undefined ? label : `${label}: ${formatNumber(value)}`;
  return strings.fromTo(what, formatNumber(start, 4), formatNumber(end, 4));
}

/**
 * @param {LabView} view
 * @param {Block[]} spans
 * @param {Block[]} lines
 */
function timeRange(view, spans, lines) {
  if (view.x.min !== 0 || view.x.max !== 0) return [view.x.min, view.x.max];
  let from = Infinity;
  let to = -Infinity;
  for (const { arrays } of [...spans, ...lines]) {
    for (const time of arrays.start ?? arrays.x) from = Math.min(from, time);
    for (const time of arrays.end ?? arrays.x) to = Math.max(to, time);
  }
  return from < to ? [from, to] : [0, 1];
}

/**
 * A name for each lane, from the spans' labels where there are as many labels as lanes.
 * @param {Block[]} spans
 */
function laneNames(spans) {
  let lanes = 1;
  for (const { arrays } of spans) for (const lane of arrays.lane) lanes = Math.max(lanes, lane + 1);
  const labels = spans.flatMap((block) => block.labels);
  return Array.from({ length: lanes }, (_, lane) => labels[lane] ?? '');
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {LabView} view
 * @param {Theme} theme
 * @param {{ from: number, to: number, toX: (time: number) => number, left: number, width: number,
 *   height: number }} axis
 */
function drawTimeAxis(context, view, theme, { from, to, toX, left, width, height }) {
  const y = height - BOTTOM;
  context.strokeStyle = theme.rule;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, y + 0.5);
  context.lineTo(width - RIGHT, y + 0.5);
  context.stroke();
  context.fillStyle = theme.muted;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  for (const time of niceTicks(from, to, width / 90)) context.fillText(formatTick(time), toX(time), y + 5);
  if (view.x.title) context.fillText(view.x.title, (left + width - RIGHT) / 2, y + 20);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, width: number, height: number }} rect
 * @param {string} colour
 * @param {Theme} theme
 * @param {number | undefined} value
 */
function drawSpan(context, rect, colour, theme, value) {
  context.fillStyle = colour;
  context.globalAlpha = 0.85;
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  context.globalAlpha = 1;
  if (value === undefined || rect.height < 12) return;
  const text = formatNumber(value);
  if (context.measureText(text).width + 6 > rect.width) return;
  context.fillStyle = theme.card;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, rect.x + rect.width / 2, rect.y + rect.height / 2);
}
