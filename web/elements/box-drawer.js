import { LitElement, css, html, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { base, buttons, code } from './shared.js';
import { fetchWhole } from '../lib/fetching.js';
import { siteUrl } from '../lib/site.js';
import { boxDrawer as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabSource & { title?: string, label?: string }} Source */

/** @type {Map<string, Promise<string>>} */
const fetched = new Map();

/** @param {string} lab */
function boxOf(lab) {
  const known = fetched.get(lab);
  if (known) return known;
  const box = fetchWhole(siteUrl(`data/box/${lab}.html`), strings.theSource).then((response) => response.text());
  fetched.set(lab, box);
  box.catch(() => fetched.delete(lab));
  return box;
}

/**
 * "Open the box": the C of a lab and of every library function that it calls, in a drawer at the side. The site's
 * builder wrote and escaped the fragment that is shown.
 */
export class BoxDrawer extends LitElement {
  static properties = {
    lab: { type: String },
    box: { state: true },
    problem: { state: true },
    source: { state: true },
  };

  static styles = [
    base,
    buttons,
    code,
    css`
      dialog {
        width: min(76rem, 96vw);
        max-width: none;
        height: 100dvh;
        max-height: none;
        margin: 0 0 0 auto;
        padding: 0;
        border: 0;
        border-left: 1px solid var(--rule);
        background: var(--card);
        color: var(--ink);
        box-shadow: var(--shadow);
        overflow: hidden;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 35%);
      }
      .frame {
        display: grid;
        grid-template-rows: auto auto minmax(0, 1fr);
        grid-template-columns: minmax(0, 1fr);
        height: 100%;
      }
      .top {
        display: flex;
        gap: 0.8rem;
        align-items: center;
        padding: 0.7rem 1.1rem;
        border-bottom: 1px solid var(--rule);
      }
      h2 {
        margin: 0;
        font: 600 1.02rem var(--ui);
      }
      .top p {
        margin: 0;
        color: var(--muted);
        font-size: 0.82rem;
      }
      .top button {
        margin-left: auto;
      }
      .parts {
        display: grid;
        grid-row: 3;
        grid-template-columns: 13rem minmax(0, 1fr);
        min-height: 0;
      }
      nav {
        padding: 0.8rem 0.5rem;
        border-right: 1px solid var(--rule);
        overflow: auto;
      }
      nav button {
        justify-content: flex-start;
        width: 100%;
        min-height: 1.75rem;
        padding: 0.2rem 0.6rem;
        overflow: hidden;
        font: 400 0.76rem var(--mono);
        text-overflow: ellipsis;
      }
      nav button.part {
        padding-left: 1.3rem;
      }
      nav button[aria-current] {
        background: var(--accent-soft);
        color: var(--accent);
      }
      .text {
        overflow: auto;
        overscroll-behavior: contain;
        scroll-padding-top: 1rem;
      }
      .formula {
        margin: 0;
        padding: 0.9rem 1.2rem;
        border-bottom: 1px solid var(--rule);
        background: var(--soft);
      }
      .formula p {
        margin: 0 0 0.35rem;
        color: var(--muted);
        font-size: 0.82rem;
      }
      .formula math {
        font-size: 1.15rem;
      }
      section {
        padding: 0.9rem 0 0;
        border-bottom: 1px solid var(--rule);
      }
      section > :not(pre) {
        margin-inline: 1.2rem;
      }
      section h4 {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 0.8rem;
        align-items: baseline;
        margin-block: 0 0.3rem;
      }
      section h4 code {
        font: 600 0.92rem var(--mono);
      }
      .path {
        color: var(--muted);
        font: 400 0.76rem var(--mono);
      }
      p.path {
        margin-block: 0.2rem;
      }
      pre.contract {
        padding-block: 0.4rem;
        background: var(--soft);
      }
      .here {
        box-shadow: inset 3px 0 var(--accent);
        background: var(--accent-soft);
      }
      section.here {
        background: none;
      }
      .wait {
        padding: 1.2rem;
        color: var(--muted);
      }
      @media (max-width: 48rem) {
        .parts {
          grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
        }
        nav {
          display: flex;
          padding: 0.4rem;
          border-right: 0;
          border-bottom: 1px solid var(--rule);
        }
        nav button {
          width: auto;
          flex: none;
        }
      }
    `,
  ];

  constructor() {
    super();
    this.lab = '';
    /** @type {string | null} */
    this.box = null;
    this.problem = '';
    /** @type {Source | null} */
    this.source = null;
  }

  /**
   * Opens the drawer, at the function that computes `source` if there is one.
   * @param {Source | null} source
   */
  async open(source) {
    this.source = source;
    await this.updateComplete;
    const dialog = /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
    if (!dialog.open) dialog.showModal();
    await this.load();
    this.jump(source?.code ?? 'lab');
  }

  async load() {
    this.problem = '';
    try {
      this.box = await boxOf(this.lab);
    } catch (error) {
      this.problem = /** @type {Error} */ (error).message;
    }
    await this.updateComplete;
  }

  close() {
    /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog')).close();
  }

  /** @param {string} name of a function, or "lab" */
  jump(name) {
    const root = /** @type {ShadowRoot} */ (this.renderRoot);
    for (const old of root.querySelectorAll('.here')) old.classList.remove('here');
    for (const button of root.querySelectorAll('nav button'))
      if (button.getAttribute('data-name') === name) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    const target = root.getElementById(`fn-${name}`) ?? root.getElementById('fn-lab');
    if (!target) return;
    target.scrollIntoView({ block: 'start' });
    root.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (name !== 'lab') target.classList.add('here');
  }

  /** The functions in the box, those of the lab's own file marked. */
  names() {
    const holder = document.createElement('template');
    holder.innerHTML = this.box ?? '';
    const marked = [...holder.content.querySelectorAll('#fn-lab [id^="fn-"], section[data-function]')];
    return marked.map((place) => ({ name: place.id.slice('fn-'.length), own: place.localName !== 'section' }));
  }

  render() {
    return html`<dialog aria-labelledby="title" @click=${this.clicked}>
      <div class="frame">
        <header class="top">
          <div><h2 id="title">${strings.insideThisLab}</h2><p>${strings.theCThatDrew}</p></div>
          <button @click=${this.close}>${strings.close}</button>
        </header>
        ${this.formula()}
        <div class="parts">
          <nav aria-label="${strings.functions}">
            <button class="quiet" data-name="lab" @click=${() => this.jump('lab')}>${this.lab}.c</button>
            ${this.names().map(
              ({ name, own }) => html`<button class="quiet ${own ? 'part' : ''}" data-name=${name} title=${name}
                @click=${() => this.jump(name)}>${name}</button>`,
            )}
          </nav>
          <div class="text" tabindex="0" role="region" aria-label="${strings.source}">
            ${this.problem
              ? html`<p class="wait" role="alert">${this.problem} <button @click=${this.load}>${strings.tryAgain}</button></p>`
              : this.box === null ? html`<p class="wait">${strings.fetchingTheSource}</p>` : unsafeHTML(this.box)}
          </div>
        </div>
      </div>
    </dialog>`;
  }

  formula() {
    const { source } = this;
    if (!source?.formula_html) return nothing;
    return html`<div class="formula"><p>${strings.is(source.title ?? source.label)}</p>${unsafeHTML(source.formula_html)}</div>`;
  }

  /** @param {MouseEvent} event a click beside the drawer closes it */
  clicked(event) {
    if (event.target === event.currentTarget) this.close();
  }
}
customElements.define('box-drawer', BoxDrawer);
