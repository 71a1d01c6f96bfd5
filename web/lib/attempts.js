/** The learner's earlier attempts at a challenge: the last runs with their text and verdict. */
import { progress } from './progress.js';
import { fitAttempts } from './progress-record.js';
import { attempts as strings } from '../strings/strings.js';

/**
 * @typedef {object} Attempt
 * @property {number} time in milliseconds since 1970
 * @property {string} text
 * @property {string} verdict in words, such as "4 of 7 checks pass"
 */

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
  return progress.set('attempts', slug, fitAttempts([attempt, ...others]));
}

const DRAFT = strings.inOneOfTwo;

/**
 * Keeps a text that another tab's has taken the place of, and what becomes of it while the learner types on.
 * @param {string} slug
 * @param {string} text
 * @param {string} before the same text as it was when last kept
 */
export function keepDraft(slug, text, before) {
  const others = attemptsOf(slug).filter((attempt) => attempt.text !== text && !(attempt.verdict === DRAFT && attempt.text === before));
  return progress.set('attempts', slug, fitAttempts([{ time: Date.now(), text, verdict: DRAFT }, ...others]));
}
