/**
 * "Open the box": for each lab a fragment of HTML with the lab's C and every library function that it calls, found by a
 * small scanner that knows this repository's C style: a definition starts at column 0 and ends with a } at column 0.
 */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { highlightC } from './highlight.mjs';
import { escape } from './html.mjs';
import { didYouMean } from './errors.mjs';
import { siteBox as strings } from '../strings/strings.js';

/**
 * @typedef {object} CFunction
 * @property {string} name
 * @property {string} file relative to the repository
 * @property {number} line of the comment above it, or of the definition; from 1
 * @property {number} definition line of the definition itself
 * @property {string} source comment and definition
 * @property {boolean} isStatic
 */

const NAME_BEFORE_PARENTHESIS = /\b([A-Za-z_]\w*)\(/;
const NOT_A_FUNCTION = /^(typedef|enum|union|extern|#|\/|\*|\}|\{)/;

/**
 * Every function defined in a C file.
 * @param {string} text
 * @param {string} file
 * @returns {CFunction[]}
 */
export function findFunctions(text, file) {
  const lines = text.split('\n');
  const found = [];
  for (let i = 0; i < lines.length; i++) {
    if (!/^[A-Za-z_]/.test(lines[i]) || NOT_A_FUNCTION.test(lines[i])) continue;
    const head = readHead(lines, i);
    if (!head) continue;
    const end = head.oneLine ? head.last : lines.indexOf('}', head.last);
    if (end < 0) continue;
    const start = commentStart(lines, i);
    found.push({
      name: head.name,
      file,
      line: start + 1,
      definition: i + 1,
      source: lines.slice(start, end + 1).join('\n'),
      isStatic: /^static\b/.test(lines[i]),
    });
    i = end;
  }
  return found;
}

/**
 * Reads "type name(params) {" from line i on; null if that is something else: a declaration, a variable, a macro.
 * @param {string[]} lines
 * @param {number} i
 */
function readHead(lines, i) {
  let head = '';
  for (let last = i; last < lines.length && last < i + 12; last++) {
    if (lines[last] === '') return null;
    head += `${lines[last]} `;
    const stop = head.search(/[;{=]/);
    if (stop < 0) continue;
    if (head[stop] !== '{') return null;
    const name = NAME_BEFORE_PARENTHESIS.exec(head.slice(0, stop).replace(/__attribute__\(\(.*?\)\)/g, ''))?.[1];
    return name ? { name, last, oneLine: /\}\s*$/.test(lines[last]) } : null;
  }
  return null;
}

/**
 * The line where the comment right above line i starts; i itself if there is none.
 * @param {string[]} lines
 * @param {number} i
 */
function commentStart(lines, i) {
  if (i === 0 || !/\*\/\s*$/.test(lines[i - 1])) return i;
  for (let k = i - 1; k >= 0; k--) {
    if (/^\s*\/\*/.test(lines[k])) return k;
    if (lines[k] === '' || /^\S.*;/.test(lines[k])) return i;
  }
  return i;
}

/**
 * The comment of a function's declaration in a header: the one right above it, or above the group it stands in.
 * @param {string} text of the header
 * @param {string} name
 * @returns {{ line: number, first: number, source: string } | null} comment and declaration; first: its first line
 */
export function findDeclaration(text, name) {
  const lines = text.split('\n');
  const declares = new RegExp(`^[A-Za-z_][^;=]*\\b${name}\\(`);
  const i = lines.findIndex((line) => declares.test(line));
  if (i < 0) return null;
  let end = i;
  while (end < lines.length - 1 && !lines[end].includes(';')) end++;
  let start = i;
  while (start > 0 && lines[start - 1] !== '') start--;
  const opens = lines.slice(start, i).findLastIndex((line) => /^\/\*/.test(line));
  const first = opens < 0 ? i : start + opens;
  return { line: i + 1, first: first + 1, source: lines.slice(first, end + 1).join('\n') };
}

/**
 * The identifiers that a piece of C uses, comments and texts left out.
 * @param {string} source
 * @returns {Set<string>}
 */
export function identifiers(source) {
  const bare = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, ' ');
  return new Set(bare.match(/[A-Za-z_]\w*/g) ?? []);
}

/** The library's functions and headers, read once. */
export class Sources {
  /** @param {string} root the repository */
  constructor(root) {
    this.root = root;
    /** @type {Map<string, CFunction>} */
    this.functions = new Map();
    /** @type {Map<string, CFunction[]>} those of one file only, which several files may have under one name */
    this.statics = new Map();
    /** @type {Map<string, string>} */
    this.headers = new Map();
  }

  async load() {
    const entries = await readdir(join(this.root, 'src/ml'), { recursive: true });
    for (const entry of entries.sort()) {
      const file = `src/ml/${entry.replaceAll('\\', '/')}`;
      if (!/\.[ch]$/.test(file)) continue;
      const text = await readFile(join(this.root, file), 'utf8');
      if (file.endsWith('.h')) this.headers.set(file, text);
      for (const fn of findFunctions(text, file)) {
        if (!fn.isStatic || file.endsWith('.h')) this.functions.set(fn.name, fn);
        else this.statics.set(fn.name, [...(this.statics.get(fn.name) ?? []), fn]);
      }
    }
  }

  /** @param {string} name the one function of that name, or undefined */
  find(name) {
    const own = this.statics.get(name) ?? [];
    return this.functions.get(name) ?? (own.length === 1 ? own[0] : undefined);
  }

  /** @param {CFunction} fn its declaration in a header, or null */
  declaration(fn) {
    if (fn.isStatic || fn.file.endsWith('.h')) return null;
    for (const [file, text] of this.headers) {
      const declaration = findDeclaration(text, fn.name);
      if (declaration) return { file, ...declaration };
    }
    return null;
  }
}

/**
 * The fragment of one lab.
 * @param {{ name: string, source: string, views: { name: string, code: string | null }[],
 *           readouts: { name: string, code: string | null }[] }} lab its declaration
 * @param {Sources} sources
 * @param {import('./errors.mjs').Mistakes} mistakes
 * @returns {Promise<string>}
 */
export async function boxFragment(lab, sources, mistakes) {
  const text = await readFile(join(sources.root, lab.source), 'utf8');
  const own = new Map(findFunctions(text, lab.source).map((fn) => [fn.name, fn]));
  const shown = new Map();
  for (const { name, code } of [...lab.views, ...lab.readouts]) {
    if (!code || own.has(code)) continue;
    const fn = sources.find(code);
    if (fn) shown.set(code, fn);
    else mistakes.add(lab.source, 0, unknownCode(name, code, own, sources));
  }
  const used = identifiers(text);
  for (const fn of sources.functions.values()) if (used.has(fn.name)) shown.set(fn.name, fn);
  const called = [...shown.values()].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return labSection(lab.source, text, own) + called.map((fn) => functionSection(fn, sources)).join('');
}

/** @type {(name: string, code: string, own: Map<string, CFunction>, sources: Sources) => string} */
function unknownCode(name, code, own, sources) {
  const several = sources.statics.get(code);
  if (several) {
    return `the code of "${name}" is "${code}", which is static in ${several.map((fn) => fn.file).join(' and ')}; name a ` +
      'function that there is one of.';
  }
  return `the code of "${name}" is "${code}", but no function of this file or of src/ml has that name.` +
    didYouMean(code, [...own.keys(), ...sources.functions.keys()]);
}

/**
 * @param {string} file
 * @param {string} text
 * @param {Map<string, CFunction>} own
 */
function labSection(file, text, own) {
  const anchors = new Map([...own.values()].map((fn) => [fn.line, [`fn-${fn.name}`]]));
  return `<section id="fn-lab" data-file="${escape(file)}" data-line="1">` +
    `<h4><span class="path">${escape(file)}</span></h4>` +
    `<pre class="code" tabindex="0" aria-label="${strings.cSourceOfThis}"><code>${highlightC(text, { anchors })}</code></pre>` +
    '</section>\n';
}

/**
 * @param {CFunction} fn
 * @param {Sources} sources
 */
function functionSection(fn, sources) {
  const declaration = sources.declaration(fn);
  const contract = declaration
    ? `<p class="path">${escape(declaration.file)}:${declaration.line}</p><pre class="code contract" tabindex="0" ` +
      `aria-label="${strings.whatPromises(escape(fn.name))}"><code>${highlightC(declaration.source, { first: declaration.first })}</code></pre>`
    : '';
  return `<section id="fn-${escape(fn.name)}" data-function="${escape(fn.name)}" data-file="${escape(fn.file)}" ` +
    `data-line="${fn.definition}"><h4><code>${escape(fn.name)}</code> ` +
    `<span class="path">${escape(fn.file)}:${fn.definition}</span></h4>${contract}` +
    `<pre class="code" tabindex="0" aria-label="${strings.cSourceOf(escape(fn.name))}"><code>` +
    `${highlightC(fn.source, { first: fn.line })}</code></pre></section>\n`;
}
