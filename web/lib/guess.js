/** How far a guess was off, in plain words. Nothing of a model is computed here: two numbers are compared. */
import { formatNumber } from './format.js';

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
  const side = guess > outcome ? 'high' : 'low';
  if (formatNumber(guess) === formatNumber(outcome)) return { far: false, words: 'Just as you guessed.' };
  const off = Math.abs(guess - outcome);
  if (!unit && outcome >= 0 && outcome <= 1) {
    const near = off <= CLOSE;
    return { far: off > FAR_SHARE, words: near ? 'Very close.' : `Too ${side} by ${formatNumber(off, 2)}.` };
  }
  if (outcome === 0) return { far: true, words: `Too ${side} by ${formatNumber(off)}${unit && ` ${unit}`}.` };
  const share = off / Math.abs(outcome);
  if (share <= CLOSE) return { far: false, words: 'Very close.' };
  const [small, large] = [Math.abs(guess), Math.abs(outcome)].sort((a, b) => a - b);
  const times = guess * outcome > 0 ? large / small : 0;
  if (times >= TIMES) return { far: true, words: `About ${formatNumber(times, 2)} times too ${side}.` };
  return { far: share > FAR, words: `${formatNumber(100 * share, 2)} % too ${side}.` };
}

/**
 * @param {number[]} gaps between guess and outcome, as shares of the plot's height
 * @returns {{ far: boolean, words: string }}
 */
export function compareCurves(gaps) {
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
  if (mean <= 0.06) return { far: false, words: 'Your curve and the lab’s nearly coincide.' };
  if (mean <= 0.15) return { far: false, words: 'Your curve runs near the lab’s.' };
  return { far: true, words: `The lab’s curve runs elsewhere: on average ${Math.round(100 * mean)} % of the plot’s height away.` };
}
