/** Links in the text that set a lab ("set the ridge to 10") set its card on this page; anywhere else they just lead there. */
import { holdInPlace } from './hold.js';

/** @typedef {import('../elements/lab-card.js').LabCard} LabCard */

export function followLabLinks() {
  document.addEventListener('click', (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const path = event.composedPath();
    const link = path.find((node) => node instanceof HTMLAnchorElement && node.dataset.lab);
    if (!(link instanceof HTMLAnchorElement)) return;
    const card = nearestCard(link);
    if (!card) return;
    event.preventDefault();
    setLab(card, link.dataset.settings ?? '');
  });
}

/**
 * @param {LabCard} card
 * @param {string} settings
 */
async function setLab(card, settings) {
  const away = !isBeforeTheReader(card);
  if (away) {
    history.pushState(null, ''); // the browser's Back returns to the sentence
    holdInPlace(card);
  }
  await import('../elements/lab-card.js');
  await card.setUp(settings);
  if (away) card.focusRun();
}

/** @param {HTMLAnchorElement} link */
function nearestCard(link) {
  const cards = [...document.querySelectorAll('lab-card')].filter((card) => card.getAttribute('name') === link.dataset.lab);
  const at = link.getBoundingClientRect().top;
  const distance = (/** @type {Element} */ card) => Math.abs(card.getBoundingClientRect().top - at);
  cards.sort((a, b) => distance(a) - distance(b));
  return /** @type {LabCard | undefined} */ (cards[0]);
}

/** @param {Element} card */
function isBeforeTheReader(card) {
  const { top } = card.getBoundingClientRect();
  return top >= 0 && top < innerHeight / 2;
}
