/** The library's own page: every public name with its signature and the comment that stands above it, header by header. */
import { highlightC } from './highlight.mjs';
import { anchor, escape, slugOf } from './html.mjs';

/** @typedef {import('./ml-api.mjs').ApiEntry} ApiEntry */

/**
 * @param {ApiEntry[]} api
 * @returns {string}
 */
export function libraryHtml(api) {
  const headers = [...new Set(api.map(({ header }) => header))];
  const id = (/** @type {string} */ header) => `header-${slugOf(header.replace(/\.h$/, ''))}`;
  const contents = headers.map((header) => `<li><a href="#${id(header)}">${escape(header)}</a></li>`);
  const parts = headers.map((header) => `<section class="library-part" id="${id(header)}"><h2>${escape(header)}${anchor(id(header), header)}</h2>\n<dl class="library">\n` +
    `${together(api.filter((entry) => entry.header === header)).map(described).join('\n')}\n</dl></section>`);
  return `<ul class="headers">${contents.join('')}</ul>\n${parts.join('\n')}\n`;
}

/** Neighbours that share a comment stand over it together. @param {ApiEntry[]} entries */
function together(entries) {
  /** @type {ApiEntry[][]} */
  const groups = [];
  for (const entry of entries) {
    const group = groups[groups.length - 1];
    if (group?.[0].comment === entry.comment) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

/** @param {ApiEntry[]} group */
function described(group) {
  const names = group.map(({ name, signature }) => `<dt id="${escape(name)}"><code>${highlightC(signature).replace(/\n<\/span>$/, '</span>')}</code>${anchor(name, name)}</dt>`);
  return `<div>${names.join('')}<dd>${escape(group[0].comment)}</dd></div>`;
}
