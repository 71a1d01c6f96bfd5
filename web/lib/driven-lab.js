/** Brings a reader's own function into the lab that calls it: "your C runs the lesson". */
import { holdInPlace } from './hold.js';

/** @typedef {import('../elements/lab-card.js').LabCard} LabCard */
/** @typedef {import('./lab-types.js').LabDriver} LabDriver */

/**
 * The lab's card that the reader has most likely seen: the last one before the challenge, else the first one on the
 * page, else a new one below the challenge.
 * @param {string} name
 * @param {Element} challenge
 */
function cardFor(name, challenge) {
  const cards = [...document.querySelectorAll('lab-card')].filter((card) => card.getAttribute('name') === name);
  const before = cards.filter((card) => card.compareDocumentPosition(challenge) & Node.DOCUMENT_POSITION_FOLLOWING);
  return before.at(-1) ?? cards[0] ?? newCard(name, challenge);
}

/**
 * @param {string} name
 * @param {Element} challenge
 */
function newCard(name, challenge) {
  const card = document.createElement('lab-card');
  card.setAttribute('name', name);
  card.className = 'wide';
  challenge.after(card);
  return card;
}

/**
 * Starts the lab anew with the reader's module, and goes there.
 * @param {string} name of the lab
 * @param {LabDriver} driver
 * @param {Element} challenge
 */
export async function driveLab(name, driver, challenge) {
  await import('../elements/lab-card.js');
  const card = /** @type {LabCard} */ (cardFor(name, challenge));
  await card.drive(driver);
  holdInPlace(card);
  card.focusDriver();
}
