import { LitElement, css, html, nothing, svg } from 'lit';
import { base, buttons } from './shared.js';
import { FIRST_SEED, parseSeed } from '../lib/link.js';
import './arithmetic-switch.js';
import './param-control.js';
import { labControls as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabParam} LabParam */
/** @typedef {import('../lib/lab-types.js').LabSettings} LabSettings */

const icon = (/** @type {import('lit').TemplateResult} */ path) => html`<svg viewBox="0 0 20 20" width="16" height="16"
  fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"
  aria-hidden="true">${path}</svg>`;
const UNDO = icon(svg`<path d="M7 4L3.5 7.5 7 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8"/>`);
const REDO = icon(svg`<path d="M13 4l3.5 3.5L13 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12"/>`);
const SEEDS = 1e6; // new seeds are short enough to be told to a friend

/**
 * All settings of a lab, in their groups, and the seed.
 * @fires param-change - CustomEvent<{ name: string, value: number }>
 * @fires seed-change - CustomEvent<{ seed: number }>
 * @fires undo - and `redo`, of the last changes
 * @fires defaults - when the reader wants the initial settings back
 */
export class LabControls extends LitElement {
  static properties = {
    params: { attribute: false },
    settings: { attribute: false },
    undoable: { type: Boolean },
    redoable: { type: Boolean },
    problem: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.3rem;
        align-content: start;
      }
      h4 {
        margin: 0.6rem 0 0;
        color: var(--muted);
        font: 600 0.68rem var(--ui);
        letter-spacing: 0.07em;
        text-transform: uppercase;
      }
      h4:first-child {
        margin-top: 0;
      }
      details[open] > :not(summary) {
        margin-top: 0.3rem;
      }
      summary {
        width: fit-content;
        color: var(--muted);
        font-size: 0.78rem;
        line-height: 1.5rem;
        cursor: pointer;
      }
      summary:hover {
        color: var(--ink);
      }
      .seed {
        display: flex;
        gap: 0.4rem;
        align-items: center;
        margin-top: 0.4rem;
        padding-top: 0.6rem;
        border-top: 1px solid var(--rule);
        font-size: 0.86rem;
        font-weight: 500;
      }
      .seed input {
        flex: 1;
        width: 0;
        min-height: 1.8rem;
        border: 1px solid var(--field);
        border-radius: 6px;
        background: var(--card);
        color: var(--ink);
        font: 500 0.82rem var(--mono);
        text-align: right;
      }
      .seed button {
        min-height: 1.8rem;
        padding: 0.15rem 0.55rem;
        font-size: 0.78rem;
      }
      .problem {
        margin: 0;
        color: var(--bad);
        font-size: 0.78rem;
      }
      .back {
        display: flex;
        gap: 0.1rem;
        align-items: center;
      }
      .defaults {
        margin-right: auto;
        font-size: 0.8rem;
      }
      .step {
        min-width: 1.7rem;
        min-height: 1.7rem;
        padding: 0.2rem !important;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {LabParam[]} */
    this.params = [];
    /** @type {LabSettings} */
    this.settings = { params: [], seed: FIRST_SEED };
    this.undoable = false;
    this.redoable = false;
    this.problem = '';
  }

  render() {
    const changed =
      this.settings.seed !== FIRST_SEED || this.params.some((p, i) => p.initial !== this.settings.params[i]);
    return html`
      ${this.groups().map(({ name, indices }) => this.group(name, indices))}
      ${this.seed()}
      <div class="back">
        <button class="link defaults" ?disabled=${!changed} @click=${() => this.tell('defaults')}>
          ${strings.backToTheDefault}</button>
        <button class="quiet step" ?disabled=${!this.undoable} aria-label="${strings.undo}" aria-keyshortcuts="Control+Z Meta+Z"
          title="${strings.undoTheLastChange}" @click=${() => this.tell('undo')}>${UNDO}</button>
        <button class="quiet step" ?disabled=${!this.redoable} aria-label="${strings.redo}"
          aria-keyshortcuts="Control+Shift+Z Meta+Shift+Z" title="${strings.redoItCtrlShift}"
          @click=${() => this.tell('redo')}>${REDO}</button>
      </div>
      <arithmetic-switch></arithmetic-switch>`;
  }

  /** @param {'defaults' | 'undo' | 'redo'} what */
  tell(what) {
    this.dispatchEvent(new Event(what));
  }

  groups() {
    /** @type {{ name: string | null, indices: number[] }[]} */
    const groups = [];
    this.params.forEach((param, i) => {
      const group = groups.find((one) => one.name === param.group);
      if (group) group.indices.push(i);
      else groups.push({ name: param.group, indices: [i] });
    });
    return groups;
  }

  /**
   * @param {string | null} name
   * @param {number[]} indices
   */
  group(name, indices) {
    const plain = indices.filter((i) => !this.params[i].advanced);
    const advanced = indices.filter((i) => this.params[i].advanced);
    const touched = advanced.some((i) => this.params[i].initial !== this.settings.params[i]);
    return html`${name ? html`<h4>${name}</h4>` : nothing} ${plain.map((i) => this.control(i))}
      ${advanced.length
        ? html`<details ?open=${touched}>
            <summary>${strings.moreSettings}</summary>${advanced.map((i) => this.control(i))}</details>`
        : nothing}`;
  }

  /** @param {number} i */
  control(i) {
    return html`<param-control data-param=${this.params[i].name} .param=${this.params[i]}
      .value=${this.settings.params[i]}></param-control>`;
  }

  seed() {
    return html`<div class="seed">
        <label for="seed" title="${strings.sameSeedSameCurve}">${strings.seed}</label>
        <input id="seed" inputmode="numeric" autocomplete="off" .value=${String(this.settings.seed)}
          @change=${this.typed} />
        <button @click=${() => this.choose(Math.floor(Math.random() * SEEDS))}>${strings.newSeed}</button>
      </div>
      <p class="problem" role="alert" ?hidden=${!this.problem}>${this.problem}</p>`;
  }

  /** @param {Event} event */
  typed(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const seed = parseSeed(input.value.trim());
    this.problem = seed === null ? strings.aSeedIsA : '';
    if (seed === null) input.value = String(this.settings.seed);
    else this.choose(seed);
  }

  /** @param {number} seed */
  choose(seed) {
    this.problem = '';
    this.dispatchEvent(new CustomEvent('seed-change', { detail: { seed } }));
  }
}
customElements.define('lab-controls', LabControls);
