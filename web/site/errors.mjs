/** What is wrong in the sources of the site, told so that an author can mend it: where, what, and how. */

/** A mistake in a lesson, a challenge or a lab's declaration. */
export class SourceError extends Error {
  /**
   * @param {string} file relative to the repository
   * @param {number} line counted from 1; 0 when the whole file is meant
   * @param {string} sentence what is wrong and how to mend it
   */
  constructor(file, line, sentence) {
    super(`${file}${line > 0 ? `:${line}` : ''}: ${sentence}`);
    this.name = 'SourceError';
    this.file = file;
    this.line = line;
  }
}

/** Collects mistakes, so that one build tells all of them. */
export class Mistakes {
  constructor() {
    /** @type {SourceError[]} */
    this.list = [];
  }

  /**
   * @param {string} file
   * @param {number} line
   * @param {string} sentence
   */
  add(file, line, sentence) {
    this.list.push(new SourceError(file, line, sentence));
  }

  /** Throws one Error with all sentences, if there are any. */
  throwIfAny() {
    if (this.list.length === 0) return;
    this.list.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
    throw new Error(this.list.map((mistake) => mistake.message).join('\n'));
  }
}

const MOST_NAMES = 30;

/**
 * The names nearest to a mistyped one, for "did you mean"; where none is near, all of them, if they are few.
 * @param {string} name
 * @param {Iterable<string>} names
 * @returns {string} " Did you mean a or b?", " Known are a, b." or "", ready to follow a sentence
 */
export function didYouMean(name, names) {
  const all = [...names];
  const near = all
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, candidate.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  if (near.length > 0) return ` Did you mean ${near.join(' or ')}?`;
  return all.length > 0 && all.length <= MOST_NAMES ? ` Known are ${all.join(', ')}.` : '';
}

/**
 * Levenshtein distance.
 * @param {string} a
 * @param {string} b
 */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
