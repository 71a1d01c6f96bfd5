/** A plot as a picture to take away: its title, marks, axes and the settings behind it, at twice the screen's pixels. */
import { theme } from '../../lib/theme.js';
import { CLASS_SHAPES, addShape, drawAtRatio } from './canvas.js';
import { plotPicture as strings } from '../../strings/strings.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').ViewFrame} ViewFrame */
/** @typedef {import('../../lib/theme.js').Theme} Theme */

const RATIO = 2;
const WIDTH = 720; // CSS pixels of the plot; its height too, but for plots that are as tall as they are
const HEIGHT = 400;
const SQUARE_HEIGHT = 660;
const MARGIN = 20;
const LINE = 18;

/**
 * @param {Painter} painter of its own, for this picture only
 * @param {ViewFrame} frame
 * @param {HTMLElement} place in the document, laid out but not seen; the painter's styles reach it
 * @param {{ title: string, line: string, square: boolean }} of `line`: the lab, its step and settings
 * @returns {Promise<Blob>} a PNG
 */
export async function plotPicture(painter, frame, place, { title, line, square }) {
  const height = square ? SQUARE_HEIGHT : HEIGHT;
  place.append(painter.element);
  place.style.cssText = `position: absolute; left: -9999px; width: ${WIDTH}px; height: ${height}px`;
  try {
    const colours = theme();
    drawAtRatio(RATIO, () => painter.draw(frame, colours, WIDTH, height));
    const canvas = compose(painter.element, colours, title, line);
    return await new Promise((done, failed) =>
      canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error(strings.theBrowserMadeNo))), 'image/png'));
  } finally {
    painter.destroy?.();
    painter.element.remove();
  }
}

/**
 * @param {HTMLElement} element what the painter drew
 * @param {Theme} colours
 * @param {string} title
 * @param {string} line
 */
function compose(element, colours, title, line) {
  const drawn = element.getBoundingClientRect();
  const canvases = [...element.querySelectorAll('canvas')].map((one) => ({ one, at: one.getBoundingClientRect() }));
  const bottom = Math.max(...canvases.map(({ at }) => at.bottom)) - drawn.top;
  const canvas = document.createElement('canvas');
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const small = `400 12px ${colours.font}`;
  context.font = small;
  const lines = wrapped(line, WIDTH, (text) => context.measureText(text).width);
  const top = MARGIN + LINE + 10;
  const height = top + bottom + 8 + lines.length * LINE + MARGIN - 6;
  canvas.width = RATIO * (WIDTH + 2 * MARGIN);
  canvas.height = Math.round(RATIO * height);
  context.scale(RATIO, RATIO);
  context.fillStyle = colours.card;
  context.fillRect(0, 0, WIDTH + 2 * MARGIN, height);
  context.textBaseline = 'middle';
  context.fillStyle = colours.ink;
  context.font = `600 15px ${colours.font}`;
  context.fillText(title, MARGIN, MARGIN + LINE / 2, WIDTH);
  context.font = small;
  context.fillStyle = colours.muted;
  lines.forEach((text, i) => context.fillText(text, MARGIN, top + bottom + 8 + (i + 0.5) * LINE));
  context.translate(MARGIN, top);
  drawLegend(context, element, drawn, colours);
  for (const { one, at } of canvases)
    context.drawImage(one, at.left - drawn.left, at.top - drawn.top, at.width, at.height);
  return canvas;
}

/**
 * What stands above a chart in HTML: what its height means, and a sample of each mark.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} element
 * @param {DOMRect} drawn
 * @param {Theme} colours
 */
function drawLegend(context, element, drawn, colours) {
  for (const item of element.querySelectorAll('.legend li')) {
    const sample = item.querySelector('.sample');
    const { left, top, height } = item.getBoundingClientRect();
    const middle = top + height / 2 - drawn.top;
    let x = left - drawn.left;
    if (sample) {
      const at = sample.getBoundingClientRect();
      drawSample(context, sample, at, x, middle);
      x += at.width + 6;
    }
    context.fillStyle = colours.muted;
    context.fillText(item.textContent ?? '', x, middle);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Element} sample
 * @param {DOMRect} at
 * @param {number} x
 * @param {number} middle of its height
 */
function drawSample(context, sample, { width, height }, x, middle) {
  context.fillStyle = context.strokeStyle = getComputedStyle(sample).color;
  const shape = /** @type {HTMLElement} */ (sample).dataset.shape;
  context.beginPath();
  if (sample.classList.contains('stroke')) {
    context.lineWidth = 2;
    context.setLineDash(sample.classList.contains('dashed') ? [4, 3] : []);
    context.moveTo(x, middle);
    context.lineTo(x + width, middle);
    context.stroke();
    context.setLineDash([]);
  } else if (shape) {
    addShape(context, CLASS_SHAPES.indexOf(/** @type {any} */ (shape)), x + width / 2, middle, width / 2.4);
    context.fill();
  } else context.fillRect(x, middle - height / 2, width, height);
}

/**
 * @param {string} text
 * @param {number} room
 * @param {(text: string) => number} wide
 */
function wrapped(text, room, wide) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && wide(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
