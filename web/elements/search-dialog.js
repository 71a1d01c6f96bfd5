import { LitElement, css, html, nothing } from 'lit';
import { base, buttons } from './shared.js';
import { HERE, commandGroups } from '../lib/commands.js';
import { holdInPlace } from '../lib/hold.js';
import { Search, marked, readSearch, snippet } from '../lib/search.js';
import { siteUrl } from '../lib/site.js';
import { searchDialog as strings } from '../strings/strings.js';

/** @typedef {import('../lib/search.js').Hit} Hit */
/** @typedef {{ key: string, title: string, hits: Hit[], hidden: number }} ShownGroup */

const TITLES = /** @type {Record<string, string>} */ ({ command: strings.toDo, text: strings.inTheText, lab: strings.labs, challenge: strings.challenges,
  question: strings.questions, term: strings.glossary, library: strings.theLibraryInC });
const FIRST = 5; // of a group; the rest on request
const NONE = new Set();

/** Search and commands in one dialog: a combobox whose list is what was found, or what can be done. */
export class SearchDialog extends LitElement {
  static properties = {
    query: { state: true },
    active: { state: true },
    search: { state: true },
    commands: { state: true },
    problem: { state: true },
    whole: { state: true },
  };

  static styles = [
    base,
    buttons,
    css`
      dialog {
        width: min(42rem, 94vw);
        max-width: none;
        max-height: min(44rem, 84dvh);
        margin: 8dvh auto auto;
        padding: 0;
        border: 1px solid var(--rule);
        border-radius: var(--radius);
        background: var(--card);
        color: var(--ink);
        box-shadow: var(--shadow);
        overflow: hidden;
      }
      dialog[open] {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 35%);
      }
      .bar {
        display: flex;
        gap: 0.6rem;
        align-items: center;
        padding: 0.5rem 0.6rem 0.5rem 1rem;
        border-bottom: 1px solid var(--rule);
      }
      .bar svg {
        flex: none;
        color: var(--muted);
      }
      input {
        flex: 1;
        min-width: 0;
        height: 2.5rem;
        padding: 0;
        border: 0;
        background: none;
        color: var(--ink);
        font: 400 1.05rem var(--ui);
      }
      input:focus-visible {
        outline: none; /* the whole bar shows it */
      }
      .bar:focus-within {
        box-shadow: inset 0 -2px 0 var(--focus);
      }
      .bar:has(button:focus-visible) {
        box-shadow: none;
      }
      input::placeholder {
        color: var(--muted);
        opacity: 1;
      }
      .list {
        overflow-y: auto;
        overscroll-behavior: contain;
        padding: 0.35rem 0.5rem 0.6rem;
      }
      .group > .title {
        margin: 0;
        padding: 0.7rem 0.6rem 0.25rem;
        color: var(--muted);
        font: 600 0.7rem var(--ui);
        letter-spacing: 0.08em;
        text-transform: uppercase;
      }
      .option {
        display: block;
        padding: 0.45rem 0.6rem;
        border-radius: var(--radius-small);
        border: 1px solid transparent;
        cursor: pointer;
        scroll-margin-block: 2.2rem 0.5rem;
      }
      .option[aria-selected='true'] {
        background: var(--accent-soft);
      }
      @media (forced-colors: active) {
        .option[aria-selected='true'] {
          border-color: Highlight;
        }
      }
      .first {
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.7rem;
        align-items: baseline;
      }
      .name {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      [data-kind="library"] .name {
        font: 600 0.82rem var(--mono-system);
      }
      .where {
        color: var(--muted);
        font-size: 0.78rem;
      }
      .option[aria-selected='true'] .where {
        color: var(--ink);
      }
      .text {
        display: block;
        margin-top: 0.1rem;
        font-size: 0.84rem;
        overflow-wrap: anywhere;
      }
      .more {
        color: var(--accent);
        font-weight: 600;
        font-size: 0.82rem;
      }
      mark {
        border-radius: 2px;
        background: none;
        color: var(--accent);
        font-weight: 700;
        text-decoration: underline 1px;
        text-underline-offset: 0.15em;
      }
      .say {
        margin: 0;
        padding: 1rem 1.1rem;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1rem;
        justify-content: space-between;
        padding: 0.45rem 1rem;
        border-top: 1px solid var(--rule);
        color: var(--muted);
        font-size: 0.78rem;
      }
      .foot p {
        margin: 0;
      }
      kbd {
        padding: 0.05rem 0.3rem;
        border: 1px solid var(--rule);
        border-radius: 4px;
        font: 0.92em var(--ui);
      }
      @media (max-width: 40rem) {
        dialog {
          width: 100vw;
          height: 100dvh;
          max-height: none;
          margin: 0;
          border: 0;
          border-radius: 0;
        }
        .option {
          padding-block: 0.6rem;
        }
        .keys {
          display: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.query = '';
    this.active = 0;
    /** @type {Search | null} */
    this.search = null;
    /** @type {import('../lib/commands.js').CommandGroup[]} */
    this.commands = [];
    /** @type {Search | null} over the commands */
    this.commandSearch = null;
    this.problem = '';
    this.whole = NONE; // groups shown to their end
    this.address = '';
    this.loose = false;
    /** @type {ShownGroup[]} */
    this.groups = [];
  }

  /** @param {string} address of what can be found */
  async open(address) {
    await this.updateComplete;
    if (this.dialog.open) return this.input.select();
    this.address = address;
    this.change('');
    await this.updateComplete;
    this.input.value = '';
    this.dialog.showModal();
    this.input.focus();
    this.load();
    const commands = await commandGroups();
    const typed = commands.filter(({ title }) => title !== HERE); // what is on this page is found like anything else
    this.commandSearch = await Search.over(typed.flatMap((group) => group.commands));
    this.commands = commands;
  }

  async load() {
    this.problem = '';
    try {
      this.search = await readSearch(this.address);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** @returns {HTMLDialogElement} */
  get dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  /** @returns {HTMLInputElement} */
  get input() {
    return /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
  }

  close() {
    this.dialog.close();
  }

  /** @param {string} query */
  change(query) {
    this.query = query;
    this.active = 0;
    this.whole = NONE;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.size === 1 && changed.has('active')) return;
    this.groups = this.query.trim() === '' ? this.offered() : this.found();
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('query')) this.renderRoot.querySelector('.list')?.scrollTo(0, 0);
    else if (changed.has('active')) this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }

  /** What can be done, before anything is typed. @returns {ShownGroup[]} */
  offered() {
    this.loose = false;
    return this.commands.map(({ title, commands }) =>
      this.cut(title, title, commands.map((place) => ({ place, terms: /** @type {Set<string>} */ (NONE) }))));
  }

  /** @returns {ShownGroup[]} */
  found() {
    const commands = this.commandSearch?.find(this.query) ?? { groups: [], loose: false };
    const { groups, loose } = this.search?.find(this.query) ?? { groups: [], loose: false };
    this.loose = loose && (commands.loose || commands.groups.length === 0);
    const todo = commands.loose ? [] : commands.groups;
    const places = loose && todo.length > 0 ? [] : groups; // some of the words are no match beside all of them
    return [...todo, ...places].map(({ kind, hits }) => this.cut(kind, TITLES[kind], hits));
  }

  /** @type {(key: string, title: string, hits: Hit[]) => ShownGroup} */
  cut(key, title, hits) {
    const shown = this.whole.has(key) || hits.length <= FIRST + 1 ? hits : hits.slice(0, FIRST);
    return { key, title, hits: shown, hidden: hits.length - shown.length };
  }

  /** Everything that the arrows go through: hits, and the way to the rest of a group. */
  get options() {
    return this.groups.flatMap(({ key, hits, hidden }) => [
      ...hits.map(({ place }) => ({ place, key: '' })),
      ...(hidden > 0 ? [{ place: null, key }] : []),
    ]);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || event.shiftKey || event.altKey) return;
    const last = this.options.length - 1;
    const to = /** @type {Record<string, number>} */ ({ ArrowDown: this.active < last ? this.active + 1 : 0,
      ArrowUp: this.active > 0 ? this.active - 1 : last, Home: 0, End: last })[event.key];
    if (event.key === 'Enter') {
      event.preventDefault();
      this.choose(this.active, event.ctrlKey || event.metaKey);
    } else if (to !== undefined && last >= 0) {
      event.preventDefault();
      this.active = to;
    }
  }

  /**
   * @param {number} at of the options
   * @param {boolean} apart in a tab of its own
   */
  choose(at, apart) {
    const option = this.options[at];
    if (!option) return;
    const { place, key } = option;
    if (!place) {
      this.whole = new Set([...this.whole, key]); // the active option is now the first of those that were hidden
      this.input.focus();
    } else if (place.run) {
      this.close();
      place.run();
    } else this.go(siteUrl(place.href), apart);
  }

  /** @type {(href: string, apart: boolean) => void} */
  go(href, apart) {
    if (apart) return void window.open(href, '_blank');
    this.close();
    const url = new URL(href);
    const same = url.pathname === location.pathname && url.search === location.search;
    location.assign(href);
    const target = same && document.getElementById(decodeURIComponent(url.hash.slice(1)));
    if (!target) return;
    holdInPlace(target); // also where the address was this one already
    focusOn(target.querySelector(':scope > h2') ?? target);
  }

  render() {
    const options = this.options;
    const typed = this.query.trim() !== '';
    return html`<dialog aria-label="${strings.searchAndCommands}" @click=${this.onBackdrop}>
      <div class="bar">
        <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">
          <circle cx="8.8" cy="8.8" r="5.3" /><path d="M13 13l4 4" />
        </svg>
        <input type="text" role="combobox" aria-label="${strings.searchOrACommand}" aria-autocomplete="list" aria-controls="list"
          aria-expanded=${String(options.length > 0)} aria-activedescendant=${options.length > 0 ? `o${this.active}` : nothing}
          placeholder="${strings.searchOrACommand}" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
          @input=${(/** @type {any} */ e) => this.change(e.target.value)} @keydown=${this.onKey} />
        <button type="button" class="quiet" @click=${this.close}>${strings.close}</button>
      </div>
      <div class="list">
        ${this.sentence(typed)}
        <div id="list" role="listbox" aria-label=${typed ? strings.results : strings.commands} ?hidden=${options.length === 0}>${this.list()}</div>
      </div>
      <div class="foot">
        <p role="status">${this.summary(typed)}</p>
        <p class="keys" aria-hidden="true"><kbd>↑</kbd> <kbd>↓</kbd> ${strings.choose} · <kbd>Enter</kbd> ${strings.go} · <kbd>Esc</kbd> ${strings.close2}</p>
      </div>
    </dialog>`;
  }

  /** @param {MouseEvent} event */
  onBackdrop(event) {
    if (event.target !== this.dialog) return;
    const { left, right, top, bottom } = this.dialog.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) this.close();
  }

  /** What there is to say instead of results, or before them. @param {boolean} typed */
  sentence(typed) {
    if (this.problem) {
      return html`<p class="say">${strings.untilItIsThere(this.problem)}
        <button type="button" class="link" @click=${this.load}>${strings.tryAgain}</button></p>`;
    }
    if (!typed) return nothing;
    if (!this.search) return html`<p class="say">${strings.readingWhatCanBe}</p>`;
    if (this.loose) return html`<p class="say">${strings.noPlaceHasAll}</p>`;
    if (this.groups.length > 0) return nothing;
    return html`<p class="say">${strings.nothingHere(this.query.trim(), html`<a href=${siteUrl('glossary/')}>${strings.linkedGlossary}</a>`,
      html`<a href=${siteUrl('map/')}>${strings.linkedMap}</a>`)}</p>`;
  }

  /** @param {boolean} typed */
  summary(typed) {
    if (!typed) return strings.typeToSearchAll;
    if (!this.search) return '';
    const total = this.groups.reduce((sum, { hits, hidden }) => sum + hits.length + hidden, 0);
    return total === 0 ? strings.nothingFound : total === 1 ? strings.n1Result : strings.results2(total);
  }

  list() {
    let at = 0;
    return this.groups.map(({ key, title, hits, hidden }, g) => html`<div class="group" data-kind=${key} role="group" aria-labelledby="g${g}">
      <p class="title" id="g${g}" role="presentation">${title}</p>
      ${hits.map((hit) => this.option(at++, this.hit(hit)))}
      ${hidden > 0 ? this.option(at++, html`<span class="more">${strings.more(hidden)}</span>`) : nothing}
    </div>`);
  }

  /** @type {(at: number, content: unknown) => unknown} */
  option(at, content) {
    return html`<div class="option" role="option" id="o${at}" aria-selected=${String(at === this.active)}
      @pointermove=${() => (this.active = at)}
      @click=${(/** @type {MouseEvent} */ e) => this.choose(at, e.ctrlKey || e.metaKey)}
      @auxclick=${(/** @type {MouseEvent} */ e) => e.button === 1 && this.choose(at, true)}>${content}</div>`;
  }

  /** @param {Hit} hit */
  hit({ place, terms }) {
    const inText = snippet(place.text, terms);
    const seen = [...marked(place.title, terms), ...inText].some((piece) => piece.marked);
    const also = !seen && place.also && place.kind !== 'command' ? snippet(place.also, terms) : [];
    return html`<span class="first"><span class="name">${pieces(marked(place.title, terms))}</span>
        ${place.place ? html`<span class="where">${place.place.replaceAll(' > ', ' › ')}</span>` : nothing}</span>
      ${also.length > 0 ? html`<span class="text">${place.kind === 'term' ? strings.also : strings.with}${pieces(also)}</span>` : nothing}
      ${inText.length > 0 ? html`<span class="text">${pieces(inText)}</span>` : nothing}`;
  }
}

/** @param {{ piece: string, marked: boolean }[]} all text, and nothing but text: "<b>" in a lesson is shown as it is */
function pieces(all) {
  return all.map(({ piece, marked }) => (marked ? html`<mark>${piece}</mark>` : piece));
}

/** @param {Element} element where the reader goes on, by keyboard too */
function focusOn(element) {
  if (!(element instanceof HTMLElement)) return;
  const focusable = element.hasAttribute('tabindex');
  if (!focusable) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  if (!focusable) element.addEventListener('blur', () => element.removeAttribute('tabindex'), { once: true });
}

customElements.define('search-dialog', SearchDialog);

/** @param {string} address of what can be found */
export async function openSearch(address) {
  const dialog = /** @type {SearchDialog} */ (document.querySelector('search-dialog') ?? document.body.appendChild(document.createElement('search-dialog')));
  await dialog.open(address);
}
