import { LitElement, css, html, nothing, svg } from 'lit';
import { base } from './shared.js';
import { niceTicks } from './plots/canvas.js';
import { formatNumber, formatTick } from '../lib/format.js';
import { predictionCurve as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabView} LabView */
/** @typedef {import('../lib/lab-types.js').ViewFrame} ViewFrame */
/** @typedef {{ low: number, high: number, log: boolean }} Axis */

const HANDLES = 12;
const WIDEST = 640; // pixels: what is drawn is as wide as there is room, so that a phone can read it
const NARROWEST = 280;
const HEIGHT = 300;
const AREA = { left: 58, right: 14, top: 12, bottom: 44 };
const KEY_STEP = 0.025; // of the axis
const KEY_LEAP = 0.1;

/**
 * A plot to draw a guess on: a dozen handles from left to right, moved by drawing over the plot or with the arrow keys.
 * Attributes: `locked`, while nothing may be drawn; `revealed`, when the lab's series is drawn over the guess.
 */
export class PredictionCurve extends LitElement {
  static properties = {
    view: { attribute: false },
    frame: { attribute: false },
    series: { type: String },
    locked: { type: Boolean, reflect: true },
    revealed: { type: Boolean, reflect: true },
    heights: { state: true },
    drawn: { state: true },
    current: { state: true },
    wide: { state: true },
  };

  static styles = [base, css`
    svg {
      display: block;
      width: 100%;
      height: auto;
      font: 12px var(--ui);
      font-variant-numeric: tabular-nums;
    }
    text { fill: var(--muted); }
    .grid { stroke: var(--rule); }
    .frame { fill: var(--card); stroke: var(--field); }
    .pad { fill: transparent; cursor: crosshair; touch-action: none; }
    :host([locked]) .pad { cursor: default; touch-action: auto; pointer-events: none; }
    .guess { fill: none; stroke: var(--blue); stroke-width: 2; stroke-dasharray: 7 4; }
    .guess.faint { stroke: var(--field); }
    .outcome { fill: none; stroke: var(--accent); stroke-width: 2.5; }
    circle { fill: var(--card); stroke: var(--blue); stroke-width: 2; pointer-events: none; }
    .faint ~ g circle { stroke: var(--field); }
    circle:focus-visible { outline: 2px solid var(--focus); outline-offset: 3px; fill: var(--blue); stroke-width: 4; }
    .name { font-weight: 600; }
    .name.yours { color: var(--blue); }
    .name.lab { color: var(--accent); }
    p { margin: 0.2rem 0 0; color: var(--muted); }
    @media print { p { display: none; } }
  `];

  constructor() {
    super();
    /** @type {LabView | null} */
    this.view = null;
    /** @type {ViewFrame | null} */
    this.frame = null;
    this.series = '';
    this.locked = false;
    this.revealed = false;
    /** @type {number[]} of the handles, as shares of the plot's height */
    this.heights = Array(HANDLES).fill(0.5);
    this.drawn = false;
    this.current = 0;
    /** @type {{ at: number, height: number } | null} where the pen was last */
    this.pen = null;
    this.wide = WIDEST;
    this.watcher = new ResizeObserver(([{ contentRect: { width } }]) => {
      if (width > 0) this.wide = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.watcher.disconnect();
  }

  // --- What the reader draws -----------------------------------------------------------------------------------------

  /** The guess: the handles' heights; undefined while nothing is drawn. */
  guess() {
    return this.drawn ? [...this.heights] : undefined;
  }

  /** @param {number[]} heights */
  restore(heights) {
    if (heights.length !== HANDLES) return; // drawn when there were more or fewer
    this.heights = [...heights];
    this.drawn = true;
  }

  clear() {
    this.revealed = false;
    this.drawn = false;
    this.heights = Array(HANDLES).fill(0.5);
  }

  focus() {
    /** @type {SVGElement | null} */ (this.renderRoot.querySelectorAll('circle')[this.current] ?? null)?.focus();
  }

  /** How far the guess is from the outcome at each handle, as a share of the plot's height. */
  gaps() {
    const points = this.points();
    return this.heights.flatMap((height, i) => {
      const there = heightAt(points, i / (HANDLES - 1));
      return there === null ? [] : [Math.abs(height - Math.min(1, Math.max(0, there)))];
    });
  }

  /** @param {PointerEvent} event */
  draw(event) {
    if (this.locked || !(event.buttons & 1)) return;
    if (event.type === 'pointerdown') /** @type {Element} */ (event.target).setPointerCapture(event.pointerId);
    const box = /** @type {Element} */ (this.renderRoot.querySelector('.frame')).getBoundingClientRect();
    const share = (/** @type {number} */ value) => Math.min(1, Math.max(0, value));
    const at = share((event.clientX - box.left) / box.width);
    const height = share((box.bottom - event.clientY) / box.height);
    const from = event.type === 'pointerdown' || !this.pen ? { at, height } : this.pen;
    this.heights = stroke(this.heights, from, { at, height });
    this.pen = { at, height };
    this.drawn = true;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const moves = /** @type {Record<string, number>} */ ({ ArrowUp: KEY_STEP, ArrowDown: -KEY_STEP, PageUp: KEY_LEAP, PageDown: -KEY_LEAP, Home: -1, End: 1 });
    const turns = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });
    if (this.locked || !(event.key in moves || event.key in turns)) return;
    event.preventDefault();
    if (event.key in turns) {
      this.current = Math.min(HANDLES - 1, Math.max(0, this.current + turns[event.key]));
      this.updateComplete.then(() => this.focus());
      return;
    }
    this.heights = this.heights.map((height, i) => i === this.current ? Math.min(1, Math.max(0, height + moves[event.key])) : height);
    this.drawn = true;
  }

  // --- Axes ----------------------------------------------------------------------------------------------------------

  /** The outcome as points in shares of the axes. */
  points() {
    const { view, frame } = this;
    const index = view?.series.findIndex((one) => one.name === this.series) ?? -1;
    const blocks = frame?.blocks.filter((block) => block.kind === 'points' && block.series === index) ?? [];
    const [x, y] = [this.axis('x'), this.axis('y')];
    return blocks
      .flatMap((block) => [...block.arrays.x].map((at, i) => ({ at: toShare(x, at), height: toShare(y, block.arrays.y[i]) })))
      .filter(({ at, height }) => Number.isFinite(at) && Number.isFinite(height))
      .sort((a, b) => a.at - b.at);
  }

  /**
   * As the lab declares it, else round numbers about the outcome.
   * @param {'x' | 'y'} name
   * @returns {Axis}
   */
  axis(name) {
    const { view, frame } = this;
    if (!view || !frame) return { low: 0, high: 1, log: false };
    const { min, max, log } = view[name];
    if (min < max) return { low: min, high: max, log };
    const index = view.series.findIndex((one) => one.name === this.series);
    const values = frame.blocks.filter((block) => block.kind === 'points' && block.series === index)
      .flatMap((block) => [...block.arrays[name]]).filter((value) => Number.isFinite(value) && (!log || value > 0));
    return roundAxis(Math.min(...values), Math.max(...values), log, name === 'y');
  }

  // --- Rendering -----------------------------------------------------------------------------------------------------

  render() {
    const { view } = this;
    if (!view) return nothing;
    const [x, y] = [this.axis('x'), this.axis('y')];
    const label = view.series.find((one) => one.name === this.series)?.label ?? '';
    const left = across(this.wide);
    return html`<svg viewBox="0 0 ${this.wide} ${HEIGHT}" role="group" aria-label="${strings.yourGuess(view.title, label)}">
        <rect class="frame" x=${AREA.left} y=${AREA.top} width=${left(1) - left(0)} height=${HEIGHT - AREA.top - AREA.bottom}></rect>
        ${ticksOf(y, 5).map((tick) => horizontal(left, toShare(y, tick), formatTick(tick)))}
        ${ticksOf(x, this.wide < 450 ? 5 : 7).map((tick) => svg`<text x=${left(toShare(x, tick))} y=${HEIGHT - AREA.bottom + 17} text-anchor="middle">${formatTick(tick)}</text>`)}
        <text x=${left(0.5)} y=${HEIGHT - 6} text-anchor="middle">${view.x.title}</text>
        <polyline class="guess ${this.drawn ? '' : 'faint'}" points=${line(left, this.heights.map((height, i) => ({ at: i / (HANDLES - 1), height })))}
          visibility=${this.revealed && !this.drawn ? 'hidden' : 'visible'}></polyline>
        ${this.revealed ? svg`<polyline class="outcome" points=${line(left, this.points())}></polyline>` : nothing}
        <rect class="pad" x=${AREA.left} y=${AREA.top} width=${left(1) - left(0)} height=${HEIGHT - AREA.top - AREA.bottom}
          @pointerdown=${this.draw} @pointermove=${this.draw}></rect>
        ${this.locked ? nothing : svg`<g>${this.heights.map((height, i) => this.handle(height, i, x, y))}</g>`}
      </svg>
      <p>${view.y.title ? `↑ ${view.y.title}. ` : ''}${this.revealed
        ? html`${this.drawn ? html`<span class="name yours">${strings.dashedYourGuess}</span> ` : nothing}<span class="name lab">${strings.solid(label)}</span>`
        : strings.drawOverThePlot}</p>`;
  }

  /** @type {(height: number, i: number, x: Axis, y: Axis) => unknown} */
  handle(height, i, x, y) {
    const value = formatNumber(fromShare(y, height));
    return svg`<circle cx=${across(this.wide)(i / (HANDLES - 1))} cy=${top(height)} r="5" role="slider" tabindex=${i === this.current ? 0 : -1}
      aria-label="${this.view?.x.title ?? 'x'} ${formatNumber(fromShare(x, i / (HANDLES - 1)))}" aria-orientation="vertical"
      aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(100 * height)} aria-valuetext=${value}
      @keydown=${this.key} @focus=${() => (this.current = i)}></circle>`;
  }
}

/** @type {(wide: number) => (share: number) => number} */
const across = (wide) => (share) => AREA.left + share * (wide - AREA.left - AREA.right);
/** @param {number} share */
const top = (share) => HEIGHT - AREA.bottom - share * (HEIGHT - AREA.top - AREA.bottom);

/** @type {(axis: Axis, value: number) => number} */
const toShare = ({ low, high, log }, value) =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);

/** @type {(axis: Axis, share: number) => number} */
const fromShare = ({ low, high, log }, share) => (log ? low * (high / low) ** share : low + share * (high - low));

/** @type {(axis: Axis, wanted: number) => number[]} */
function ticksOf({ low, high, log }, wanted) {
  if (!log) return niceTicks(low, high, wanted);
  const powers = [];
  for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power++) powers.push(10 ** power);
  return powers.length >= 2 ? powers : niceTicks(low, high, wanted);
}

/**
 * Round ends, so that the axes do not give the outcome away.
 * @type {(low: number, high: number, log: boolean, roomy: boolean) => Axis}
 */
function roundAxis(low, high, log, roomy) {
  if (!(low <= high)) return { low: 0, high: 1, log: false };
  if (!roomy) return { low, high: high > low ? high : low + 1, log };
  if (log) return { low: 10 ** Math.floor(Math.log10(low)), high: 10 ** (Math.floor(Math.log10(high)) + 1), log };
  const floor = Math.min(0, low);
  const ceiling = Math.max(0, high) + 0.2 * (high - floor || 1);
  const step = niceTicks(floor, ceiling, 4)[1] - niceTicks(floor, ceiling, 4)[0];
  return { low: Math.floor(floor / step) * step, high: Math.ceil(ceiling / step) * step, log };
}

/** @type {(left: (share: number) => number, share: number, text: string) => unknown} */
const horizontal = (left, share, text) => svg`<line class="grid" x1=${left(0)} x2=${left(1)} y1=${top(share)} y2=${top(share)}></line>
  <text x=${AREA.left - 7} y=${top(share) + 4} text-anchor="end">${text}</text>`;

/** @type {(left: (share: number) => number, points: { at: number, height: number }[]) => string} */
const line = (left, points) => points.map(({ at, height }) => `${left(at).toFixed(1)},${top(Math.min(1, Math.max(0, height))).toFixed(1)}`).join(' ');

/**
 * The handles that a move of the pen passes, put onto its way.
 * @type {(heights: number[], from: { at: number, height: number }, to: { at: number, height: number }) => number[]}
 */
function stroke(heights, from, to) {
  const [a, b] = from.at <= to.at ? [from, to] : [to, from];
  const nearest = Math.round(to.at * (HANDLES - 1));
  return heights.map((height, i) => {
    const at = i / (HANDLES - 1);
    if (i === nearest) return to.height;
    if (at < a.at || at > b.at) return height;
    return a.height + ((at - a.at) / (b.at - a.at || 1)) * (b.height - a.height);
  });
}

/** @type {(points: { at: number, height: number }[], at: number) => number | null} between points, straight; null outside */
function heightAt(points, at) {
  const after = points.findIndex((point) => point.at >= at - 1e-9);
  if (after < 0 || (after === 0 && points[0].at > at + 1e-3)) return null;
  if (after === 0) return points[0].height;
  const [a, b] = [points[after - 1], points[after]];
  return a.height + ((at - a.at) / (b.at - a.at || 1)) * (b.height - a.height);
}

customElements.define('prediction-curve', PredictionCurve);
