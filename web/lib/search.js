/** The search itself: fetches what the site knows, once, and finds places in it, offline and as one types. */
import MiniSearch from 'minisearch';
import { pieces, processTerm, tokenize } from './search-words.js';
import { siteJson } from './site.js';

/**
 * @typedef {import('../site/search-index.mjs').Found} Found
 * @typedef {Omit<Found, 'kind'> & { kind: string, run?: () => void }} Place a find, or something to do
 * @typedef {{ place: Place, terms: Set<string> }} Hit terms: the words of the place that the query meant
 * @typedef {{ kind: string, hits: Hit[] }} Group
 * @typedef {{ groups: Group[], total: number, loose: boolean }} Results loose: no place has all of the words
 */

const CHUNK = 40; // places indexed at a time; between them the page may breathe
const SNIPPET_WORDS = 26;

/* Ways to a thing before mentions of it; the library for whoever asks for it by name. */
const WEIGHTS = /** @type {Record<string, number>} */ ({ command: 1, text: 1, lab: 1.4, challenge: 1.3, question: 0.5, term: 1.5, library: 0.4 });
const NAMED_WEIGHT = 8;
const SAME_TITLE = 4;
const TITLE_START = 2;

/** @type {Promise<Search> | null} */
let search = null;

/**
 * @param {string} address of the site's data
 * @returns {Promise<Search>} rejects with a sentence; asking again tries again
 */
export function readSearch(address) {
  search ??= siteJson(address).then((/** @type {Found[]} */ found) => Search.over(found), (error) => {
    search = null;
    throw error;
  });
  return search;
}

export class Search {
  /** @param {Place[]} places */
  constructor(places) {
    this.places = places;
    /** @type {MiniSearch<Place & { id: number }>} */
    this.index = new MiniSearch({ fields: ['title', 'also', 'text'], tokenize, processTerm });
  }

  /** @param {Place[]} places */
  static async over(places) {
    const made = new Search(places);
    await made.index.addAllAsync(places.map((place, id) => ({ id, ...place })), { chunkSize: CHUNK });
    return made;
  }

  /**
   * @param {string} query
   * @returns {Results} groups and hits with the best first
   */
  find(query) {
    const all = this.scored(query, 'AND');
    const hits = all.length > 0 ? all : this.scored(query, 'OR');
    return { groups: grouped(hits), total: hits.length, loose: all.length === 0 && hits.length > 0 };
  }

  /** @param {string} query @param {'AND' | 'OR'} combineWith */
  scored(query, combineWith) {
    const asked = wordsOf(query);
    const byName = /\bml_/i.test(query);
    return this.index
      .search(query, {
        combineWith, prefix: (term) => combineWith === 'AND' || term.length > 3, fuzzy: (term) => (term.length > 7 ? 2 : term.length > 3 ? 1 : false),
        weights: { prefix: 0.7, fuzzy: 0.3 }, boost: { title: 5, also: 2 },
      })
      .map(({ id, score, terms }) => {
        const place = this.places[id];
        const title = wordsOf(place.title);
        const near = title === asked ? SAME_TITLE : title.startsWith(asked) ? TITLE_START : 1;
        const weight = byName && place.kind === 'library' ? NAMED_WEIGHT : WEIGHTS[place.kind];
        return { place, terms: new Set(terms), score: score * near * weight };
      })
      .sort((a, b) => b.score - a.score);
  }
}

/** @param {string} text */
function wordsOf(text) {
  return tokenize(text).map((word) => processTerm(word)).filter(Boolean).join(' ');
}

/** @type {(hits: Hit[]) => Group[]} in the order of their best hits */
function grouped(hits) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const hit of hits) {
    const { kind } = hit.place;
    if (!groups.has(kind)) groups.set(kind, { kind, hits: [] });
    groups.get(kind)?.hits.push(hit);
  }
  return [...groups.values()];
}

/**
 * The text in pieces, those that were meant marked.
 * @param {string} text
 * @param {Set<string>} terms
 * @returns {{ piece: string, marked: boolean }[]}
 */
export function marked(text, terms) {
  return pieces(text).map(({ piece, term }) => ({ piece, marked: term !== null && terms.has(term) }));
}

/**
 * The stretch of the text that has the most of the words.
 * @param {string} text
 * @param {Set<string>} terms
 */
export function snippet(text, terms) {
  const all = pieces(text);
  const isWord = (/** @type {{ piece: string }} */ { piece }) => /[\p{L}\p{N}]/u.test(piece);
  const words = all.flatMap((piece, i) => (isWord(piece) ? [{ ...piece, i }] : []));
  let best = 0;
  let most = 0;
  for (const [at, { term }] of words.entries()) {
    if (term === null || !terms.has(term)) continue;
    const inside = words.slice(at, at + SNIPPET_WORDS).map((word) => word.term).filter((one) => one !== null && terms.has(one));
    const count = new Set(inside).size;
    if (count > most) [most, best] = [count, at];
  }
  const from = best < SNIPPET_WORDS / 3 ? 0 : best - 4;
  const to = Math.min(from + SNIPPET_WORDS, words.length);
  if (to === from) return [];
  const cut = all.slice(from === 0 ? 0 : words[from].i, to === words.length ? all.length : words[to].i);
  const shown = cut.map(({ piece, term }) => ({ piece, marked: term !== null && terms.has(term) }));
  if (from > 0) shown.unshift({ piece: '… ', marked: false });
  if (to < words.length) shown.push({ piece: ' …', marked: false });
  return shown;
}
