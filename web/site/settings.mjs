/** The settings that a lesson gives a lab, checked against the lab's declaration. */
import { didYouMean } from './errors.mjs';
import { siteSettings as strings } from '../strings/strings.js';

/**
 * What is wrong with settings.
 * @param {any} lab its declaration
 * @param {string[]} settings "max_batch=8"
 * @returns {string[]} sentences
 */
export function presetProblems(lab, settings) {
  const names = [...lab.params.map((/** @type {any} */ param) => param.name), 'seed'];
  return settings.flatMap((setting) => {
    const [name, value] = setting.split('=');
    const param = lab.params.find((/** @type {any} */ candidate) => candidate.name === name);
    if (value === undefined) return [`"${setting}" should read PARAM=VALUE.`];
    if (name === 'seed') return /^\d+$/.test(value) ? [] : [`the seed "${value}" is not a whole number.`];
    if (!param) return [`the lab ${lab.name} has no param "${name}".${didYouMean(name, names)}`];
    return valueProblem(param, value);
  });
}

/**
 * @param {any} param
 * @param {string} value
 * @returns {string[]}
 */
function valueProblem(param, value) {
  const choices = param.kind === 'toggle' ? ['on', 'off'] : param.choices.map((/** @type {any} */ choice) => choice.name);
  if (choices.length > 0) {
    return choices.includes(value) ? [] : [`${param.name} cannot be "${value}"; it is one of ${choices.join(', ')}.`];
  }
  const number = Number(value);
  return value !== '' && number >= param.min && number <= param.max
    ? []
    : [`${param.name} cannot be "${value}"; it is a number from ${param.min} to ${param.max}.`];
}

/**
 * A link in the text that sets a lab. Without JavaScript it is an ordinary link to the lab with these settings in its
 * address; lib/lab-links.js sets the card without leaving the text.
 * @param {string} name of a lab
 * @param {string[]} settings
 * @returns {Record<string, string>} attributes of the link
 */
export function labLinkAttributes(name, settings) {
  const query = new URLSearchParams([['lab', name], ...settings.map((one) => one.split('='))]);
  return { href: `?${query}#lab-${name}`, class: 'sets-lab', title: strings.setsTheLabAnd, 'data-lab': name, 'data-settings': settings.join(' ') };
}

/**
 * Reads "lab:NAME?param=value&seed=2".
 * @param {string} href
 * @returns {{ name: string, settings: string[] }}
 */
export function readLabLink(href) {
  const [name, query = ''] = href.slice('lab:'.length).split('?');
  return { name, settings: query.split('&').filter(Boolean).map(decodeURIComponent) };
}
