/**
 * Links that name a lab: ?lab=NAME&param=value&seed=1, with &embed for the lab alone. The card itself reads the params;
 * this finds the card, or makes one.
 */
import { tellHeight } from './embed.js';
import { holdInPlace } from './hold.js';
import { notice } from './notice.js';
import { quoted } from './quoted.js';
import { siteJson } from './site.js';
import { sharedLab as strings } from '../strings/strings.js';

/** Finds the lab that the address names and brings it into view. A page without that lab gets a card for it on top. */
export function placeSharedLab() {
  const query = new URLSearchParams(location.search);
  const name = query.get('lab');
  if (name === null) {
    if (query.has('embed')) notice(strings.anEmbedNamesIts, 'lab');
    return;
  }
  const card = [...document.querySelectorAll('lab-card')].find((one) => one.getAttribute('name') === name) ?? makeCard(name);
  card.setAttribute('linked', '');
  if (document.documentElement.classList.contains('embed')) embed(card, name);
  else if (!location.hash) holdInPlace(card);
}

/**
 * A card at the top of the page for a lab that stands elsewhere.
 * @param {string} name
 */
function makeCard(name) {
  const card = document.createElement('lab-card');
  card.setAttribute('name', name);
  card.className = 'wide';
  const stage = document.querySelector('.stage');
  if (stage) stage.replaceChildren(card); // home: in place of the playground
  else document.querySelector('main')?.prepend(card);
  siteJson('data/labs.json').then((labs) => tellIfUnknown(name, labs, card), () => {});
  return card;
}

/** @type {(name: string, labs: { name: string, title: string }[], card: Element) => void} */
function tellIfUnknown(name, labs, card) {
  if (labs.some((lab) => lab.name === name)) return;
  card.remove();
  document.documentElement.classList.remove('embed');
  notice(strings.theLinkAsksFor(quoted(name), labs.map((lab) => lab.name).join(', ')), 'lab');
}

/**
 * @param {Element} card the only thing that an embedding page sees: the styles hide whatever else is in main
 * @param {string} name
 */
function embed(card, name) {
  document.querySelector('main')?.prepend(card);
  tellHeight(card, name);
}
