/**
 * Where the site's files are. The site may stand under any path of any host, so every page says in `<html data-root>`
 * how to get from itself to the site's root, and nothing else needs to know.
 */
import { fetchWhole } from './fetching.js';
import { site as strings } from '../strings/strings.js';

/**
 * The absolute address of a file of the site.
 * @param {string} path relative to the site's root: "data/labs.json"
 * @returns {string}
 */
export function siteUrl(path) {
  const root = new URL(document.documentElement.dataset.root ?? './', document.baseURI);
  return new URL(path, root).href;
}

/**
 * Reads a JSON file of the site. A failure is an Error whose message is a sentence for the reader.
 * @param {string} path relative to the site's root
 * @returns {Promise<any>}
 */
export async function siteJson(path) {
  const response = await fetchWhole(siteUrl(path), path);
  return response.json().catch(() => {
    throw new Error(strings.couldNotBeRead(path));
  });
}
