/** The page's colours and font as plots need them: resolved, and read again when the scheme changes. */

const NAMES = /** @type {const} */ ([
  'paper', 'card', 'soft', 'ink', 'muted', 'rule', 'field', 'accent', 'blue', 'teal', 'amber', 'ok', 'bad',
]);

/** @typedef {Record<(typeof NAMES)[number], string> & { font: string, mono: string }} Theme */

/** @type {Theme | null} */
let current = null;

/** @returns {Theme} */
export function theme() {
  current ??= read();
  return current;
}

/** Fires `change` after the page's colours have changed. */
export const themeChanges = new EventTarget();

/** Matches while the page is being printed. */
export const onPaper = matchMedia('print');

// A custom property's computed value may still say light-dark(…); that of a real property is a colour.
function read() {
  const probe = document.body.appendChild(document.createElement('span'));
  probe.style.forcedColorAdjust = 'none'; // in forced colours the tokens are system colours already
  const style = getComputedStyle(probe);
  const colours = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, style.color];
  });
  const fonts = [['font', '--ui'], ['mono', '--mono']].map(([name, property]) => [
    name, style.getPropertyValue(property).trim() || 'sans-serif',
  ]);
  probe.remove();
  return /** @type {Theme} */ (Object.fromEntries([...colours, ...fonts]));
}

function forget() {
  current = null;
  themeChanges.dispatchEvent(new Event('change'));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', forget);
matchMedia('(forced-colors: active)').addEventListener('change', forget);
onPaper.addEventListener('change', forget); // before any plot that listens too
new MutationObserver(forget).observe(document.documentElement, { attributeFilter: ['data-scheme', 'class', 'style'] });
document.fonts?.addEventListener('loadingdone', forget);

/**
 * Red, green and blue, 0 to 255, of a colour as `theme` gives it. A canvas pixel says what any CSS colour looks like.
 * @param {string} colour
 * @returns {[number, number, number]}
 */
export function rgb(colour) {
  const numbers = /^rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)/.exec(colour);
  if (numbers) return [Number(numbers[1]), Number(numbers[2]), Number(numbers[3])];
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(1, 1).getContext('2d'));
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}
