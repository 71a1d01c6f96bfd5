/**
 * What the page's search knows: every section's text, labs, challenges, questions, terms and the library's names, from
 * the finished HTML. The page fetches it when someone first searches, and builds the index then: a finished index would
 * be as long again as the texts, and take as long to read as to build (for two chapters 150 ms against 220).
 */
import { createHash } from 'node:crypto';
import { parseDocument } from 'htmlparser2';
import { siteSearchIndex as strings } from '../strings/strings.js';

/**
 * @typedef {object} Found a place that can be found
 * @property {'text' | 'lab' | 'challenge' | 'question' | 'term' | 'library'} kind
 * @property {string} title
 * @property {string} place "Chapter > section", without what the title or the kind says
 * @property {string} href relative to the site's root
 * @property {string} text
 * @property {string} [also] other names of it; found, not shown
 *
 * @typedef {{ chapter: import('./markdown.mjs').Lesson, section: string, id: string }} Place
 */

/* Left out of a text: what stands elsewhere as a find of its own, what is drawn, and what explains an answer. */
const SILENT_TAGS = new Set(['svg', 'noscript', 'lab-card', 'challenge-card', 'quiz-question', 'prediction-card', 'chapter-recap', 'button']);
const SILENT_CLASSES = /(?:^|\s)(?:anchor|ref|back|tag|why|how|quiz-row|outcome|formula|unit)(?:\s|$)/;
const BLOCK_TAGS = new Set(['p', 'li', 'h2', 'h3', 'h4', 'div', 'pre', 'td', 'th', 'tr', 'dt', 'dd', 'figcaption', 'legend', 'section', 'aside', 'label']);

/** @param {any} node @returns {string} its words, with a space where a block ends */
function words(node) {
  if (node.type === 'text') return node.data;
  if (SILENT_TAGS.has(node.name) || SILENT_CLASSES.test(node.attribs?.class ?? '')) return '';
  const inner = (node.children ?? []).map(words).join('');
  return BLOCK_TAGS.has(node.name) ? ` ${inner} ` : inner;
}

/** @param {any[]} nodes */
const textOf = (...nodes) => nodes.map(words).join('').replace(/\s+/g, ' ').trim();

/** @param {string} html */
const plain = (html) => textOf(parseDocument(html));

/** @param {any} node @param {(node: any) => boolean} test @returns {any[]} all that pass, in the page's order */
function findAll(node, test) {
  return [...(test(node) ? [node] : []), ...(node.children ?? []).flatMap((/** @type {any} */ child) => findAll(child, test))];
}

/** @type {(...names: string[]) => (node: any) => boolean} */
const named = (...names) => (node) => names.includes(node.name);

/**
 * A section's text, cut at its smaller headings, each of which can be linked to.
 * @param {any} section
 * @param {Place} place
 * @returns {Found[]}
 */
function sectionTexts(section, { chapter, section: title, id }) {
  const chapterName = `${chapter.number} · ${chapter.title}`;
  const parts = [{ id, title, place: chapterName, nodes: /** @type {any[]} */ ([]) }];
  for (const child of section.children) {
    if (child.name === 'h2') continue;
    if (child.name === 'h3' && child.attribs.id) {
      parts.push({ id: child.attribs.id, title: textOf(...child.children), place: `${chapterName} > ${title}`, nodes: [] });
    } else parts[parts.length - 1].nodes.push(child);
  }
  return parts.map((part) => ({ kind: 'text', title: part.title, place: part.place, href: `${chapter.slug}/#${part.id}`, text: textOf(...part.nodes) }));
}

/** @param {any} card of a question or a prediction @param {Place} place @returns {Found} */
function question(card, { chapter, section }) {
  const legend = findAll(card, named('legend'))[0];
  const options = findAll(card, named('label')).filter((label) => label.attribs.class !== 'number')
    .concat(findAll(card, (node) => node.attribs?.class === 'item'));
  return { kind: 'question', title: textOf(...(legend?.children ?? [])), place: `${chapter.number} · ${chapter.title} > ${section}`,
    href: `${chapter.slug}/#${card.attribs.id}`, text: options.map((option) => textOf(option)).join(' · ') };
}

/** @param {any} lab @param {string} place @param {string} href @returns {Found} */
function labFound(lab, place, href) {
  const names = [...lab.params, ...lab.views, ...lab.readouts].map(({ label, title }) => label ?? title);
  return { kind: 'lab', title: lab.title, place, href, text: lab.question, also: [lab.name, ...new Set(names.filter(Boolean))].join(', ') };
}

/** @param {any} challenge @param {string} place @param {string} href @returns {Found} */
function challengeFound(challenge, place, href) {
  return { kind: 'challenge', title: challenge.title, place: strings.level(place, challenge.level), href, also: challenge.signature,
    text: `${challenge.teaches}. ${plain(challenge.task)}` };
}

/**
 * @param {import('./templates.mjs').Site} site
 * @param {import('./markdown.mjs').Lesson} chapter
 * @returns {Found[]}
 */
function inChapter(site, chapter) {
  /** @type {Found[]} */
  const found = [{ kind: 'text', title: chapter.title, place: strings.chapter(chapter.number), href: `${chapter.slug}/`, text: chapter.lede }];
  for (const section of findAll(parseDocument(chapter.html), named('section'))) {
    const heading = findAll(section, named('h2'))[0];
    const id = section.attribs.id;
    if (!heading || id === 'recap') continue;
    const place = { chapter, section: textOf(...heading.children), id };
    found.push(...sectionTexts(section, place));
    const where = `${chapter.number} · ${chapter.title} > ${place.section}`;
    for (const card of findAll(section, named('lab-card', 'challenge-card', 'quiz-question', 'prediction-card'))) {
      const href = `${chapter.slug}/#${card.attribs.id}`;
      if (!card.attribs.id) continue; // a lab's second card: the first one is found
      if (card.name === 'lab-card') found.push(labFound(site.labs.get(card.attribs.name), where, href));
      else if (card.name === 'challenge-card') found.push(challengeFound(site.challenges.get(card.attribs.slug), where, href));
      else found.push(question(card, place));
    }
  }
  return found;
}

/** @param {import('./ml-api.mjs').ApiEntry} entry @returns {Found} with the first sentence alone: the page has the rest */
function libraryFound({ name, kind, comment, header }) {
  const sentence = /^[^]*?[.:;](?=\s|$)/.exec(comment)?.[0] ?? comment;
  return { kind: 'library', title: name, place: strings.theLibrary(header, kind === 'function' ? '' : `, ${kind}`), href: `library/#${name}`,
    text: sentence.replace(/\s+/g, ' ').slice(0, 160) };
}

/**
 * @param {import('./templates.mjs').Site} site
 * @param {import('./ml-api.mjs').ApiEntry[]} api
 * @returns {Found[]}
 */
export function everything(site, api) {
  const placed = new Set(site.lessons.flatMap((lesson) => lesson.labs));
  return [
    ...site.lessons.flatMap((lesson) => inChapter(site, lesson)),
    ...[...site.labs.values()].filter(({ name }) => !placed.has(name)).map((lab) => labFound(lab, 'Home', `?lab=${lab.name}`)),
    ...site.glossary.terms.map(({ id, name, also, html }) => ({ kind: /** @type {const} */ ('term'), title: name, place: '', // the group's title says it
      href: `glossary/#${id}`, text: plain(html), also: also.join(', ') })),
    ...api.filter(({ name }) => !/_(scalar|simd128)$/.test(name)).map(libraryFound), // beside the kernel that picks one of them
  ];
}

/**
 * The file that the page fetches. Its path holds a hash of what is in it: what has changed has a new address.
 * @param {Found[]} found
 * @returns {{ path: string, content: string }}
 */
export function searchFile(found) {
  const content = JSON.stringify(found);
  return { path: `data/search-${createHash('sha256').update(content).digest('hex').slice(0, 8)}.json`, content };
}
