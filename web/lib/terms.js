/**
 * A term's definition, shown beside it while it is hovered or has the focus (WCAG 1.4.13: the pointer may move onto the
 * note, Escape closes it, and it stays until the reader leaves). The link itself leads to the glossary.
 */
import { siteJson } from './site.js';

const PATIENCE_MS = 250; // a pointer that only passes by opens nothing
const GRACE_MS = 250; // on its way from the word to the note
const ID = 'term-note';
const EDGE = 12;

/** @type {Promise<Record<string, { name: string, html: string }>> | null} */
let definitions = null;
/** @type {HTMLAnchorElement | null} */
let open = null;
let openings = 0; // only the last one shows: the reader may come, leave and come again while definitions are fetched
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

export function showTerms() {
  document.addEventListener('pointerover', (event) => event.pointerType !== 'touch' && over(event));
  document.addEventListener('focusin', (event) => {
    const link = termIn(event);
    if (link?.matches(':focus-visible')) show(link);
    else if (open) hide();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && open) hide();
  });
}

/** @param {PointerEvent} event */
function over(event) {
  const link = termIn(event);
  const onNote = event.target instanceof Element && event.target.closest(`#${ID}`);
  if (!link && !onNote && !open) return clearTimeout(timer);
  clearTimeout(timer);
  if (link && link !== open) timer = setTimeout(() => show(link), PATIENCE_MS);
  else if (!link && !onNote && !open?.matches(':focus-visible')) timer = setTimeout(hide, GRACE_MS);
}

/** @param {Event} event */
function termIn(event) {
  const found = event.composedPath().find((node) => node instanceof HTMLAnchorElement && node.dataset.term);
  return found instanceof HTMLAnchorElement ? found : null;
}

/** @param {HTMLAnchorElement} link */
async function show(link) {
  hide();
  open = link;
  const opening = ++openings;
  definitions ??= siteJson('data/glossary.json');
  const term = (await definitions.catch(() => (definitions = null)))?.[link.dataset.term ?? ''];
  if (!term || open !== link || opening !== openings) return; // the link still leads to the glossary
  const note = document.body.appendChild(document.createElement('div'));
  note.id = ID;
  note.setAttribute('role', 'tooltip');
  note.innerHTML = term.html; // written by the site's own builder
  place(note, link);
  link.setAttribute('aria-describedby', ID);
}

function hide() {
  clearTimeout(timer);
  document.getElementById(ID)?.remove();
  open?.removeAttribute('aria-describedby');
  open = null;
}

/** @type {(note: HTMLElement, link: HTMLElement) => void} under the word, or above it where there is no room */
function place(note, link) {
  const word = link.getClientRects()[0];
  const width = document.documentElement.clientWidth;
  const left = Math.max(EDGE, Math.min(word.left, width - note.offsetWidth - EDGE));
  const below = word.bottom + note.offsetHeight + EDGE < innerHeight;
  const top = below ? word.bottom : word.top - note.offsetHeight;
  note.style.left = `${left + scrollX}px`;
  note.style.top = `${top + scrollY}px`;
}
