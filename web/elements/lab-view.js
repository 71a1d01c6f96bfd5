import { LitElement, css, html, nothing } from 'lit';
import { bringPart } from '../lib/fetching.js';
import { base, buttons } from './shared.js';
import { plotWords } from '../lib/finding.js';
import { decodeView } from '../lib/lab-module.js';
import { cancelPaint, requestPaint } from '../lib/paint-queue.js';
import { onPaper, theme, themeChanges } from '../lib/theme.js';
import { labView as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabView} View */
/** @typedef {import('../lib/lab-types.js').RawView} RawView */
/** @typedef {import('../lib/lab-types.js').ViewFrame} ViewFrame */
/** @typedef {import('./plots/canvas.js').Painter} Painter */

/**
 * Chart.js and the rest come when the first view of their kind does.
 * @param {View['kind']} kind
 * @returns {Promise<new (view: View) => Painter>}
 */
async function painterOf(kind) {
  switch (kind) {
    case 'surface': return (await import('./plots/surface-plot.js')).SurfacePlot;
    case 'maps': return (await import('./plots/maps-plot.js')).MapsPlot;
    case 'table': return (await import('./plots/table-view.js')).TableView;
    case 'matrix': return (await import('./plots/table-view.js')).MatrixView;
    case 'timeline': return (await import('./plots/timeline-plot.js')).TimelinePlot;
    case 'graph': return (await import('./plots/graph-plot.js')).GraphPlot;
    case 'pad': return (await import('./plots/pad-plot.js')).PadPlot;
    default: return (await import('./plots/chart-plot.js')).ChartPlot;
  }
}

/** @param {View} view */
const painterFor = async (view) => new (await painterOf(view.kind))(view);

/** Begins to fetch what draws these views, before they are in the page. A failure is told by the view. @param {View[]} views */
export function fetchPainters(views) {
  for (const { kind } of views) painterOf(kind).catch(() => {});
}

/** What `picture` can draw: whatever its painter paints on a canvas. */
export const PICTURED = new Set(['line', 'scatter', 'bars', 'histogram', 'surface', 'maps', 'timeline', 'graph']);

const SPEAKS_FOR_ITSELF = new Set(['table', 'matrix', 'pad']); // text already, or more than a picture

/**
 * One plot of a lab: its title, the way into its source, and a painter for its kind.
 * @fires view-begun - when its first frame is drawn, or found to hold nothing
 * @fires view-visible - CustomEvent<{ index: number, visible: boolean }>
 * @fires lab-drawn - when its first picture is painted; page.js lets other things wait for it
 * @fires view-pick - CustomEvent<{ index: number, item: number }>
 * @fires view-draw - CustomEvent<{ index: number, ink: Float32Array }>
 * @fires open-box - CustomEvent<{ source: View }>
 */
export class LabViewElement extends LitElement {
  static properties = {
    view: { attribute: false },
    index: { type: Number },
    finding: { type: String },
    pinned: { attribute: false },
    empty: { state: true },
    items: { state: true },
    picked: { state: true },
    cut: { state: true },
    problem: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-width: 0;
        contain: layout;
      }
      .caption {
        display: flex;
        gap: 0.4rem;
        align-items: center;
        min-height: 1.75rem;
        margin-bottom: 0.2rem;
      }
      h4 {
        min-width: 0;
        margin: 0;
        font: 600 0.82rem/1.3 var(--ui);
      }
      .caption button.c {
        min-width: 1.5rem;
        min-height: 1.5rem;
        margin-left: auto;
        padding: 0 0.35rem;
        color: var(--muted);
        font: 600 0.75rem var(--mono);
      }
      .caption button.c:hover,
      .caption button.c:focus-visible {
        color: var(--accent);
      }
      .caption select {
        max-width: 11rem;
        min-height: 1.5rem;
        border: 1px solid var(--rule);
        border-radius: 5px;
        background: var(--card);
        color: var(--ink);
        font: 500 0.76rem var(--ui);
      }
      .measured {
        color: var(--muted);
        font: 500 0.7rem var(--ui);
      }
      .body {
        position: relative;
        flex: 1 0 auto;
        height: var(--plot-height, 13rem);
      }
      :host([place='tall']) .body {
        flex: 1 1 0;
        height: auto;
        min-height: var(--plot-height, 16rem);
      }
      .body > * {
        position: absolute;
        inset: 0;
      }
      .body > .own-height {
        position: relative;
        inset: auto;
      }
      :host([own-height]) .body {
        height: auto;
        min-height: var(--own-height, 4rem);
      }
      .stack canvas {
        position: absolute;
        top: 0;
        left: 0;
      }
      .own-height canvas {
        position: static;
        display: block;
      }
      .holder {
        position: relative;
      }
      .holder canvas {
        display: block;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1rem 0.9rem;
        margin: 0;
        padding: 0 0 0.25rem;
        list-style: none;
        color: var(--muted);
        font-size: 0.75rem;
      }
      .legend li {
        display: flex;
        gap: 0.35rem;
        align-items: center;
      }
      .sample {
        width: 1.1rem;
        border-top: 2px solid currentColor;
      }
      .sample.dashed {
        border-top-style: dashed;
      }
      .sample.box {
        width: 0.7rem;
        height: 0.7rem;
        border: 0;
        border-radius: 2px;
        background: currentColor;
      }
      .sample.dot {
        width: 0.6rem;
        height: 0.6rem;
        border: 0;
        border-radius: 50%;
        background: currentColor;
      }
      .sample[data-shape='triangle'] {
        border-radius: 0;
        clip-path: polygon(50% 0, 100% 100%, 0 100%);
      }
      .sample[data-shape='rect'] {
        border-radius: 0;
      }
      .sample[data-shape='rectRot'] {
        border-radius: 0;
        clip-path: polygon(50% 0, 100% 50%, 50% 100%, 0 50%);
      }
      .sample[data-shape='cross'] {
        border-radius: 0;
        background: linear-gradient(currentColor) center / 30% 100% no-repeat,
          linear-gradient(currentColor) center / 100% 30% no-repeat;
      }
      .hover-note {
        position: absolute;
        z-index: 1;
        top: 0.6rem;
        right: 0.6rem;
        padding: 0.15rem 0.45rem;
        border-radius: 5px;
        background: color-mix(in srgb, var(--card) 90%, transparent);
        color: var(--ink);
        font: 500 0.75rem var(--ui);
        pointer-events: none;
      }
      .own-height .hover-note {
        top: -1.7rem;
        right: 2rem;
      }
      .empty {
        display: grid;
        place-items: center;
        color: var(--muted);
        font-size: 0.82rem;
        pointer-events: none;
      }
      .empty.failed {
        align-content: center;
        text-align: center;
        pointer-events: auto;
      }
      .scroller {
        overflow: auto;
        border: 1px solid var(--rule);
        border-radius: 6px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font: 400 0.78rem/1.3 var(--mono);
        font-variant-numeric: tabular-nums;
      }
      th {
        position: sticky;
        top: 0;
        padding: 0.3rem 0.6rem;
        background: var(--soft);
        font: 600 0.75rem var(--ui);
        text-align: right;
      }
      td {
        padding: 0.15rem 0.6rem;
        border-top: 1px solid var(--rule);
        text-align: right;
      }
      .matrix td {
        padding: 0.6rem;
        text-align: center;
      }
      .matrix.large {
        container-type: inline-size;
      }
      .matrix.large table {
        font-size: clamp(0.62rem, 3cqw, 0.78rem);
      }
      .matrix.large :is(td, th) {
        padding: 0.24rem 0.1rem;
        text-align: center;
      }
      .matrix td.pickable {
        cursor: pointer;
      }
      .matrix td.picked {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
      }
      .matrix td.none {
        color: var(--muted);
      }
      caption {
        padding: 0.3rem;
        color: var(--muted);
        font: 400 0.75rem var(--ui);
      }
      @media print {
        :host([undrawn]),
        .caption :is(button, select),
        .hover-note {
          display: none !important;
        }
        .body {
          height: auto !important;
          min-height: 0 !important;
        }
        .body > * {
          position: static;
        }
        .stack {
          display: grid;
        }
        .stack > * {
          position: static !important;
          grid-area: 1 / 1;
        }
        .scroller {
          overflow: visible;
        }
        .holder {
          height: auto !important;
        }
        canvas,
        svg {
          max-width: 100%;
          height: auto !important;
          break-inside: avoid;
        }
      }
      .scroller p,
      .reading,
      .cut {
        margin: 0.3rem 0;
        color: var(--muted);
        font-size: 0.75rem;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {View | null} */
    this.view = null;
    this.index = 0;
    /** What the plot shows, in words: the lab's main figures. */
    this.finding = '';
    /** @type {RawView | null} of a pinned run */
    this.pinned = null;
    this.empty = true;
    /** @type {{ item: number, label: string }[]} what can be picked */
    this.items = [];
    this.picked = -1;
    this.cut = false;
    this.problem = ''; // why there is no painter
    /** @type {Painter | null} */
    this.painter = null;
    /** @type {RawView | null} */
    this.raw = null;
    this.width = 0;
    this.height = 0;
    this.visible = false;
    this.drawnAt = -Infinity;
    this.begun = false;
    this.told = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    this.paint = () => this.draw();
    this.resized = new ResizeObserver(() => this.measure());
    this.seen = new IntersectionObserver((entries) => this.show(entries[entries.length - 1].isIntersecting), {
      rootMargin: '40px',
    });
  }

  connectedCallback() {
    super.connectedCallback();
    this.seen.observe(this);
    themeChanges.addEventListener('change', this.paintSoon);
    onPaper.addEventListener('change', this.paintForPaper);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.seen.disconnect();
    this.resized.disconnect();
    themeChanges.removeEventListener('change', this.paintSoon);
    onPaper.removeEventListener('change', this.paintForPaper);
    clearTimeout(this.later);
    cancelPaint(this.paint);
    this.painter?.destroy?.();
    this.painter = null;
  }

  paintSoon = () => {
    clearTimeout(this.later);
    const wait = this.drawnAt + (this.painter?.every ?? 0) - performance.now();
    if (wait > 1) this.later = setTimeout(() => requestPaint(this.paint), wait);
    else requestPaint(this.paint);
  };

  /** Paper is not waited for, and what is out of sight is printed too; the size stays, and the styles fit it in. */
  paintForPaper = () => {
    this.draw(true);
    cancelPaint(this.paint);
  };

  /** @param {boolean} visible */
  show(visible) {
    if (visible === this.visible) return;
    this.visible = visible;
    this.dispatchEvent(new CustomEvent('view-visible', { detail: { index: this.index, visible } }));
    if (visible && !this.painter) this.prepare();
    if (visible) this.paintSoon();
  }

  async prepare() {
    const { view } = this;
    if (!view) return;
    await this.updateComplete;
    this.problem = '';
    const painter = await bringPart(strings.whatDrawsThisPlot, () => painterFor(view)).catch((error) => {
      this.problem = error.message;
      return null;
    });
    if (!painter || !this.isConnected || this.painter) return;
    this.painter = painter;
    this.toggleAttribute('own-height', Boolean(painter.ownHeight));
    painter.onpick = (item) => this.pick(item);
    painter.ondraw = (ink) => {
      if (this.raw) this.raw = { ...this.raw, current: false }; // it may still wait for its turn to be drawn
      this.dispatchEvent(new CustomEvent('view-draw', { detail: { index: this.index, ink } }));
    };
    const body = /** @type {HTMLElement} */ (this.renderRoot.querySelector('.body'));
    body.prepend(painter.element);
    this.resized.observe(body);
    this.measure();
  }

  measure() {
    if (onPaper.matches) return; // drawn already, and fitted in by the styles
    const body = /** @type {HTMLElement} */ (this.renderRoot.querySelector('.body'));
    this.width = body.clientWidth;
    this.height = body.clientHeight;
    this.paintSoon();
  }

  /** @param {import('lit').PropertyValues} changed */
  updated(changed) {
    if (changed.has('pinned')) this.paintSoon();
    if (changed.has('empty')) this.toggleAttribute('undrawn', this.empty); // a handout leaves it out
  }

  /** @param {RawView} raw a new picture; drawn when its turn comes */
  put(raw) {
    this.raw = raw;
    this.paintSoon();
  }

  /** @param {boolean} [unseen] also what is out of sight */
  draw(unseen = false) {
    const { painter, raw, view } = this;
    if (!painter || !raw || !view || (!unseen && !this.visible) || this.width === 0) return;
    this.drawnAt = performance.now();
    const frame = decodeView(raw);
    this.empty = frame.blocks.every((block) => block.rows === 0);
    this.cut = frame.full;
    if (view.pick) this.noteItems(frame);
    if ('pinned' in painter) painter.pinned = this.pinned && decodeView(this.pinned);
    painter.element.style.visibility = this.empty ? 'hidden' : '';
    if (!this.empty) painter.draw(frame, theme(), this.width, this.height);
    if (!this.begun) this.dispatchEvent(new Event('view-begun'));
    this.begun = true;
    if (this.empty) return;
    if (!this.told) this.dispatchEvent(new Event('lab-drawn', { bubbles: true, composed: true }));
    this.told = true;
  }

  /**
   * @param {RawView} raw
   * @param {RawView | null} pinned
   * @param {string} line under it: the lab, its step and settings
   * @returns {Promise<Blob>} a PNG
   */
  async picture(raw, pinned, line) {
    const view = /** @type {View} */ (this.view);
    const [painter, { plotPicture }] = await Promise.all([painterFor(view), import('./plots/plot-picture.js')]);
    if ('pinned' in painter) painter.pinned = pinned && decodeView(pinned);
    if ('picked' in painter) painter.picked = this.picked;
    const place = this.renderRoot.appendChild(document.createElement('div'));
    place.inert = true;
    try {
      return await plotPicture(painter, decodeView(raw), place, { title: view.title, line, square: view.kind === 'surface' });
    } finally {
      place.remove();
    }
  }

  /** @param {ViewFrame} frame */
  noteItems(frame) {
    const items = this.view?.kind === 'matrix'
      ? cellsOf(frame)
      : frame.blocks.map((block, item) => ({ item, label: block.labels[0] ?? strings.item(item + 1) }));
    const same = items.length === this.items.length &&
      items.every(({ item, label }, i) => item === this.items[i].item && label === this.items[i].label);
    if (!same) this.items = items;
  }

  /** @param {number} item */
  pick(item) {
    this.picked = item;
    const painter = /** @type {any} */ (this.painter);
    if (painter && 'picked' in painter) painter.picked = item;
    this.paintSoon();
    this.dispatchEvent(new CustomEvent('view-pick', { detail: { index: this.index, item } }));
  }

  render() {
    const { view } = this;
    if (!view) return nothing;
    const words = [`${view.title}.`, plotWords(view), view.help, this.finding].filter(Boolean).join(' ');
    const picture = !SPEAKS_FOR_ITSELF.has(view.kind);
    return html`
      <div class="caption">
        <h4 title=${view.help ?? nothing}>${view.title}</h4>
        ${view.measured ? html`<span class="measured" title="${strings.realTimeOnThis}">${strings.measured}</span>` : nothing}
        ${view.pick && this.items.length > 0 ? this.picker(view) : nothing}
        ${view.code
          ? html`<button class="quiet c" title="${strings.theCThatComputes(view.code)}"
              aria-label="${strings.openTheBox(view.title)}" @click=${() => this.openBox(view)}>C</button>`
          : nothing}
      </div>
      <div class="body" role=${picture && !this.problem ? 'img' : nothing} aria-label=${picture && !this.problem ? words : nothing}>
        ${this.problem
          ? html`<div class="empty failed" role="alert"><p>${this.problem}</p><button @click=${this.prepare}>${strings.tryAgain}</button></div>`
          : this.empty ? html`<div class="empty">${strings.nothingYetPressRun}</div>` : nothing}
      </div>
      ${view.kind === 'surface' && view.help ? html`<p class="reading">${view.help}</p>` : nothing}
      ${this.cut ? html`<p class="cut">${strings.thereIsMoreThan}</p>` : nothing}`;
  }

  /** @param {View} view */
  picker(view) {
    return html`<select aria-label="${strings.pickIn(view.title)}" .value=${String(this.picked)}
      @change=${(/** @type {any} */ e) => this.pick(Number(e.target.value))}>
      ${this.items.every(({ item }) => item !== this.picked) ? html`<option value="-1" selected>${strings.pickOne}</option>` : nothing}
      ${this.items.map(({ item, label }) =>
        html`<option value=${item} ?selected=${item === this.picked}>${label}</option>`)}
    </select>`;
  }

  /** @param {View} view */
  openBox(view) {
    this.dispatchEvent(new CustomEvent('open-box', { detail: { source: view }, bubbles: true, composed: true }));
  }
}

/**
 * The cells of a confusion matrix that hold something, the most wrong answers first.
 * @param {ViewFrame} frame
 */
function cellsOf({ blocks }) {
  const grid = blocks.find((block) => block.kind === 'grid');
  if (!grid) return [];
  const name = (/** @type {number} */ i) => grid.labels[i] ?? String(i);
  return [...grid.values]
    .map((value, item) => ({ value, item, row: Math.floor(item / grid.columns), column: item % grid.columns }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => Number(a.row === a.column) - Number(b.row === b.column) || b.value - a.value)
    .map(({ value, item, row, column }) => ({ item, label: strings.readAs(name(row), name(column), value) }));
}

customElements.define('lab-view', LabViewElement);
