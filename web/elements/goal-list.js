import { LitElement, css, html, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { goalList as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabGoal} LabGoal */

/**
 * "Try this": what is worth doing in a lab. Ticks come from outside and stay.
 * @fires show-goal - CustomEvent<{ goal: LabGoal }>, when the reader asks to be shown
 */
export class GoalList extends LitElement {
  static properties = { goals: { attribute: false }, met: { attribute: false } };

  static styles = [
    base,
    buttons,
    css`
      .top {
        display: flex;
        gap: 0.6rem;
        align-items: baseline;
        margin-bottom: 0.3rem;
      }
      h4 {
        margin: 0;
        font: 600 0.82rem var(--ui);
      }
      .count {
        color: var(--muted);
        font-size: 0.76rem;
      }
      ul {
        display: grid;
        gap: 0.1rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 1.4rem minmax(0, 1fr) auto;
        gap: 0.3rem;
        align-items: baseline;
        min-height: 1.6rem;
      }
      .mark {
        color: var(--muted);
      }
      .met .mark {
        color: var(--ok);
        font-weight: 700;
      }
      li.new .mark {
        animation: arrive 0.5s ease-out;
      }
      @keyframes arrive {
        from {
          scale: 1.9;
          opacity: 0;
        }
      }
      button.link {
        font-size: 0.78rem;
        font-weight: 500;
      }
      button.link:hover {
        background: none;
      }
    `,
  ];

  constructor() {
    super();
    /** @type {LabGoal[]} */
    this.goals = [];
    /** @type {Set<string>} the names of those that were ever met */
    this.met = new Set();
    /** @type {Set<string> | null} those that were met before the page was opened: they do not arrive */
    this.metAtFirst = null;
  }

  render() {
    this.metAtFirst ??= new Set(this.met);
    const done = this.goals.filter((goal) => this.met.has(goal.name)).length;
    return html`
      <div class="top"><h4>${strings.tryThis}</h4><span class="count">${strings.of(done, this.goals.length)}</span></div>
      <ul>${this.goals.map((goal) => this.item(goal))}</ul>`;
  }

  /** @param {LabGoal} goal */
  item(goal) {
    const met = this.met.has(goal.name);
    const state = `${met ? 'met' : ''} ${met && !this.metAtFirst?.has(goal.name) ? 'new' : ''}`;
    return html`<li class=${state} data-goal=${goal.name}>
      <span class="mark" aria-hidden="true">${met ? '✓' : '○'}</span>
      <span>${goal.sentence}${met ? html`<span class="visually-hidden"> ${strings.done}</span>` : nothing}</span>
      ${goal.preset
        ? html`<button class="link" title="${strings.setsTheLabUp}" @click=${() => this.show(goal)}>
            ${strings.showMe}<span class="visually-hidden">: ${goal.sentence}</span></button>`
        : nothing}
    </li>`;
  }

  /** @param {LabGoal} goal */
  show(goal) {
    this.dispatchEvent(new CustomEvent('show-goal', { detail: { goal } }));
  }
}
customElements.define('goal-list', GoalList);
