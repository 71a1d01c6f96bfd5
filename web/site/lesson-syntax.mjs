/**
 * What a lesson may hold beyond plain Markdown, as rules for markdown-it: {{lab ...}}, {{challenge ...}}, ::: quiz,
 * ::: note, $math$, headings with their own ids. Each rule only recognises; markdown.mjs renders.
 */

/** @typedef {import('markdown-it').default} MarkdownIt */

/**
 * {{lab batching-queue max_batch=8}} or {{challenge linear-predict}}, alone on a line: a token "embed" with the words in
 * its content.
 * @param {MarkdownIt} md
 */
export function embedRule(md) {
  md.block.ruler.before('paragraph', 'embed', (state, startLine, _endLine, silent) => {
    const text = lineOf(state, startLine).trim();
    const match = /^\{\{(.*)\}\}$/.exec(text);
    if (!match) return false;
    if (silent) return true;
    const token = state.push('embed', '', 0);
    token.content = match[1].trim();
    token.map = [startLine, startLine + 1];
    state.line = startLine + 1;
    return true;
  }, { alt: ['paragraph'] });
}

/**
 * ::: KIND words
 * ...
 * :::
 * A token "container": its info is what follows the colons, its content the lines between. What a note holds is parsed
 * in place, between "note_open" and "note_close", so that it can use the lesson's footnotes.
 * @param {MarkdownIt} md
 */
export function containerRule(md) {
  md.block.ruler.before('fence', 'container', (state, startLine, endLine, silent) => {
    const match = /^:::\s*(\S.*)$/.exec(lineOf(state, startLine).trim());
    if (!match) return false;
    if (silent) return true;
    let last = startLine + 1;
    while (last < endLine && lineOf(state, last).trim() !== ':::') last++;
    const isNote = /^note\b/.test(match[1]);
    const token = state.push(isNote ? 'note_open' : 'container', '', isNote ? 1 : 0);
    token.info = match[1].trim();
    token.content = state.getLines(startLine + 1, last, state.blkIndent, false);
    token.map = [startLine, last + 1];
    token.meta = { closed: last < endLine };
    if (isNote) {
      state.md.block.tokenize(state, startLine + 1, last);
      state.push('note_close', '', -1);
    }
    state.line = Math.min(last + 1, endLine);
    return true;
  }, { alt: ['paragraph'] });
}

/**
 * $x^2$ within a line, and $$ ... $$ as a block. A dollar before a digit-only price such as $5 needs a backslash only
 * when a second dollar follows in the same paragraph.
 * @param {MarkdownIt} md
 */
export function mathRule(md) {
  md.inline.ruler.after('escape', 'math', (state, silent) => {
    if (state.src[state.pos] !== '$') return false;
    const match = /^\$(?!\s)((?:\\.|[^\\$])+?)(?<!\s)\$(?!\d)/.exec(state.src.slice(state.pos));
    if (!match) return false;
    if (!silent) state.push('math', '', 0).content = match[1];
    state.pos += match[0].length;
    return true;
  });
  md.block.ruler.before('paragraph', 'math_block', (state, startLine, endLine, silent) => {
    if (!lineOf(state, startLine).trim().startsWith('$$')) return false;
    if (silent) return true;
    let last = startLine;
    let text = lineOf(state, startLine).trim().slice(2);
    while (!text.endsWith('$$') && last + 1 < endLine) text += `\n${lineOf(state, ++last).trim()}`;
    const token = state.push('math_block', '', 0);
    token.content = text.replace(/\$\$$/, '').trim();
    token.map = [startLine, last + 1];
    token.meta = { closed: text.endsWith('$$') };
    state.line = last + 1;
    return true;
  }, { alt: ['paragraph'] });
}

/**
 * @param {{ src: string, bMarks: number[], tShift: number[], eMarks: number[] }} state
 * @param {number} line
 */
function lineOf(state, line) {
  return state.src.slice(state.bMarks[line] + state.tShift[line], state.eMarks[line]);
}

/**
 * Splits "A title {#an-id}".
 * @param {string} text
 * @returns {{ title: string, id: string | null }}
 */
export function headingId(text) {
  const match = /^(.*?)\s*\{#([a-z0-9-]+)\}\s*$/.exec(text);
  return match ? { title: match[1], id: match[2] } : { title: text, id: null };
}

/**
 * The front matter between two --- lines: "key: value" each.
 * @param {string} text
 * @returns {{ fields: Map<string, { value: string, line: number }>, odd: { text: string, line: number }[], body: string,
 *   bodyLine: number } | null} null if the file does not start with front matter; odd: lines that are no new "key: value"; bodyLine: the line of the file, from 1, on which the body starts
 */
export function frontMatter(text) {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== '---') return null;
  const end = lines.indexOf('---', 1);
  if (end < 0) return null;
  const fields = new Map();
  const odd = [];
  for (let i = 1; i < end; i++) {
    const match = /^([a-z_]+):\s*(.*)$/.exec(lines[i]);
    if (!match || fields.has(match[1])) odd.push({ text: lines[i], line: i + 1 });
    else fields.set(match[1], { value: match[2].trim(), line: i + 1 });
  }
  return { fields, odd, body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 };
}
