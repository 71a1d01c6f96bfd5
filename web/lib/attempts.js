/** The learner's earlier attempts at a challenge: the last runs with their text and verdict. */
import { progress } from './progress.js';

/**
 * @typedef {object} Attempt
 * @property {number} time in milliseconds since 1970
 * @property {string} text
 * @property {string} verdict in words, such as "4 of 7 checks pass"
 */

const MOST = 20;
const MOST_CHARACTERS = 400_000; /* of all texts together: nobody writes that much, but one can paste it */

/**
 * @param {string} slug
 * @returns {Attempt[]} newest first
 */
export const attemptsOf = (slug) => progress.get('attempts', slug) ?? [];

/**
 * Adds one; the same text run again takes the place of its last run.
 * @param {string} slug
 * @param {Attempt} attempt
 */
export function keepAttempt(slug, attempt) {
  const [last, ...older] = attemptsOf(slug);
  const others = last && last.text !== attempt.text ? [last, ...older] : older;
  let room = MOST_CHARACTERS;
  const kept = [attempt, ...others].slice(0, MOST).filter(({ text }) => (room -= text.length) >= 0);
  return progress.set('attempts', slug, kept);
}
