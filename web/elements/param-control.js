import { LitElement, css, html, nothing } from 'lit';
import { base } from './shared.js';
import { allowedText } from '../lib/link.js';
import { formatSetting } from '../lib/format.js';
import { fitsSegments } from '../lib/segments.js';
import { paramControl as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabParam} LabParam */

const POSITIONS = 240; // of a log slider, and of a number without a step of its own
const SMALLEST_SHARE = 1e-4; // a log slider that reaches 0 begins, beside that 0, at this share of its maximum
const outwards = { bubbles: true, composed: true };

/**
 * Where a slider's thumb may stand and what the value is there. The display of numbers only: what a value means, the
 * lab knows.
 * @param {LabParam} param
 */
export function sliderScale(param) {
  const { min, max, initial } = param;
  const step = param.step || (param.kind === 'integer' ? 1 : (max - min) / POSITIONS);
  const last = param.log ? POSITIONS : Math.round((max - min) / step);
  const low = min > 0 ? min : Math.max(param.step, max * SMALLEST_SHARE);
  /** @param {number} value */
  const positionOf = (value) => {
    if (!param.log) return (value - min) / step;
    if (value < low) return 0;
    const first = min > 0 ? 0 : 1;
    return first + ((last - first) * Math.log(value / low)) / Math.log(max / low);
  };
  /** @param {number} position */
  const valueAt = (position) => {
    if (position === Math.round(positionOf(initial))) return initial; // the default can always be found again
    if (position <= 0) return min;
    if (position >= last) return max;
    if (!param.log) return rounded(min + position * step);
    const first = min > 0 ? 0 : 1;
    return rounded(low * (max / low) ** ((position - first) / (last - first)), 3);
  };
  /**
   * @param {number} value
   * @param {number} digits
   */
  const rounded = (value, digits = 6) => {
    const short = Number(value.toPrecision(digits));
    return Math.min(max, Math.max(min, param.kind === 'integer' ? Math.round(short) : short));
  };
  return { last, positionOf, valueAt };
}

/**
 * One setting of a lab: a slider whose value can be typed, a choice, or a switch. Knows nothing about labs.
 * @fires param-change - CustomEvent<{ name: string, value: number }>, on every move of the thumb
 * @fires param-settled - when the thumb is let go; other ways to set it are settled at once
 */
export class ParamControl extends LitElement {
  static properties = { param: { attribute: false }, value: { type: Number }, problem: { state: true } };

  static styles = [
    base,
    css`
      :host {
        position: relative;
        font-size: 0.86rem;
      }
      .top {
        display: flex;
        gap: 0.5rem;
        align-items: baseline;
        justify-content: space-between;
      }
      .top.middle {
        align-items: center;
      }
      label,
      legend {
        min-width: 0;
        padding: 0;
        font-weight: 500;
      }
      .typed {
        position: relative;
        z-index: 1; /* above the slider's touch area */
        display: flex;
        gap: 0.25rem;
        align-items: baseline;
        color: var(--muted);
        font-size: 0.8rem;
        white-space: nowrap;
      }
      input[type='text'] {
        width: 4.6rem;
        min-height: 1.5rem;
        padding: 0 0.3rem;
        border: 1px solid transparent;
        border-radius: 5px;
        background: none;
        color: var(--ink);
        font: 500 0.82rem/1.3 var(--mono);
        text-align: right;
      }
      input[type='text']:hover,
      input[type='text']:focus {
        border-color: var(--field);
        background: var(--card);
      }
      .slide {
        position: relative;
        margin-top: -0.2rem;
      }
      input[type='range'] {
        position: relative;
        width: 100%;
        height: 1.5rem;
        margin: 0;
        accent-color: var(--accent);
        cursor: pointer;
      }
      .mark {
        position: absolute;
        top: 1.12rem;
        width: 1px;
        height: 0.36rem;
        background: var(--muted);
        pointer-events: none;
      }
      .changed .mark {
        background: var(--accent);
      }
      select {
        min-width: 0;
        max-width: 62%;
        min-height: 1.75rem;
        padding: 0.15rem 0.3rem;
        border: 1px solid var(--field);
        border-radius: 6px;
        background: var(--card);
        color: var(--ink);
        font: 500 0.82rem var(--ui);
      }
      fieldset {
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      .segments {
        display: flex;
        margin-top: 0.2rem;
        border: 1px solid var(--field);
        border-radius: 6px;
        overflow: clip;
      }
      .segments label {
        position: relative;
        flex: 1;
        padding: 0.2rem 0.3rem;
        font-size: 0.8rem;
        text-align: center;
        cursor: pointer;
      }
      .segments label + label {
        border-left: 1px solid var(--rule);
      }
      .segments label:hover {
        background: var(--soft);
      }
      .segments input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .segments label:has(:checked) {
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 600;
      }
      .segments label:has(:focus-visible) {
        outline: 2px solid var(--focus);
        outline-offset: -2px;
      }
      .switch {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        justify-content: space-between;
        min-height: 1.6rem;
        cursor: pointer;
      }
      .switch input {
        appearance: none;
        position: relative;
        flex: none;
        width: 2.1rem;
        height: 1.2rem;
        margin: 0;
        border: 1px solid var(--field);
        border-radius: 1rem;
        background: var(--soft);
        cursor: pointer;
      }
      .switch input::after {
        content: '';
        position: absolute;
        top: 0.13rem;
        left: 0.15rem;
        width: 0.8rem;
        height: 0.8rem;
        border-radius: 50%;
        background: var(--field);
        transition: translate 0.12s;
      }
      .switch input:checked {
        border-color: var(--accent);
        background: var(--accent);
      }
      .switch input:checked::after {
        background: var(--accent-ink);
        translate: 0.9rem;
      }
      .help {
        position: absolute;
        z-index: 3;
        top: calc(100% + 0.15rem);
        left: 0;
        right: 0;
        visibility: hidden;
        padding: 0.4rem 0.6rem;
        border: 1px solid var(--rule);
        border-radius: 6px;
        background: var(--card);
        box-shadow: var(--shadow);
        color: var(--muted);
        font-size: 0.78rem;
        line-height: 1.35;
        pointer-events: none;
      }
      :host(:hover) .help {
        visibility: visible;
        transition: visibility 0s 0.7s;
      }
      :host(:has(:focus-visible)) .help {
        visibility: visible;
      }
      .problem {
        margin: 0.1rem 0 0;
        color: var(--bad);
        font-size: 0.78rem;
      }
      @media (forced-colors: active) {
        .segments label:has(:checked) {
          outline: 2px solid Highlight;
          outline-offset: -2px;
        }
        .switch input {
          appearance: auto;
        }
        .switch input::after {
          content: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    /** @type {LabParam | null} */
    this.param = null;
    this.value = 0;
    this.problem = '';
  }

  /** @param {number} value */
  change(value) {
    const { param } = this;
    if (!param || value === this.value) return;
    this.value = value;
    this.problem = '';
    this.dispatchEvent(new CustomEvent('param-change', { detail: { name: param.name, value }, ...outwards }));
  }

  /** @param {number} value at once, not by dragging */
  set(value) {
    this.change(value);
    this.settle();
  }

  settle() {
    this.dispatchEvent(new CustomEvent('param-settled', outwards));
  }

  /** @param {Event} event */
  typed(event) {
    const { param } = this;
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (!param) return;
    const text = input.value.replaceAll(/[\s,]/g, '').replace('−', '-');
    const value = Number(text);
    const fits = text !== '' && value >= param.min && value <= param.max;
    if (fits && (param.kind !== 'integer' || Number.isInteger(value))) this.set(value);
    else this.problem = strings.is(param.label, allowedText(param));
    input.value = formatSetting(this.value);
  }

  render() {
    const { param } = this;
    if (!param) return nothing;
    const control =
      param.kind === 'toggle' ? this.toggle(param) : param.kind === 'choice' ? this.choice(param) : this.slider(param);
    return html`${control}
      ${param.help ? html`<div class="help" id="help">${param.help}</div>` : nothing}
      <p class="problem" role="alert" ?hidden=${!this.problem}>${this.problem}</p>`;
  }

  /** @param {LabParam} param */
  slider(param) {
    const { last, positionOf, valueAt } = sliderScale(param);
    const shown = formatSetting(this.value);
    const share = positionOf(param.initial) / last;
    return html`
      <div class="top">
        <label for="slider">${param.label}</label>
        <span class="typed">
          <input type="text" inputmode="decimal" autocomplete="off" aria-label="${strings.typed(param.label)}" .value=${shown}
            @change=${this.typed} @focus=${(/** @type {any} */ e) => e.target.select()} />
          ${param.unit ? html`<span>${param.unit}</span>` : nothing}
        </span>
      </div>
      <div class="slide ${this.value === param.initial ? '' : 'changed'}">
        <span class="mark" .style=${`left: calc(8px + (100% - 16px) * ${share})`}></span>
        <input id="slider" type="range" min="0" max=${last} step="1"
          .value=${String(Math.round(positionOf(this.value)))}
          aria-valuetext="${shown}${param.unit ? ` ${param.unit}` : ''}"
          aria-describedby=${param.help ? 'help' : nothing}
          @input=${(/** @type {any} */ e) => this.change(valueAt(Number(e.target.value)))}
          @change=${this.settle} @dblclick=${() => this.set(param.initial)} />
      </div>`;
  }

  /** @param {LabParam} param */
  choice(param) {
    if (!fitsSegments(param)) return this.select(param);
    return html`<fieldset aria-describedby=${param.help ? 'help' : nothing}>
      <legend>${param.label}</legend>
      <div class="segments">
        ${param.choices.map(
          (choice, i) =>
            html`<label><input type="radio" name="choice" .checked=${i === this.value} @change=${() => this.set(i)}
              />${choice.label}</label>`,
        )}
      </div>
    </fieldset>`;
  }

  /** @param {LabParam} param */
  select(param) {
    return html`<div class="top middle">
      <label for="choice">${param.label}</label>
      <select id="choice" aria-describedby=${param.help ? 'help' : nothing} .value=${String(this.value)}
        @change=${(/** @type {any} */ e) => this.set(Number(e.target.value))}>
        ${param.choices.map(
          (choice, i) => html`<option value=${i} ?selected=${i === this.value}>${choice.label}</option>`,
        )}
      </select>
    </div>`;
  }

  /** @param {LabParam} param */
  toggle(param) {
    return html`<label class="switch"><span>${param.label}</span>
      <input type="checkbox" role="switch" .checked=${this.value === 1}
        aria-describedby=${param.help ? 'help' : nothing}
        @change=${(/** @type {any} */ e) => this.set(e.target.checked ? 1 : 0)} /></label>`;
  }
}
customElements.define('param-control', ParamControl);
