/** Two texts line by line, so that what is the same stands side by side. */
import { diffArrays } from 'diff';

/** @typedef {{left: number | null, right: number | null, same: boolean}} LinePair the lines' indices; null: a gap */

/** Spaces are a matter of taste in C. */
const squashed = (/** @type {string} */ line) => line.replace(/\s+/g, '');

/** @param {string} text */
export const linesOf = (text) => text.trimEnd().split('\n');

/**
 * @param {string[]} left
 * @param {string[]} right
 * @returns {LinePair[]}
 */
export function pairLines(left, right) {
  /** @type {LinePair[]} */
  const pairs = [];
  let l = 0,
    r = 0;
  /** @param {number} gone @param {number} come */
  const changed = (gone, come) => {
    for (let i = 0; i < Math.max(gone, come); i++)
      pairs.push({ left: i < gone ? l++ : null, right: i < come ? r++ : null, same: false });
  };
  let gone = 0;
  for (const { count, added, removed } of diffArrays(left.map(squashed), right.map(squashed))) {
    if (removed) {
      gone = count;
      continue;
    }
    changed(gone, added ? count : 0);
    gone = 0;
    for (let i = 0; !added && i < count; i++) pairs.push({ left: l++, right: r++, same: true });
  }
  changed(gone, 0);
  return pairs;
}
