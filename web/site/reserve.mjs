/**
 * How tall a lab's card will be once it is open, so that the page keeps that much room from the start and nothing that a
 * reader looks at, or a link leads to, is pushed away when cards above it come to life. An estimate: it follows the
 * card's styles (elements/lab-card-styles.js and its parts) closely enough that what is left is a line or two.
 */
import { fitsSegments } from '../lib/segments.js';
import { countMainViews, viewPlaces } from '../lib/view-places.js';

const PARAM_GAP = 5;
const PARAM_HEIGHT = 51;
const TOGGLE_HEIGHT = 26;
const SEGMENTS_HEIGHT = 69;
const SELECT_HEIGHT = 28;
const VIEW_HEIGHTS = /** @type {Record<string, number>} */ ({ surface: 284, graph: 284, pad: 284, maps: 135, matrix: 300 });
const VIEW_HEIGHT = 239;
const SMALL_VIEW_HEIGHT = 191; /* beside a tall one */
const ONLY_VIEW_HEIGHT = 335;
const TALL_HEIGHT = 394;
const GAP = 11;
const PLOTS_PADDING = 26;
const STRIP_HEIGHT = 251;
const LONE_HEIGHT = 540; /* of a strip's only view, which has it all to itself */
const READOUT_ROW = 43;
const BAR_HEIGHT = 54;

/** @param {any} lab its declaration */
export function reservedHeights(lab) {
  const wide = 75 + Math.max(controls(lab), plots(lab)) + readouts(lab, 8, 24) + BAR_HEIGHT + goals(lab, 140, 17);
  const middle = 75 + plots(lab) + 0.62 * controls(lab) + readouts(lab, 6, 30) + 2 * BAR_HEIGHT + goals(lab, 91, 17);
  const narrow = 115 + stackedPlots(lab) + controls(lab) + readouts(lab, 3, 80) + 2 * BAR_HEIGHT + goals(lab, 29, 17);
  return { wide: Math.round(wide), middle: Math.round(middle), narrow: Math.round(narrow), controls: controls(lab) };
}

/** The same as style rules: the pages' policy allows no style attributes. @param {any[]} labs */
export function reserveStyles(labs) {
  const rules = labs.map((lab) => {
    const { wide, middle, narrow, controls } = reservedHeights(lab);
    return `lab-card[name="${lab.name}"] { --wide-height: ${wide}px; --middle-height: ${middle}px; ` +
      `--narrow-height: ${narrow}px; --controls-height: ${controls}px; }`;
  });
  return rules.join('\n');
}

/** @param {any} lab */
function controls(lab) {
  const plain = lab.params.filter((/** @type {any} */ param) => !param.advanced);
  const groups = new Set(lab.params.map((/** @type {any} */ param) => param.group).filter(Boolean));
  const folded = new Set(lab.params.filter((/** @type {any} */ p) => p.advanced).map((/** @type {any} */ p) => p.group));
  const rows = plain.map((/** @type {any} */ param) => paramHeight(param) + PARAM_GAP);
  return 187 + sum(rows) + 25 * groups.size + 29 * folded.size;
}

/** @param {any} param */
function paramHeight(param) {
  if (param.kind === 'toggle') return TOGGLE_HEIGHT;
  if (param.kind === 'choice') return fitsSegments(param) ? SEGMENTS_HEIGHT : SELECT_HEIGHT;
  return PARAM_HEIGHT;
}

/** @type {(lab: any) => import('../lib/lab-types.js').LabView[]} */
const mainViews = (lab) => lab.views.slice(0, countMainViews(lab));

/** @param {any} lab */
const strip = (lab) => (lab.views.length > mainViews(lab).length ? STRIP_HEIGHT : 0);

/** Plots two abreast. @param {any} lab */
function plots(lab) {
  const views = mainViews(lab);
  const places = viewPlaces(views);
  if (places[0] === 'only') return ONLY_VIEW_HEIGHT + PLOTS_PADDING;
  const tall = places.includes('tall');
  const height = (/** @type {{ kind: string }} */ view) => VIEW_HEIGHTS[view.kind] ?? (tall ? SMALL_VIEW_HEIGHT : VIEW_HEIGHT);
  const rows = views.filter((_, i) => places[i] === 'full').map(height);
  if (tall) rows.push(TALL_HEIGHT);
  const narrow = views.filter((_, i) => places[i] === '').map(height).slice(tall ? 2 : 0);
  for (let i = 0; i < narrow.length; i += 2) rows.push(Math.max(...narrow.slice(i, i + 2)));
  const lone = lab.views.length - views.length === 1;
  return sum(rows) + GAP * (rows.length - 1) + PLOTS_PADDING + (lone ? LONE_HEIGHT : strip(lab));
}

/** One plot below the other. @param {any} lab */
function stackedPlots(lab) {
  const views = mainViews(lab);
  const places = viewPlaces(views);
  const tall = places.includes('tall');
  const rows = views.map((view, i) => {
    if (places[i] === 'only') return ONLY_VIEW_HEIGHT;
    if (places[i] === 'tall') return TALL_HEIGHT;
    return VIEW_HEIGHTS[view.kind] ?? (tall ? SMALL_VIEW_HEIGHT : VIEW_HEIGHT);
  });
  return sum(rows) + GAP * (rows.length - 1) + PLOTS_PADDING + strip(lab);
}

/** @type {(lab: any, perRow: number, rest: number) => number} */
function readouts(lab, perRow, rest) {
  const major = lab.readouts.filter((/** @type {any} */ readout) => !readout.minor).length;
  return rest + READOUT_ROW * Math.ceil(major / perRow);
}

/** @type {(lab: any, charactersPerLine: number, lineHeight: number) => number} */
function goals(lab, charactersPerLine, lineHeight) {
  if (lab.goals.length === 0) return 0;
  const lines = lab.goals.map((/** @type {any} */ goal) => Math.ceil(goal.sentence.length / charactersPerLine));
  return 58 + sum(lines) * lineHeight + 8 * lab.goals.length;
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
