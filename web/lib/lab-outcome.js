/** Runs a lab once, out of sight, to its figures: what a prediction is compared with. */
import { decodeView } from './lab-module.js';
import { labData, labDeclarations, labModule } from './lab-site.js';
import { readPreset } from './link.js';
import { siteUrl } from './site.js';
import { labOutcome as strings } from '../strings/strings.js';

/** @typedef {import('./lab-types.js').LabDeclaration} LabDeclaration */
/** @typedef {import('./lab-types.js').LabFrame} LabFrame */
/** @typedef {{ lab: LabDeclaration, readouts: Float64Array, views: import('./lab-types.js').ViewFrame[] }} Outcome */

const LONGEST_MS = 60_000;
const TO_THE_END = 2 ** 30;

/**
 * @param {string} name of the lab
 * @param {string} preset "max_batch=8"
 * @param {number} steps 0: to its end
 * @returns {Promise<Outcome>} rejects with a sentence for the reader
 */
export async function labOutcome(name, preset, steps) {
  const [labs, module] = await Promise.all([labDeclarations(), labModule()]);
  const lab = labs.find((one) => one.name === name);
  if (!lab) throw new Error(strings.thereIsNoLab(name));
  const frame = await run(module, lab, readPreset(lab, preset), await labData(lab), steps || TO_THE_END);
  return { lab, readouts: frame.readouts, views: frame.views.map(decodeView) };
}

/**
 * @param {WebAssembly.Module} module
 * @param {LabDeclaration} lab
 * @param {import('./lab-types.js').LabSettings} settings
 * @param {ArrayBuffer | null} file
 * @param {number} steps
 * @returns {Promise<LabFrame>}
 */
function run(module, lab, { params, seed }, file, steps) {
  const worker = new Worker(siteUrl('assets/lab-worker.js'), { type: 'module' });
  const post = (/** @type {import('../workers/lab-worker.js').ToWorker} */ message) => worker.postMessage(message);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const frame = new Promise((/** @type {(frame: LabFrame) => void} */ resolve, reject) => {
    const fail = (/** @type {string} */ sentence) => reject(new Error(sentence));
    timer = setTimeout(() => fail(strings.theLabTookToo), LONGEST_MS);
    worker.onerror = () => fail(strings.theProgramThatRuns);
    worker.onmessage = ({ data }) => {
      if (data.type === 'dead') fail(data.sentence);
      else if (data.type === 'snapshot') resolve(data.frame);
      else if (data.frame.error) fail(strings.theLabRefused(data.frame.error));
      else if (data.frame.finished || data.frame.steps >= steps) post({ type: 'snapshot' });
      else post({ type: 'taken' });
    };
  });
  post({ type: 'open', module, lab: lab.name, nParams: lab.params.length, nReadouts: lab.readouts.length,
    nViews: lab.views.length, live: lab.params.map((param) => param.live), stepsPerSecond: lab.steps_per_second, params, seed,
    data: file, own: null, visible: [] });
  post({ type: 'advance', steps });
  return frame.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}
