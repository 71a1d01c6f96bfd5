/** What the plots that draw on a canvas of their own share: sharp pixels, ticks, shapes by class, colour scales. */
import { rgb } from '../../lib/theme.js';

/** @typedef {import('../../lib/theme.js').Theme} Theme */
/** @typedef {import('../../lib/lab-types.js').ViewFrame} ViewFrame */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */
/**
 * What draws one view. `lab-view` puts `element` into its body and calls `draw` when there is something new to see.
 * @typedef {object} Painter
 * @property {HTMLElement} element
 * @property {(frame: ViewFrame, theme: Theme, width: number, height: number) => void} draw the size in CSS pixels
 * @property {ViewFrame | null} [pinned] a run to compare with, drawn beneath; only where a painter can
 * @property {() => void} [destroy]
 * @property {number} [every] milliseconds between two pictures, at least; without it, as often as the screen shows one
 * @property {boolean} [ownHeight] the painter decides how tall it is
 * @property {(item: number) => void} [onpick] set by `lab-view` where the view's items can be picked
 * @property {(ink: Float32Array) => void} [ondraw] set by `lab-view`: the reader has drawn on the view
 */

/** The colours of classes 0, 1, 2, …: the same in every plot of every lab. Shapes differ too. */
export const CLASS_COLOURS = /** @type {const} */ (['blue', 'amber', 'teal', 'accent', 'muted']);
export const CLASS_SHAPES = /** @type {const} */ (['circle', 'triangle', 'rectRot', 'rect', 'cross']);

let forcedRatio = 0;

/** Device pixels to a CSS pixel. */
export const pixelRatio = () => forcedRatio || Math.min(devicePixelRatio || 1, 3);

/**
 * Draws with more pixels than the screen has, for a picture to take away.
 * @param {number} ratio
 * @param {() => void} draw at once, not later
 */
export function drawAtRatio(ratio, draw) {
  forcedRatio = ratio;
  try {
    draw();
  } finally {
    forcedRatio = 0;
  }
}

/**
 * Makes the canvas that many CSS pixels large, in device pixels, and empty.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @returns {CanvasRenderingContext2D}
 */
export function sharpContext(canvas, width, height) {
  const ratio = pixelRatio();
  const w = Math.round(width * ratio);
  const h = Math.round(height * ratio);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Round numbers inside [low, high], about `wanted` of them.
 * @param {number} low
 * @param {number} high
 * @param {number} wanted
 */
export function niceTicks(low, high, wanted) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? 10 * power;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}

/**
 * Adds the outline of a class's shape to the path.
 * @param {CanvasRenderingContext2D} context
 * @param {number} shape the class
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function addShape(context, shape, x, y, r) {
  switch (CLASS_SHAPES[shape % CLASS_SHAPES.length]) {
    case 'triangle':
      context.moveTo(x, y - 1.25 * r);
      context.lineTo(x + 1.15 * r, y + 0.85 * r);
      context.lineTo(x - 1.15 * r, y + 0.85 * r);
      context.closePath();
      break;
    case 'rectRot':
      context.moveTo(x, y - 1.3 * r);
      context.lineTo(x + 1.3 * r, y);
      context.lineTo(x, y + 1.3 * r);
      context.lineTo(x - 1.3 * r, y);
      context.closePath();
      break;
    case 'rect':
      context.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
      break;
    case 'cross':
      context.rect(x - 0.35 * r, y - 1.2 * r, 0.7 * r, 2.4 * r);
      context.rect(x - 1.2 * r, y - 0.35 * r, 2.4 * r, 0.7 * r);
      break;
    default:
      context.moveTo(x + r, y);
      context.arc(x, y, r, 0, 2 * Math.PI);
  }
}

/** @typedef {{ low: number, high: number, diverging: boolean }} ColourRange */

/**
 * The ends of a grid's colours. Ends that were declared stay; otherwise the values ask. Ranges about zero diverge from
 * it, all else goes from nothing to much.
 * @param {import('../../lib/lab-types.js').Block} grid
 * @param {boolean} [probability] values from 0 to 1 are the chance of class 1, and diverge from one half
 * @returns {ColourRange}
 */
export function colourRange(grid, probability = false) {
  let { low, high } = grid.bounds ?? { low: 0, high: 0 };
  if (low === 0 && high === 0) [low, high] = ends(grid.values);
  const symmetric = low < 0 && Math.abs(low + high) < 1e-6 * high;
  const diverging = symmetric || (probability && low === 0 && high === 1);
  return { low, high: high > low ? high : low + 1, diverging };
}

/** @param {Float32Array} values */
function ends(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** @type {WeakMap<Theme, Map<string, Uint32Array>>} */
const scales = new WeakMap();

/**
 * 256 colours as pixels of an ImageData: diverging from class 0 over the card's ground to class 1, or from the ground
 * to one colour.
 * @param {Theme} theme
 * @param {boolean} diverging
 * @param {import('../../lib/lab-types.js').LabColour} colour
 */
export function colourScale(theme, diverging, colour) {
  const key = diverging ? 'diverging' : colour;
  const known = scales.get(theme) ?? new Map();
  scales.set(theme, known);
  let scale = known.get(key);
  if (!scale) known.set(key, (scale = diverging ? divergingScale(theme) : sequentialScale(theme, colour)));
  return scale;
}

const STRONGEST = 0.5; // how far the scale's end goes towards the colour: points of that colour stay visible on it

/** @param {Theme} theme */
function divergingScale(theme) {
  const ground = rgb(theme.card);
  const low = rgb(theme[CLASS_COLOURS[0]]);
  const high = rgb(theme[CLASS_COLOURS[1]]);
  return pixels((t) => {
    const share = Math.abs(2 * t - 1);
    return mix(ground, t < 0.5 ? low : high, STRONGEST * share);
  });
}

/**
 * @param {Theme} theme
 * @param {import('../../lib/lab-types.js').LabColour} colour
 */
function sequentialScale(theme, colour) {
  const ground = rgb(theme.soft);
  const full = rgb(theme[colour]);
  return pixels((t) => mix(ground, full, t));
}

/** @param {(t: number) => number[]} colourAt */
function pixels(colourAt) {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([...colourAt(i / 255), 255], 4 * i);
  return new Uint32Array(bytes.buffer);
}

/**
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} share
 */
const mix = (a, b, share) => a.map((value, i) => value + (b[i] - value) * share);

/**
 * Colours a grid's values into pixels, the highest y on top.
 * @param {import('../../lib/lab-types.js').Block} grid
 * @param {ColourRange} range
 * @param {Uint32Array} scale
 * @param {Uint32Array} out rows x columns pixels
 */
export function colourGrid(grid, range, scale, out) {
  const { rows, columns, values } = grid;
  const factor = 255 / (range.high - range.low);
  for (let row = 0; row < rows; row++) {
    let to = (rows - 1 - row) * columns;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const level = (values[i] - range.low) * factor;
      out[to++] = scale[level > 0 ? (level < 255 ? Math.round(level) : 255) : 0];
    }
  }
}

/**
 * A small text under the pointer's plot.
 * @returns {HTMLElement}
 */
export function hoverNote() {
  const note = document.createElement('div');
  note.className = 'hover-note';
  note.hidden = true;
  return note;
}
