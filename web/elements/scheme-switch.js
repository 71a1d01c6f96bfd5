/** A button that goes through the colour schemes: as the system has it, light, dark. Remembered in this browser. */
import { schemeSwitch as strings } from '../strings/strings.js';

const KEY = 'laymanz-scheme';
const SCHEMES = ['auto', 'light', 'dark'];
const LABELS = /** @type {Record<string, string>} */ ({ auto: strings.auto, light: strings.light, dark: strings.dark });

export class SchemeSwitch extends HTMLElement {
  connectedCallback() {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pill';
    button.addEventListener('click', () => this.next());
    this.replaceChildren(button);
    this.show();
  }

  get scheme() {
    return document.documentElement.dataset.scheme ?? 'auto';
  }

  next() {
    this.set(SCHEMES[(SCHEMES.indexOf(this.scheme) + 1) % SCHEMES.length]);
  }

  /** @param {string} scheme */
  set(scheme) {
    if (scheme === 'auto') delete document.documentElement.dataset.scheme;
    else document.documentElement.dataset.scheme = scheme;
    remember(scheme);
    this.show();
  }

  show() {
    const button = this.querySelector('button');
    if (!button) return;
    button.textContent = LABELS[this.scheme];
    button.setAttribute('aria-label', strings.colourSchemePressTo(LABELS[this.scheme]));
  }
}

/** @param {string} scheme */
function remember(scheme) {
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // Storage is blocked: the choice lasts until the page is closed.
  }
}

customElements.define('scheme-switch', SchemeSwitch);
