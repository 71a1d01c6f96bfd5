/** The glossary: lessons/glossary.md, a line for each term, and which sections use it. */
import { didYouMean } from './errors.mjs';
import { escape, slugOf } from './html.mjs';
import { siteGlossary as strings } from '../strings/strings.js';

export const GLOSSARY_FILE = 'lessons/glossary.md';

/**
 * @typedef {object} Term
 * @property {string} id on the glossary's page
 * @property {string} name
 * @property {string[]} also synonyms
 * @property {string} html its definition
 * @property {number} line
 * @property {{ slug: string, section: string }[]} uses
 */

const TERM = /^\*\*([^*]+)\*\*(?:\s+\(also:\s*([^)]+)\))?:\s+(\S.*)$/;

/** @param {string} text "Little's law" and "Little’s law" -> "littles-law" */
const termId = (text) => slugOf(text.replace(/['’]/g, ''));

export class Glossary {
  constructor() {
    /** @type {Term[]} in the order of the alphabet */
    this.terms = [];
    /** @type {Map<string, Term>} by id, synonyms too */
    this.byId = new Map();
    /** @type {{ href: string, line: number }[]} in the definitions */
    this.links = [];
  }

  /**
   * @param {string} text of the file
   * @param {(markdown: string, line: number) => string} inline
   * @param {(line: number, sentence: string) => void} mistake
   */
  read(text, inline, mistake) {
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const match = TERM.exec(line);
      if (!match) {
        mistake(i + 1, 'a term is one line: "**term** (also: synonym, synonym): definition."');
        continue;
      }
      const [, name, also, definition] = match;
      const synonyms = (also ?? '').split(',').map((one) => one.trim()).filter(Boolean);
      this.add({ id: termId(name), name, also: synonyms, html: inline(definition, i + 1), line: i + 1, uses: [] }, mistake);
    }
    this.terms.sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  /**
   * @param {Term} term
   * @param {(line: number, sentence: string) => void} mistake
   */
  add(term, mistake) {
    this.terms.push(term);
    for (const id of new Set([term.id, ...term.also.map(termId)])) {
      const taken = this.byId.get(id);
      if (taken) mistake(term.line, `"${id}" already stands in line ${taken.line}, for ${taken.name}.`);
      else this.byId.set(id, term);
    }
  }

  /**
   * @param {string} href "term:decision-threshold"
   * @returns {Term | undefined}
   */
  find(href) {
    return this.byId.get(termId(nameIn(href)));
  }

  /** What to say about a link to a term that is not there. @param {string} href */
  problem(href) {
    return `the glossary has no term "${nameIn(href)}"; add a line to ${GLOSSARY_FILE}.` +
      didYouMean(termId(nameIn(href)), this.byId.keys());
  }

  /** Definitions for the page's notes, by id. */
  data() {
    return Object.fromEntries(this.terms.map(({ id, name, html }) => [id, { name, html: html.replace(/<\/?a\b[^>]*>/g, '') }]));
  }

  /** @param {import('./markdown.mjs').Lesson[]} lessons */
  html(lessons) {
    return `<dl class="glossary">\n${this.terms.map((term) => entry(term, lessons)).join('\n')}\n</dl>\n`;
  }
}

/** @param {string} href */
function nameIn(href) {
  return decodeURIComponent(href.slice('term:'.length));
}

/** @type {(term: Term, lessons: import('./markdown.mjs').Lesson[]) => string} */
function entry(term, lessons) {
  const also = term.also.length > 0 ? ` <span class="also">${strings.also} ${term.also.map(escape).join(', ')}</span>` : '';
  const uses = lessons.flatMap((lesson) => lesson.sections
    .filter(({ id }) => term.uses.some((use) => use.slug === lesson.slug && use.section === id))
    .map(({ id, title }) => `<a href="../${lesson.slug}/#${id}">${lesson.number} · ${escape(title)}</a>`));
  const where = uses.length > 0 ? `<p class="uses">${uses.join(', ')}</p>` : '';
  return `<div id="${term.id}"><dt>${escape(term.name)}${also}</dt><dd><p>${term.html}</p>${where}</dd></div>`;
}
