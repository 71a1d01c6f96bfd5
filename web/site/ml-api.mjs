/* What the editor offers of the library: every public function, type and macro of the headers that ml.h includes, with
 * the comment that stands above it. Read from the headers' text, because the comments are the point; a test holds the
 * names and the signatures against clang's own reading. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} ApiEntry
 * @property {string} name
 * @property {'function' | 'type' | 'macro'} kind
 * @property {string} signature as it stands in the header, without a function's semicolon
 * @property {string} comment
 * @property {string} header relative to src/ml
 */

/** @param {string} comment with its slashes and stars */
const plainComment = (comment) =>
  comment
    .replace(/^\/\*+ ?|\s*\*\/$/g, '')
    .split('\n')
    .map((line, i) => (i === 0 ? line : line.replace(/^ ?\*( |$)/, '')))
    .join('\n')
    .replace(/ +$/gm, '')
    .replace(/^(.{90,})\n(?=\S)/gm, '$1 ') /* a full line goes on: it breaks where the reader's window does */
    .trim();

/**
 * The top-level pieces of a header, in order: comments, directives, declarations, blank lines.
 * @param {string} text
 */
function* pieces(text) {
  const PIECE = /\/\*[^]*?\*\/|#(?:[^\n\\]|\\[^])*|\n[ \t]*\n|[ \t\n]+/y;
  for (let at = 0; at < text.length;) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(text)?.[0] ?? text.slice(at, declarationEnd(text, at));
    yield piece;
    at += piece.length;
  }
}

/**
 * @param {string} text
 * @param {number} at the start of a declaration
 * @returns {number} after its semicolon, or after the body of a function defined there
 */
function declarationEnd(text, at) {
  const SIGN = /\/\*[^]*?\*\/|[;{}]/g;
  SIGN.lastIndex = at;
  let depth = 0;
  for (let match = SIGN.exec(text); match; match = SIGN.exec(text)) {
    if (match[0] === '{') depth++;
    if (match[0] === '}') depth--;
    if (match[0] === ';' && depth === 0) return SIGN.lastIndex;
    if (
      match[0] === '}' &&
      depth === 0 &&
      /\)\s*\{/.test(text.slice(at, SIGN.lastIndex)) &&
      !text.startsWith('typedef', at)
    )
      return SIGN.lastIndex;
  }
  return text.length;
}

/**
 * @param {string} piece
 * @returns {Pick<ApiEntry, 'name' | 'kind' | 'signature'> | null}
 */
function declared(piece) {
  const macro = /^#\s*define\s+(ML_\w+)(\([^)]*\))?/.exec(piece);
  if (macro)
    return macro[1].endsWith('_H')
      ? null
      : { name: macro[1], kind: 'macro', signature: `${macro[1]}${macro[2] ?? ''}` };
  if (piece.startsWith('#')) return null;
  const code = piece.replace(/;$/, '').trim();
  const type =
    /^typedef\b[^]*?\b(ml_\w+)$/.exec(code) ??
    /^typedef\b[^]*?\(\*(ml_\w+)\)/.exec(code) ??
    /^typedef\b[\w\s*]*?\b(ml_\w+)\(/.exec(code); /* a function's type */
  if (type) return { name: type[1], kind: 'type', signature: code };
  const head = code.replace(/\s*\{[^]*$/, '').replace(/^static inline /, '');
  const called = /^[\w\s*]*?\b(ml_\w+)\s*\(/.exec(head);
  return called ? { name: called[1], kind: 'function', signature: head } : null;
}

/** One line of kernels.h declares three functions: this is what the macro makes of it. */
const withKernels = (/** @type {string} */ text) =>
  text.replace(/^ML_KERNEL_VERSIONS\((\w+), (\w+), ([^)]*)\)/gm, (_, result, name, parameters) =>
    ['', '_scalar', '_simd128'].map((version) => `${result} ml_kernel_${name}${version}(${parameters});`).join(' '),
  );

/**
 * A declaration's comment is the one right above it, which may be shared by several without a blank line between; else
 * the one behind it on its line; else the section's heading; else what the whole header is about.
 * @param {string} text of a header
 * @param {string} header its name
 * @returns {ApiEntry[]}
 */
export function readHeader(text, header) {
  /** @type {(ApiEntry & {section: string})[]} */
  const entries = [];
  /** @type {ApiEntry[]} */
  let line = []; /* what is declared on the line that is being read */
  let section = '',
    comment = '';
  const [intro] = /^\/\*[^]*?\*\/\n/.exec(text) ?? [''];
  for (const piece of pieces(withKernels(text.slice(intro.length)))) {
    if (piece.startsWith('/* ---')) {
      section = plainComment(piece.replace(/-{3,}( \*(?=\n))?/g, ''));
      comment = '';
    } else if (piece.startsWith('/*')) {
      if (line.length === 0) comment = plainComment(piece);
      for (const entry of line) entry.comment ||= plainComment(piece);
    } else if (/^\s/.test(piece)) {
      if (piece.includes('\n')) line = [];
      if (/\n[ \t]*\n/.test(piece)) comment = ''; /* it was about what followed it at once */
    } else {
      const what = declared(piece);
      if (!what) continue;
      const entry = { ...what, comment, header, section };
      line.push(entry);
      entries.push(entry);
    }
  }
  const about = plainComment(intro.trim()).split('\n\n')[0];
  return entries
    .filter(({ kind, comment }) => kind !== 'macro' || comment !== '') /* the others serve the header itself */
    .map(({ section, ...entry }) => ({ ...entry, comment: entry.comment || section || about }));
}

/**
 * Every public name of the library: of each header that ml.h includes, directly or through another, in that order.
 * @param {string} root the project's folder
 * @returns {ApiEntry[]}
 */
export function readApi(root) {
  const seen = new Set();
  /** @param {string} header @returns {ApiEntry[]} */
  const withIncluded = (header) => {
    if (seen.has(header)) return [];
    seen.add(header);
    const text = readFileSync(join(root, 'src/ml', header), 'utf8');
    const included = [...text.matchAll(/^#include "(.*)"/gm)].flatMap(([, inner]) => withIncluded(inner));
    return [...included, ...readHeader(text, header)];
  };
  return withIncluded('ml.h');
}
