/** The pad that a reader draws on: what lies on it, and what the lab makes of that. */
import '../ink-pad.js';

/** @typedef {import('./canvas.js').Painter} Painter */
/** @typedef {import('../../lib/lab-types.js').Block} Block */
/** @typedef {import('../../lib/lab-types.js').LabView} LabView */

/** @implements {Painter} */
export class PadPlot {
  /** @param {LabView} view */
  constructor(view) {
    const pad = /** @type {import('../ink-pad.js').InkPad} */ (document.createElement('ink-pad'));
    pad.label = view.title;
    pad.addEventListener('ink-drawn', (event) =>
      this.ondraw?.(/** @type {CustomEvent<{ ink: Float32Array }>} */ (event).detail.ink));
    this.pad = pad;
    /** @type {HTMLElement} */
    this.element = pad;
    /** @type {((ink: Float32Array) => void) | undefined} */
    this.ondraw = undefined;
  }

  /** @type {Painter['draw']} */
  draw({ blocks, current }, theme) {
    if (!current) return; // from before what was drawn last
    const [picture, made] = blocks.filter((block) => block.kind === 'grid').map(pictureOf);
    this.pad.theme = theme;
    this.pad.picture = picture ?? null;
    this.pad.made = made ?? null;
  }
}

/**
 * Its values as shares of the grid's own range.
 * @param {Block} block
 */
function pictureOf({ rows, columns, values, bounds, labels }) {
  const { low, high } = bounds ?? { low: 0, high: 0 };
  const shares = high > low ? values.map((value) => (value - low) / (high - low)) : values;
  return { rows, columns, values: shares, label: labels[0] ?? '' };
}
