/** C highlighted when the site is built, with the grammar that the page's editor uses. */
import { parser } from '@lezer/cpp';
import { classHighlighter, highlightCode } from '@lezer/highlight';
import { escape } from './html.mjs';

/** What the page gives a colour; everything else is plain text and needs no span. */
const COLOURED = /\btok-(keyword|typeName|number|bool|literal|string2?|comment|meta|macroName)\b/;

/**
 * Lines of highlighted C: one <span class="line" data-n="12"> each, its newline inside, for a <pre class="code"><code>.
 * @param {string} source
 * @param {{ first?: number, anchors?: Map<number, string[]> }} [options] first: the number of the first line;
 *   anchors: ids to set on lines, by line number
 * @returns {string}
 */
export function highlightC(source, { first = 1, anchors = new Map() } = {}) {
  const code = source.replace(/\n+$/, '');
  const lines = [''];
  highlightCode(
    code,
    parser.parse(code),
    classHighlighter,
    (text, classes) => {
      const name = COLOURED.exec(classes)?.[0];
      lines[lines.length - 1] += name ? `<span class="${name}">${escape(text)}</span>` : escape(text);
    },
    () => lines.push(''),
  );
  return lines.map((line, i) => wrapLine(line, first + i, anchors.get(first + i) ?? [])).join('');
}

/**
 * @param {string} html
 * @param {number} number
 * @param {string[]} ids
 */
function wrapLine(html, number, ids) {
  const marks = ids.map((id) => `<span id="${escape(id)}"></span>`).join('');
  return `<span class="line" data-n="${number}">${marks}${html}\n</span>`;
}
