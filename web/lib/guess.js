/** How far a guess was off, in plain words. Nothing of a model is computed here: two numbers are compared. */
import { formatNumber } from './format.js';
import { guess as strings } from '../strings/strings.js';

const CLOSE = 0.05;
const FAR = 0.5;
const FAR_SHARE = 0.2; // of figures between 0 and 1 the difference says more than the ratio
const TIMES = 2;

/**
 * @param {number} guess
 * @param {number} outcome
 * @param {string} unit
 * @returns {{ far: boolean, words: string }}
 */
export function compareNumbers(guess, outcome, unit) {
  const side = guess > outcome ? strings.high : strings.low;
  if (formatNumber(guess) === formatNumber(outcome)) return { far: false, words: strings.justAsYouGuessed };
  const off = Math.abs(guess - outcome);
  if (!unit && outcome >= 0 && outcome <= 1) {
    const near = off <= CLOSE;
    return { far: off > FAR_SHARE, words: near ? strings.veryClose : strings.tooBy(side, formatNumber(off, 2)) };
  }
  if (outcome === 0) return { far: true, words: strings.tooBy2(side, formatNumber(off), unit && ` ${unit}`) };
  const share = off / Math.abs(outcome);
  if (share <= CLOSE) return { far: false, words: strings.veryClose };
  const [small, large] = [Math.abs(guess), Math.abs(outcome)].sort((a, b) => a - b);
  const times = guess * outcome > 0 ? large / small : 0;
  if (times >= TIMES) return { far: true, words: strings.aboutTimesToo(formatNumber(times, 2), side) };
  return { far: share > FAR, words: strings.too(formatNumber(100 * share, 2), side) };
}

/**
 * @param {number[]} gaps between guess and outcome, as shares of the plot's height
 * @returns {{ far: boolean, words: string }}
 */
export function compareCurves(gaps) {
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
  if (mean <= 0.06) return { far: false, words: strings.yourCurveAndThe };
  if (mean <= 0.15) return { far: false, words: strings.yourCurveRunsNear };
  return { far: true, words: strings.theLabsCurveRuns(Math.round(100 * mean)) };
}
