/**
 * Links that carry a lab with its settings: ?lab=NAME&param=value&seed=N, only what differs from the default. Presets
 * of lessons and goals are the same settings in another spelling: "max_batch=8 max_wait=0".
 * Whatever cannot be used keeps its default, and `problems` says so, a sentence each.
 */

import { formatSetting } from './format.js';
import { quoted } from './quoted.js';
import { link as strings } from '../strings/strings.js';

/** @typedef {import('./lab-types.js').LabDeclaration} LabDeclaration */
/** @typedef {import('./lab-types.js').LabParam} LabParam */
/** @typedef {import('./lab-types.js').LabSettings} LabSettings */

export const FIRST_SEED = 1;
const NOT_PARAMS = new Set(['lab', 'embed', 'seed']);
const MOST_PROBLEMS = 8; // sentences; a stranger's link may hold thousands
const ON = ['on', 'true', 'yes', '1'];
const OFF = ['off', 'false', 'no', '0'];

/**
 * @param {LabDeclaration} lab
 * @returns {LabSettings}
 */
export function defaultSettings(lab) {
  return { params: lab.params.map((param) => param.initial), seed: FIRST_SEED };
}

/**
 * @param {LabParam} param
 * @param {string} text
 * @returns {number | null} null if the param cannot have this value
 */
export function parseParam(param, text) {
  if (param.kind === 'toggle') return ON.includes(text) ? 1 : OFF.includes(text) ? 0 : null;
  if (param.kind === 'choice') {
    const index = param.choices.findIndex((choice) => choice.name === text);
    return index < 0 ? null : index;
  }
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= param.min && value <= param.max)) return null;
  return param.kind === 'integer' && !Number.isInteger(value) ? null : value;
}

/**
 * @param {LabParam} param
 * @param {number} value
 */
export function printParam(param, value) {
  if (param.kind === 'toggle') return value ? 'on' : 'off';
  if (param.kind === 'choice') return param.choices[value]?.name ?? String(value);
  return String(value);
}

/**
 * What a param may be, for a sentence: "a number from 0 to 1".
 * @param {LabParam} param
 */
export function allowedText(param) {
  if (param.kind === 'toggle') return strings.onOrOff;
  if (param.kind === 'choice') return strings.oneOf(param.choices.map((choice) => choice.name).join(', '));
  return (param.kind === 'integer' ? strings.aWholeNumber : strings.aNumber)(param.min, param.max);
}

/**
 * @param {string} text
 * @returns {number | null}
 */
export function parseSeed(text) {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null;
}

/**
 * @param {LabDeclaration} lab
 * @param {Iterable<[string, string]>} pairs
 * @param {LabSettings} [from] what stays as it is where `pairs` say nothing; default: the lab's initial settings
 * @returns {LabSettings & { problems: string[] }}
 */
export function readSettings(lab, pairs, from = defaultSettings(lab)) {
  const settings = { params: [...from.params], seed: from.seed, problems: /** @type {string[]} */ ([]) };
  for (const [name, text] of pairs) {
    if (name === 'seed') {
      const seed = parseSeed(text);
      if (seed === null) settings.problems.push(strings.theSeedCannotBe(quoted(text)));
      else settings.seed = seed;
      continue;
    }
    if (NOT_PARAMS.has(name)) continue;
    const index = lab.params.findIndex((param) => param.name === name);
    const value = index < 0 ? null : parseParam(lab.params[index], text);
    if (index < 0) settings.problems.push(strings.thisLabHasNo(quoted(name)));
    else if (value !== null) settings.params[index] = value;
    else settings.problems.push(wrongValue(lab.params[index], text));
  }
  const more = settings.problems.length - MOST_PROBLEMS;
  if (more > 0) settings.problems.splice(MOST_PROBLEMS, more, strings.andMoreThatCannot(more));
  return settings;
}

/**
 * @param {LabParam} param
 * @param {string} text
 */
function wrongValue(param, text) {
  return (
    strings.cannotBeItIs(param.label, quoted(text), allowedText(param), printParam(param, param.initial))
  );
}

/**
 * @param {LabDeclaration} lab
 * @param {string} preset "max_batch=8 max_wait=0"
 */
export function readPreset(lab, preset) {
  const pairs = preset.split(/\s+/).filter(Boolean);
  return readSettings(lab, pairs.map((pair) => /** @type {[string, string]} */ (splitPair(pair))));
}

/** @param {string} pair */
function splitPair(pair) {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/**
 * The settings that differ from the default, as names and texts; the seed always, because a link is a promise of the
 * same curve.
 * @param {LabDeclaration} lab
 * @param {LabSettings} settings
 * @returns {[string, string][]}
 */
export function changedSettings(lab, settings) {
  /** @type {[string, string][]} */
  const pairs = lab.params.map((param, i) => [param.name, printParam(param, settings.params[i])]);
  const changed = pairs.filter((_, i) => settings.params[i] !== lab.params[i].initial);
  return [...changed, ['seed', String(settings.seed)]];
}

/**
 * @param {LabDeclaration} lab
 * @param {LabSettings} settings
 * @param {string} page the address of the page that the link opens
 */
export function writeLink(lab, settings, page) {
  const url = new URL(page);
  url.hash = '';
  url.search = new URLSearchParams([['lab', lab.name], ...changedSettings(lab, settings)]).toString();
  return url.href;
}

/**
 * A setting as a person says it: "Largest batch 8", "Deadline 100 ms", "Service time exponential".
 * @param {LabParam} param
 * @param {number} value
 */
export function settingWords(param, value) {
  const text = param.kind === 'toggle' ? printParam(param, value)
    : param.kind === 'choice' ? (param.choices[value]?.label ?? String(value)) : formatSetting(value);
  return [param.label, text, param.unit].filter(Boolean).join(' ');
}

/**
 * What another run had otherwise, in words; empty where nothing differs.
 * @param {LabDeclaration} lab
 * @param {LabSettings} other
 * @param {LabSettings} now
 */
export function differenceWords(lab, other, now) {
  const differing = lab.params.flatMap((param, i) =>
    (other.params[i] === now.params[i] ? [] : [settingWords(param, other.params[i])]));
  return [...differing, ...(other.seed === now.seed ? [] : [strings.seed(other.seed)])].join(', ');
}

/**
 * All settings in words, for a caption.
 * @param {LabDeclaration} lab
 * @param {LabSettings} settings
 */
export function settingsWords(lab, { params, seed }) {
  return [...lab.params.map((param, i) => settingWords(param, params[i])), strings.seed(seed)].join(', ');
}
