import { LitElement, css, html, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { rgb } from '../lib/theme.js';
import { inkPad as strings } from '../strings/strings.js';

/** @typedef {import('../lib/theme.js').Theme} Theme */
/** @typedef {{ rows: number, columns: number, values: Float32Array, label: string }} Picture rows from the lowest up */
/** @typedef {{ x: number, y: number }} Place in cells, from the upper left corner */

const PEN = 2.6; // how thick a line is, in cells
const STRIDE = 4; // cells that Shift and an arrow go
const SAY_AFTER_MS = 700; // without a further line: while one is drawn the verdict changes all the time
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
});

/**
 * A pad to draw on: with a mouse, a pen, a finger or the arrow keys. Knows nothing of labs: it hands out what is inked,
 * as `columns` x `rows` cells, and shows a picture that somebody else has put there.
 * @fires ink-drawn - CustomEvent<{ ink: Float32Array }>, once a frame while something is drawn; rows from the top, each
 *   cell 0 to 1
 */
export class InkPad extends LitElement {
  static properties = {
    label: { type: String },
    picture: { attribute: false },
    made: { attribute: false },
    theme: { attribute: false },
    said: { state: true },
    blank: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
        gap: 0.5rem;
      }
      .frame {
        position: relative;
        display: grid;
        place-items: center;
        min-height: 0;
        container-type: size;
      }
      .sheet {
        position: relative;
        width: min(100cqw, 100cqh);
        aspect-ratio: 1;
      }
      canvas.paper {
        display: block;
        width: 100%;
        height: 100%;
        border: 1px solid var(--field);
        border-radius: var(--radius-small);
        background: var(--soft);
        cursor: crosshair;
        touch-action: none;
        user-select: none;
        -webkit-user-select: none;
      }
      .invite {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        margin: 0;
        padding: 1rem;
        color: var(--muted);
        font-size: 0.85rem;
        text-align: center;
        pointer-events: none;
      }
      .under {
        display: flex;
        gap: 0.7rem;
        align-items: center;
      }
      canvas.made {
        flex: none;
        width: 4rem;
        height: 4rem;
        border: 1px solid var(--rule);
        border-radius: 4px;
        image-rendering: pixelated;
      }
      .words {
        flex: 1;
        min-width: 0;
      }
      .words p {
        margin: 0;
        color: var(--muted);
        font-size: 0.75rem;
        line-height: 1.35;
      }
      .words .verdict {
        color: var(--ink);
        font-size: 1.02rem;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      @media print {
        button {
          display: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.label = strings.drawHere;
    /** @type {Picture | null} what lies on the pad */
    this.picture = null;
    /** @type {Picture | null} what was made of it */
    this.made = null;
    /** @type {Theme | null} */
    this.theme = null;
    this.said = '';
    this.blank = true;
    /** @type {Place[][]} the reader's own lines; none: the picture is somebody else's */
    this.strokes = [];
    /** @type {Float32Array | null} what was handed out last */
    this.ink = null;
    this.drawing = false;
    /** @type {Place | null} of the keyboard's pen, once it was used */
    this.cursor = null;
    this.penDown = false;
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.saying = undefined;
    this.resized = new ResizeObserver(() => this.paint());
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resized.disconnect();
    cancelAnimationFrame(this.asked);
    clearTimeout(this.saying);
    this.asked = 0;
  }

  firstUpdated() {
    this.resized.observe(this.paper());
  }

  updated() {
    const { picture } = this;
    const mine = this.ink !== null && picture !== null && sameInk(this.ink, picture);
    if (picture && !mine && !this.drawing && this.asked === 0) {
      this.strokes = []; // a picture of somebody else's has come in its place
      this.ink = null;
    }
    this.paint();
  }

  paper() {
    return /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector('canvas.paper'));
  }

  columns() {
    return this.picture?.columns ?? 1;
  }

  rows() {
    return this.picture?.rows ?? 1;
  }

  // --- Drawing ---------------------------------------------------------------------------------------------------------

  /** @param {PointerEvent} event */
  place(event) {
    const box = this.paper().getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * this.columns(),
      y: ((event.clientY - box.top) / box.height) * this.rows(),
    };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.picture) return;
    this.paper().setPointerCapture(event.pointerId);
    this.cursor = null;
    this.drawing = true;
    this.begin(this.place(event));
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.drawing) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) this.strokes.at(-1)?.push(this.place(one));
    this.changed();
  }

  up() {
    this.drawing = false;
  }

  /** @param {Place} at a new line starts here; the first one takes the place of a picture that was somebody else's */
  begin(at) {
    this.strokes.push([at]);
    this.changed();
  }

  clear() {
    this.strokes = [];
    this.penDown = false;
    this.changed();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.picture || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = ARROWS[event.key];
    if (way) this.walk(way, event.shiftKey ? STRIDE : 1);
    else if (event.key === ' ') this.turnPen();
    else if (event.key === 'Delete' || event.key === 'Backspace') this.clear();
    else return;
    event.preventDefault();
  }

  keyboardPen() {
    this.cursor ??= { x: this.columns() / 2, y: this.rows() / 2 };
    return this.cursor;
  }

  /**
   * @param {[number, number]} way
   * @param {number} cells
   */
  walk([dx, dy], cells) {
    const { x, y } = this.keyboardPen();
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(Math.max(value, 1), most - 1);
    this.cursor = { x: within(x + dx * cells, this.columns()), y: within(y + dy * cells, this.rows()) };
    if (this.penDown) {
      this.strokes.at(-1)?.push(this.cursor);
      this.changed();
    } else {
      this.paint();
    }
  }

  turnPen() {
    const at = this.keyboardPen();
    this.penDown = !this.penDown;
    this.said = this.penDown ? strings.penDownTheArrow : strings.penUpTheArrow;
    if (this.penDown) this.begin(at);
    else this.paint();
  }

  changed() {
    this.asked ||= requestAnimationFrame(() => {
      this.asked = 0;
      this.ink = this.rasterise();
      this.dispatchEvent(new CustomEvent('ink-drawn', { detail: { ink: this.ink } }));
      this.paint();
      clearTimeout(this.saying);
      this.saying = setTimeout(() => (this.said = this.made?.label ?? ''), SAY_AFTER_MS);
    });
  }

  /** The lines as cells: the canvas's own smoothing says how much of each is covered. */
  rasterise() {
    const columns = this.columns();
    const rows = this.rows();
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true })
    );
    drawLines(context, this.strokes);
    const { data } = context.getImageData(0, 0, columns, rows);
    return Float32Array.from({ length: columns * rows }, (_, i) => data[4 * i + 3] / 255);
  }

  // --- Showing -------------------------------------------------------------------------------------------------------

  paint() {
    const { theme, picture } = this;
    const paper = this.paper();
    if (!theme || !picture || !paper || paper.clientWidth === 0) return;
    const ratio = Math.min(devicePixelRatio || 1, 3);
    const size = Math.round(paper.clientWidth * ratio);
    if (paper.width !== size || paper.height !== size) paper.width = paper.height = size;
    const context = /** @type {CanvasRenderingContext2D} */ (paper.getContext('2d'));
    context.setTransform(size / picture.columns, 0, 0, size / picture.rows, 0, 0);
    context.clearRect(0, 0, picture.columns, picture.rows);
    const own = this.strokes.length > 0 || this.ink !== null;
    if (own) drawLines(context, this.strokes, theme.ink);
    else drawPicture(context, picture, theme);
    if (this.cursor && this.matches(':focus-within')) drawCursor(context, this.cursor, this.penDown, theme);
    this.blank = own ? this.strokes.length === 0 : picture.values.every((value) => value === 0);
    if (this.made) this.paintMade(this.made, theme);
  }

  /**
   * @param {Picture} made
   * @param {Theme} theme
   */
  paintMade(made, theme) {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.renderRoot.querySelector('canvas.made'));
    if (!canvas) return;
    if (canvas.width !== made.columns || canvas.height !== made.rows) {
      canvas.width = made.columns;
      canvas.height = made.rows;
    }
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.clearRect(0, 0, made.columns, made.rows);
    drawPicture(context, made, theme);
  }

  render() {
    const name = strings.arrowKeysMoveThe(this.label);
    return html`<div class="frame"><div class="sheet">
        <canvas class="paper" tabindex="0" role="application" aria-label=${name} aria-roledescription="${strings.drawingPad}"
          @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up} @pointercancel=${this.up}
          @keydown=${this.key} @focus=${this.paint} @blur=${this.paint}></canvas>
        ${this.blank ? html`<p class="invite" aria-hidden="true">${strings.drawHereMouseFinger}</p>` : nothing}
      </div></div>
      <div class="under">
        ${this.made ? html`<canvas class="made" role="img" aria-label="${strings.theDrawingAsThe}"></canvas>` : nothing}
        <div class="words">
          <p class="verdict">${this.made?.label ?? ''}</p>
          <p>${this.picture?.label ?? ''}</p>
        </div>
        <button @click=${this.clear}>${strings.clear}</button>
        <span class="visually-hidden" role="status">${this.said}</span>
      </div>`;
  }
}

/**
 * @param {Float32Array} ink rows from the top
 * @param {Picture} picture
 */
function sameInk(ink, { rows, columns, values }) {
  return ink.every((value, i) => value === values[(rows - 1 - Math.floor(i / columns)) * columns + (i % columns)]);
}

/**
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context whose unit is a cell
 * @param {Place[][]} strokes
 * @param {string} [colour]
 */
function drawLines(context, strokes, colour = '#000') {
  context.strokeStyle = colour;
  context.lineWidth = PEN;
  context.lineCap = context.lineJoin = 'round';
  for (const places of strokes) {
    context.beginPath();
    context.moveTo(places[0].x, places[0].y);
    context.lineTo(places[0].x, places[0].y); // a dot, where there is no more
    for (const { x, y } of places.slice(1)) context.lineTo(x, y);
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context whose unit is a cell
 * @param {Picture} picture
 * @param {Theme} theme
 */
function drawPicture(context, { rows, columns, values }, theme) {
  const [r, g, b] = rgb(theme.ink);
  values.forEach((value, i) => {
    if (!(value > 0)) return;
    context.fillStyle = `rgb(${r} ${g} ${b} / ${value})`;
    // A little over the edge: cells of one colour leave no seams between them.
    context.fillRect(i % columns, rows - 1 - Math.floor(i / columns), 1.02, 1.02);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Place} at
 * @param {boolean} down
 * @param {Theme} theme
 */
function drawCursor(context, at, down, theme) {
  context.beginPath();
  context.arc(at.x, at.y, PEN / 2, 0, 2 * Math.PI);
  context.lineWidth = 0.35;
  context.strokeStyle = theme.accent;
  context.fillStyle = theme.accent;
  if (down) context.fill();
  context.stroke();
}

customElements.define('ink-pad', InkPad);
