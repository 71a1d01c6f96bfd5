/** Where a lab's views stand in its card; the card lays them out so, and the site's builder keeps room for it. */

/** @typedef {import('./lab-types.js').LabView} LabView */
/** @typedef {import('./lab-types.js').LabDeclaration} LabDeclaration */

const MOST_MAIN_VIEWS = 4; // of a lab with many; the others stand in a row that scrolls
const FULL_WIDTH = new Set(['maps', 'timeline']);
const SQUARE = new Set(['surface', 'graph', 'pad']);

/**
 * How many of a lab's views are main ones, where it does not say so itself. One more than most is no reason for a row of
 * its own.
 * @param {Pick<LabDeclaration, 'views' | 'main_views'>} lab
 */
export const countMainViews = ({ views, main_views }) =>
  main_views || (views.length <= MOST_MAIN_VIEWS + 1 ? views.length : MOST_MAIN_VIEWS);

/**
 * Where a lab's main views stand: squares are two rows tall beside two narrow ones; what would stand alone in its row
 * takes the whole width.
 * @param {LabView[]} views
 * @returns {('only' | 'tall' | 'full' | '')[]}
 */
export function viewPlaces(views) {
  if (views.length === 1) return ['only'];
  const full = views.map((view) => view.wide || FULL_WIDTH.has(view.kind));
  const square = views.map((view, i) => !full[i] && SQUARE.has(view.kind));
  const narrow = views.filter((_, i) => !full[i] && !square[i]).length;
  const tall = narrow >= 2;
  const paired = tall ? narrow : views.filter((_, i) => !full[i]).length;
  const last = tall ? views.findLastIndex((_, i) => !full[i] && !square[i]) : full.lastIndexOf(false);
  const alone = paired % 2 === 1 ? last : -1;
  return views.map((_, i) => (full[i] || i === alone ? 'full' : square[i] && tall ? 'tall' : ''));
}
