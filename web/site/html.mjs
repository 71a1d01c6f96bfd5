/** Text into HTML. */
import { siteHtml as strings } from '../strings/strings.js';

const ENTITIES = /** @type {Record<string, string>} */ ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' });

/** @param {unknown} text safe inside an element and inside a double-quoted attribute */
export function escape(text) {
  return String(text).replace(/[&<>"]/g, (c) => ENTITIES[c]);
}

/** @param {string} title a heading's text as an id: "Latency, throughput" -> "latency-throughput" */
export function slugOf(title) {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** The sign behind a heading that links to it. @type {(id: string, title: string) => string} */
export function anchor(id, title) {
  return `\u00a0<a class="anchor" href="#${escape(id)}" aria-label="${strings.linkTo(escape(title))}">#</a>`;
}
