/** Which choices stand side by side as buttons; the others become a menu. */

const MOST_SEGMENTS = 4;
const MOST_LETTERS = 24;

/** @param {{ choices: { label: string }[] }} param */
export function fitsSegments({ choices }) {
  const letters = choices.reduce((sum, choice) => sum + choice.label.length + 1, 0);
  return letters <= MOST_LETTERS && choices.length <= MOST_SEGMENTS;
}
