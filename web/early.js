/**
 * Runs before the first paint, so that nothing flashes: the reader's colour scheme, and whether the page is an embed.
 * Then it watches the rest of the page arrive: what does not come is told, and keeps nothing else waiting.
 */
import { SILENCE_MS } from './lib/fetching.js';
import { fetchLabParts } from './lib/lab-parts.js';
import { notice } from './lib/notice.js';
import { early as strings } from './strings/strings.js';

try {
  const scheme = localStorage.getItem('laymanz-scheme');
  if (scheme === 'light' || scheme === 'dark') document.documentElement.dataset.scheme = scheme;
} catch {
  // Storage is blocked: the system's scheme it is.
}
const query = new URLSearchParams(location.search);
if (query.has('embed') && query.has('lab')) document.documentElement.classList.add('embed');
if (query.has('lab') || location.hash.startsWith('#lab-')) fetchLabParts(); // a lab is what the reader comes for
if (location.hash) setBefore(`#${CSS.escape(location.hash.slice(1))}`);

/** What stands above the place that a link leads to is set at once (see lib/far.js), since it would move it later. @param {string} place */
function setBefore(place) {
  const style = new CSSStyleSheet();
  style.replaceSync(`section:has(~ section ${place}, ~ ${place}) .far, .far:has(~ ${place}), .far:has(${place}), .far${place},
    challenge-card:has(~ ${place}) > .far { content-visibility: visible !important; }`);
  document.adoptedStyleSheets.push(style);
}

const NO_STYLE = strings.theLooksOfThis;
const NO_SCRIPT = strings.theProgramOfThis;

/** @type {(sentence: string, key: string) => void} */
function tell(sentence, key) {
  const show = () => notice(sentence, key, { label: strings.tryAgain, act: () => location.reload() });
  if (document.readyState !== 'loading') show();
  else document.addEventListener('readystatechange', show, { once: true }); // the text is here, whatever else is not
}

addEventListener('error', ({ target }) => {
  if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') tell(NO_STYLE, 'style');
  if (target instanceof HTMLScriptElement) tell(NO_SCRIPT, 'script');
}, { capture: true });

/** A stylesheet that never comes would keep the text from being seen and the program from being run. */
function goOn() {
  for (const link of /** @type {NodeListOf<HTMLLinkElement>} */ (document.querySelectorAll('link[rel=stylesheet]'))) {
    if (link.sheet) continue;
    link.remove();
    tell(NO_STYLE, 'style');
  }
}

const silence = setTimeout(() => {
  goOn();
  tell(NO_SCRIPT, 'script');
}, SILENCE_MS);
addEventListener('page-awake', () => {
  clearTimeout(silence);
  notice(null, 'script');
}, { once: true });
