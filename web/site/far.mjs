/**
 * A chapter is long, and a browser that sets all of its lines before it shows the first one keeps the reader, and the lab
 * that the reader came for, waiting. So each block of a chapter says about how tall it is, and the browser sets it only
 * when it comes near (content-visibility; styles/prose.css), or later, when it has nothing else to do (lib/far.js). What
 * is not set is still found, linked to, read out and printed.
 */

const VOID = new Set(['br', 'hr', 'img', 'input', 'wbr']);
const TAG = /<(\/?)([a-z][\w-]*)((?:"[^"]*"|[^">])*)>/gi;

/* Of a section all but what is low, or has its height from elsewhere; of a challenge what stands there before it opens. */
const NOT_OF_A_SECTION = new Set(['h2', 'h3', 'lab-card', 'challenge-card', 'chapter-recap']);

/** Characters to a line of the text column: on a phone, and where the column has its full width. */
const COLUMNS = { narrow: 45, wide: 74 };
const CARD_COLUMNS = { narrow: 45, wide: 135 };

/* In lines of text: the white between two paragraphs; a formula on a line of its own; a line of code; a row's margins; what
 * a question has besides its words; how small notes, and the words of cards, are. */
const GAP = 0.35;
const FORMULA = 1.55;
const CODE = 0.8;
const ROW = 0.6;
const QUESTION = 2.4;
const SMALL = 0.84;

const ROUNDED = 1.08; // heights that differ by less share a class
const STEPS = 75; // to more lines than a block of text will have

/**
 * The lesson with the height of each block of a section as two classes, in lines of text: "n7 w4".
 * @param {string} html
 * @returns {string}
 */
export function markFar(html) {
  let marked = '', at = 0;
  for (const { open, from, to, columns } of blocks(html)) {
    const block = html.slice(open, to);
    const [narrow, wide] = [columns.narrow, columns.wide].map((column) => rounded(heightOf(block, column)));
    marked += html.slice(at, open) + withClasses(html.slice(open, from), `far n${narrow} w${wide}`);
    at = from;
  }
  return marked + html.slice(at);
}

/** The rules behind those classes, for any that markFar may write. */
export function farStyles() {
  const heights = new Set(Array.from({ length: STEPS }, (_, step) => rounded(ROUNDED ** step)));
  return [...heights].map((n) => `.n${n}{--n:${n}}.w${n}{--w:${n}}`).join('\n');
}

/**
 * What stands directly in sections and in challenges: where its opening tag begins, and its content begins and ends.
 * @param {string} html
 */
function blocks(html) {
  const found = [];
  /** @type {{ name: string, open: number, from: number }[]} */
  const stack = [];
  for (const { index, 0: whole, 1: closes, 2: name, 3: rest } of html.matchAll(TAG)) {
    if (closes) {
      const { open, from } = /** @type {{ open: number, from: number }} */ (stack.pop());
      const parent = stack.at(-1)?.name;
      if (parent === 'section' && !NOT_OF_A_SECTION.has(name)) found.push({ open, from, to: index, columns: COLUMNS });
      if (parent === 'challenge-card') found.push({ open, from, to: index, columns: CARD_COLUMNS });
    } else if (!rest.endsWith('/') && !VOID.has(name)) {
      stack.push({ name, open: index, from: index + whole.length });
    }
  }
  return found;
}

/** @type {(tag: string, classes: string) => string} */
const withClasses = (tag, classes) =>
  / class="/.test(tag) ? tag.replace(/ class="/, ` class="${classes} `) : tag.replace(/^<[\w-]+/, `$& class="${classes}"`);

/** How many lines of text a block is high. @type {(block: string, column: number) => number} */
function heightOf(block, column) {
  if (/^<(?:quiz-question|prediction-card)/.test(block)) return QUESTION + lines(block, column);
  if (block.startsWith('<div class="fallback"')) return lines(block, column / SMALL); // with the card's margins
  if (block.includes('class="back"')) return SMALL * lines(block, column / SMALL);
  return lines(block, column);
}

/** @type {(html: string, column: number) => number} */
function lines(html, column) {
  let set = 0;
  const words = html.replace(/<noscript>.*?<\/noscript>|<(\w+)[^>]* hidden>.*?<\/\1>/gs, '')
    .replace(/<pre.*?<\/pre>|<div class="formula">.*?<\/math>|<table>.*?<\/table>|<svg.*<\/svg>/gs, (whole) => {
      set += GAP + (whole.startsWith('<pre') ? CODE * whole.trimEnd().split('\n').length : whole.startsWith('<div') ? FORMULA
        : whole.startsWith('<table') ? tableLines(whole, column) : drawingLines(whole, column));
      return '<p>';
    });
  const parts = words.split(/<\/?(?:p|li|div|legend|fieldset|ul|ol|figcaption|label|button|h3|h4)\b[^>]*>/).map(text).filter(Boolean);
  const written = parts.map((part) => Math.ceil(part.length / column) + GAP);
  return Math.max(1, set + sum(written) - GAP);
}

/** @type {(svg: string, column: number) => number} */
function drawingLines(svg, column) {
  const [, width, height] = / viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const acrossInLines = Math.min(column, 58) / 3.2;
  return width ? (Number(height) / Number(width)) * acrossInLines : acrossInLines / 2;
}

/** Each column as wide as its words ask for. @type {(table: string, column: number) => number} */
function tableLines(table, column) {
  const rows = table.split('<tr').slice(1).map((row) => row.split(/<t[dh]\b/).slice(1).map((cell) => text(`<td${cell}`).length));
  const widest = rows[0]?.map((_, i) => Math.max(...rows.map((cells) => cells[i] ?? 0), 6)) ?? [];
  const each = widest.map((width) => Math.max(8, (1.12 * column * width) / sum(widest)));
  return sum(rows.map((cells) => ROW + 0.86 * Math.max(...cells.map((length, i) => Math.ceil(length / each[i])))));
}

/** @param {string} html */
const text = (html) => html.replace(/<[^>]*>/g, '').replace(/&\w+;/g, '.').replace(/\s+/g, ' ').trim();

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {number} height */
function rounded(height) {
  const step = Math.round(Math.log(Math.max(1, height)) / Math.log(ROUNDED));
  return Math.round(ROUNDED ** Math.min(step, STEPS - 1));
}
