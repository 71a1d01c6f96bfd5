/** What every lab of the page shares, fetched once: the declarations and the compiled modules. */
import { arithmetic } from './arithmetic.js';
import { siteJson, siteUrl } from './site.js';

/** @typedef {import('./lab-types.js').LabDeclaration} LabDeclaration */

/** @type {Promise<LabDeclaration[]> | null} */
let declarations = null;
/** @type {Map<string, Promise<WebAssembly.Module>>} */
const compiled = new Map();

/** @returns {Promise<LabDeclaration[]>} */
export function labDeclarations() {
  declarations ??= siteJson('data/labs.json').catch((error) => {
    declarations = null; // so that "try again" does
    throw error;
  });
  return declarations;
}

/**
 * @param {string} name of the file
 * @returns {Promise<WebAssembly.Module>}
 */
export function labModule(name = 'laymanz.wasm') {
  const module = compiled.get(name) ?? compile(name);
  compiled.set(name, module);
  module.catch(() => compiled.delete(name)); // so that "try again" does
  return module;
}

/**
 * The module that the reader chose, and whether its arithmetic is fused. Where that cannot be had it is the exact one.
 * @returns {Promise<{ module: WebAssembly.Module, fused: boolean }>}
 */
export async function chosenModule() {
  const relaxed = arithmetic.fused ? await labModule('laymanz-relaxed.wasm').catch(() => null) : null;
  return relaxed ? { module: relaxed, fused: true } : { module: await labModule(), fused: false };
}

/** Begins to fetch what every lab needs. A failure is told by the lab that then asks. */
export function fetchEarly() {
  for (const part of [chosenModule(), labDeclarations()]) part.catch(() => {});
}

/** @type {Map<string, Promise<ArrayBuffer>>} */
const files = new Map();

/**
 * The file that a lab reads, where it declares one.
 * @param {LabDeclaration} lab
 * @returns {Promise<ArrayBuffer | null>} shared: not to be changed or handed away
 */
export async function labData({ data }) {
  if (data === null) return null;
  const known = files.get(data) ?? fetchData(data);
  files.set(data, known);
  return known.catch((error) => {
    files.delete(data);
    throw error;
  });
}

/** @param {string} name */
async function fetchData(name) {
  const failed = `The data of this lab, ${name}, could not be fetched`;
  const response = await fetch(siteUrl(`data/files/${name}`)).catch(() => null);
  if (!response) throw new Error(`${failed}: the network or the host does not answer.`);
  if (!response.ok) throw new Error(`${failed}: the host answered ${response.status}.`);
  return response.arrayBuffer().catch(() => {
    throw new Error(`${failed} completely. Try again.`);
  });
}

/** @param {string} name */
async function compile(name) {
  const failed = 'The program of the labs could not be fetched: the network or the host does not answer.';
  const response = await fetch(siteUrl(`assets/${name}`)).catch(() => null);
  if (!response) throw new Error(failed);
  if (!response.ok) throw new Error(`${failed} It answered ${response.status}.`);
  const bytes = await response.arrayBuffer().catch(() => {
    throw new Error('The program of the labs arrived only in part. Try again.');
  });
  return WebAssembly.compile(bytes).catch(() => {
    throw new Error(
      'This browser could not start the labs: it needs WebAssembly with SIMD ' +
        '(Chrome or Edge 91, Firefox 89, Safari 16.4).',
    );
  });
}
