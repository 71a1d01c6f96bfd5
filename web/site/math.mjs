/** TeX into MathML when the site is built: browsers set it by themselves, so nothing of KaTeX is shipped. */
import katex from 'katex';

/**
 * @param {string} tex
 * @param {boolean} display on a line of its own
 * @returns {string} a <math> element
 * @throws {Error} whose message says what is wrong with the TeX
 */
export function texToMathml(tex, display) {
  let html;
  try {
    html = katex.renderToString(tex, { output: 'mathml', displayMode: display, throwOnError: true, strict: 'error' });
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : String(error);
    throw new Error(`the formula "${tex}" cannot be set: ${reason}`);
  }
  return html
    .replace(/^<span class="katex(?:-error)?">|<\/span>$/g, '')
    .replace(/<semantics>|<\/semantics>/g, '')
    .replace(/<annotation[^>]*>[\s\S]*?<\/annotation>/g, '')
    .replace(/ xmlns="[^"]*"/, '');
}
