/** What a lab's run has come to, in a sentence or two: the plots' text alternative, read out when a run rests. */
import { formatNumber, readoutText } from './format.js';
import { finding as strings } from '../strings/strings.js';

/** @typedef {import('./lab-types.js').LabDeclaration} LabDeclaration */
/** @typedef {import('./lab-types.js').LabReadout} LabReadout */
/** @typedef {import('./lab-types.js').LabView} LabView */

const MOST_FIGURES = 4;

/** @type {Partial<Record<import('./lab-types.js').LabViewKind, string>>} */
const KINDS = { line: strings.linePlot, scatter: strings.scatterPlot, bars: strings.barChart, histogram: strings.histogram, surface: strings.mapOfValues,
  maps: strings.smallMapsOfValues, timeline: strings.timeline, graph: strings.graph };

/**
 * What kind of picture a plot is, what it shows and on which axes.
 * @param {LabView} view
 */
export function plotWords(view) {
  const series = view.series.map(({ label }) => label).filter(Boolean);
  const shows = series.length > 0 ? strings.shows(list(series)) : '';
  const axes = [view.y.title && strings.up(view.y.title), view.x.title && strings.across(view.x.title)].filter(Boolean).join('; ');
  return [`${KINDS[view.kind] ?? strings.plot}${axes && ` (${axes})`}.`, shows].filter(Boolean).join(' ');
}

/**
 * The lab's figures after so many steps; for a plot, those first that the same C function computes.
 * @param {LabDeclaration} lab
 * @param {LabView | null} view
 * @param {number} steps
 * @param {ArrayLike<number>} values of the readouts
 * @param {number} met goals met, ever
 */
export function finding(lab, view, steps, values, met) {
  if (steps === 0) return strings.notRunYet;
  const own = (/** @type {LabReadout} */ readout) => Number(Boolean(view?.code) && readout.code === view?.code);
  const figures = lab.readouts
    .map((readout, i) => ({ readout, text: figure(readout, values[i]) }))
    .filter(({ readout }) => !readout.minor)
    .sort((a, b) => own(b.readout) - own(a.readout))
    .slice(0, MOST_FIGURES)
    .map(({ text }) => text);
  const goals = lab.goals.length === 0 ? '' : strings.ofGoalsMet(met, lab.goals.length);
  return strings.after(formatNumber(steps), steps, figures.length ? `: ${figures.join('; ')}` : '', goals);
}

/**
 * @param {LabReadout} readout
 * @param {number} value
 */
function figure(readout, value) {
  const text = readoutText(readout, value);
  const unit = readout.unit && text !== readout.absent ? ` ${readout.unit}` : '';
  return `${readout.label} ${text}${unit}`;
}

/** @param {string[]} words */
const list = (words) => (words.length < 2 ? words.join('') : strings.and(words.slice(0, -1).join(', '), words.at(-1)));
