/** How the search cuts text into words: those of the site, those that are typed, and those that are marked. */

/** What a reader sees as one word: "Little’s" is one, "ml_rng_uniform" three, "A/B" two. */
const WORD = /[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu;

/** Too frequent to tell one place from another. */
const SILENT = new Set(('a an and are as at be but by can do does for from has have how if in into is it its no not of on or our so than ' +
  'that the their then there these they this to was we what when which who why with you your').split(' '));

/** @param {string} text */
export const tokenize = (text) => text.match(WORD) ?? [];

/** @param {string} word @returns {string | null} as the index holds it; null: not held */
export function processTerm(word) {
  const term = word.normalize('NFKD').replace(/[\p{M}'’]/gu, '').toLowerCase();
  return SILENT.has(term) ? null : term;
}

/**
 * The text in pieces, words and what is between them, in order.
 * @param {string} text
 * @returns {{ piece: string, term: string | null }[]}
 */
export function pieces(text) {
  const all = [];
  let at = 0;
  for (const match of text.matchAll(WORD)) {
    if (match.index > at) all.push({ piece: text.slice(at, match.index), term: null });
    all.push({ piece: match[0], term: processTerm(match[0]) });
    at = match.index + match[0].length;
  }
  if (at < text.length) all.push({ piece: text.slice(at), term: null });
  return all;
}
