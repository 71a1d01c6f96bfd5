/** The language of the site: which catalogue its words come from, and which file of a lesson is taken. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as english from '../strings/strings.js';

/** @typedef {import('../strings/en.js').Part} Part */

export const ENGLISH = 'en';
const CATALOGUE = /[\\/]strings[\\/]en\.js$/;

/** The builder's words, those of english, in the language that is built. */
const parts = /** @type {Record<string, Part>} */ (/** @type {unknown} */ (english));

/** What is built; see speak. */
export const language = { code: ENGLISH };

/**
 * Makes all that is built from now on speak a language: its catalogue takes the place of the English words one by one.
 * @param {string} code such as "de": the name of a catalogue, and the suffix of a lesson's file
 * @param {string} folder of the catalogues
 * @returns {Promise<string[]>} what is not translated, as PART.KEY
 */
export async function speak(code, folder) {
  language.code = code;
  if (code === ENGLISH) return [];
  const file = join(folder, `${code}.js`);
  if (!existsSync(file)) {
    const there = (await readdir(folder)).map((name) => /^([a-z-]+)\.js$/i.exec(name)?.[1] ?? '').filter((name) => name && name !== 'strings');
    throw new Error(`${file} is not there: a language is a catalogue of that name. There are: ${there.join(', ')}.`);
  }
  /** @type {Record<string, Part>} */
  const own = await import(pathToFileURL(file).href);
  const wrong = Object.entries(own).flatMap(([part, words]) => mistakesOf(part, words));
  if (wrong.length > 0) throw new Error(wrong.map((sentence) => `${file}: ${sentence}`).join('\n'));
  const missing = keysOf(parts).filter(({ part, key }) => own[part]?.[key] === undefined);
  for (const [part, words] of Object.entries(own)) Object.assign(parts[part], words);
  return missing.map(({ part, key }) => `${part}.${key}`);
}

/** @type {(catalogue: Record<string, Part>) => { part: string, key: string }[]} */
const keysOf = (catalogue) => Object.keys(catalogue).flatMap((part) => Object.keys(catalogue[part]).map((key) => ({ part, key })));

/** @type {(part: string, words: Part) => string[]} */
function mistakesOf(part, words) {
  if (!Object.hasOwn(parts, part)) return [`the English catalogue has no part "${part}"; remove it.`];
  return Object.entries(words).flatMap(([key, value]) => {
    const original = parts[part][key];
    if (original === undefined) return [`the English catalogue has no key "${part}.${key}"; remove it.`];
    if (typeof value === typeof original) return [];
    return [`"${part}.${key}" must be a ${typeof original}, as in the English catalogue.`];
  });
}

/** For esbuild: puts the words of the language in place of the English catalogue, so that no page carries two. */
export const catalogue = {
  name: 'catalogue',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    if (language.code !== ENGLISH) build.onLoad({ filter: CATALOGUE }, () => ({ contents: source(), loader: 'js' }));
  },
};

/** The words of the language as a module: strings, and functions as they are written. */
function source() {
  const pair = (/** @type {[string, Part[string]]} */ [key, value]) =>
    `${key}: ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`;
  return Object.entries(parts).map(([part, words]) => `export const ${part} = {${Object.entries(words).map(pair).join(',\n')}};\n`).join('');
}

/**
 * The file to read for the language: lesson.de.md where there is one, else lesson.md, in English.
 * @param {string} root
 * @param {string} file relative to the root
 * @returns {{ file: string, lang: string | null }} lang: to mark its text with; nothing on an English site
 */
export function translated(root, file) {
  if (language.code === ENGLISH) return { file, lang: null };
  const own = file.replace(/\.md$/, `.${language.code}.md`);
  return existsSync(join(root, own)) ? { file: own, lang: language.code } : { file, lang: ENGLISH };
}

/** @param {string | null | undefined} lang */
export const langOf = (lang) => (lang ? ` lang="${lang}"` : '');
