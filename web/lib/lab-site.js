/** What every lab of the page shares, fetched once: the declarations and the compiled modules. */
import { arithmetic } from './arithmetic.js';
import { fetchWhole } from './fetching.js';
import { startEarly } from './lab-start.js';
import { siteJson, siteUrl } from './site.js';
import { labSite as strings } from '../strings/strings.js';

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

/** Begins to fetch and start what every lab needs. A failure is told by the lab that then asks. */
export function fetchEarly() {
  startEarly();
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
  return (await fetchWhole(siteUrl(`data/files/${name}`), strings.theDataOfThis(name))).arrayBuffer();
}

/** @param {string} name */
async function compile(name) {
  const response = await fetchWhole(siteUrl(`assets/${name}`), strings.theProgramOfThe);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return WebAssembly.compile(bytes).catch((error) => {
    throw new Error(whyNotCompiled(bytes, error));
  });
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d]; // "\0asm"

/** @type {(bytes: Uint8Array, error: unknown) => string} */
function whyNotCompiled(bytes, error) {
  if (MAGIC.some((byte, i) => bytes[i] !== byte))
    return strings.somethingElseCameIn;
  if (error instanceof RangeError) return strings.thisBrowserHasNo;
  return strings.thisBrowserDoesNot;
}
