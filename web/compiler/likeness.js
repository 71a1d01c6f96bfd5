/* How an answer behaves on the checks, to compare it with the usual wrong ones: which fail, and with what words. */
import { compilerLikeness as strings } from '../strings/strings.js';

/**
 * What its author says; and by check, what is told.
 * @typedef {{explanation: string, fails: Record<string, string>}} WrongAnswer
 */

/** What a sentence says of the learner's own spelling is no part of the behaviour. */
const words = (/** @type {string} */ message) =>
  message.replace(/^The result of .* does not fit/, strings.theResultDoesNot);

/**
 * @param {{name: string}[]} checks
 * @param {{passed: boolean, message: string, input: string}[]} verdicts in the same order
 * @returns {Record<string, string>} by the name of each check that fails
 */
export function behaviour(checks, verdicts) {
  /** @type {Record<string, string>} */
  const fails = {};
  verdicts.forEach(({ passed, message, input }, i) => {
    if (!passed) fails[checks[i].name] = words(`${message} ${input}`.trim());
  });
  return fails;
}

/**
 * The explanations of those wrong answers that fail the same checks with the same words.
 * @param {WrongAnswer[]} wrong
 * @param {Record<string, string>} fails
 * @returns {string[]}
 */
export function lookalikes(wrong, fails) {
  const failing = Object.keys(fails);
  if (failing.length === 0) return [];
  const same = (/** @type {Record<string, string>} */ other) =>
    Object.keys(other).length === failing.length && failing.every((name) => other[name] === fails[name]);
  return wrong.filter((one) => same(one.fails)).map(({ explanation }) => explanation);
}
