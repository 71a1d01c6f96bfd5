/**
 * The page's end of a lab's worker: what the reader does goes over, at most once a frame for each setting; frames come
 * back, and each is acknowledged when the page is about to draw it.
 */
import { labWorker } from './lab-start.js';
import { ownFile } from './own-files.js';
import { labClient as strings } from '../strings/strings.js';

/** @typedef {import('./lab-types.js').LabDeclaration} LabDeclaration */
/** @typedef {import('./lab-types.js').LabFrame} LabFrame */
/** @typedef {import('./lab-types.js').LabSettings} LabSettings */
/** @typedef {import('../workers/lab-worker.js').ToWorker} ToWorker */
/** @typedef {import('../workers/lab-worker.js').FromWorker} FromWorker */
/** @typedef {{ parts: { stream: number, text: string }[], cut: boolean }} PrintedSoFar in order; cut: there was more */

const WATCH_EVERY_MS = 1000;
const SILENT_MS = 5000; // as long as a challenge's check may take
const GRACE_MS = 200; // for an answer that waits for this page
const LIBRARY_SILENT_MS = 20_000; // the library's own code ends; a slow machine may need a while
const ASLEEP_MS = 1000; // a timer that is so late: the page slept, and the worker with it
const NOT_STARTED = strings.theProgramThatRuns(LIBRARY_SILENT_MS / 1000);
const NO_ANSWER =
  strings.stoppedForSYour(SILENT_MS / 1000);

export class LabClient {
  /**
   * @param {WebAssembly.Module} module
   * @param {LabDeclaration} lab
   * @param {LabSettings} settings
   * @param {{ frame: (frame: LabFrame) => void, printed?: (printed: PrintedSoFar) => void,
   *   own?: (answer: import('./own-data.js').OwnAnswer) => void, dead: (sentence: string, trap?: import('../compiler/traps.js').Trap) => void }} on
   * @param {ArrayBuffer | null} data the file that the lab declares
   * @param {number[]} visible the views that are asked for first, until it is known which can be seen
   * @param {boolean} watched whether it runs what a reader wrote, which may never return
   */
  constructor(module, lab, settings, on, data, visible, watched) {
    this.on = on;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.watching = undefined;
    /** @type {Map<number, number>} settings that were changed since the last frame */
    this.changes = new Map();
    /** @type {LabFrame | null} */
    this.frame = null;
    /** @type {PrintedSoFar} what a reader's function has printed in this run */
    this.printed = { parts: [], cut: false };
    this.heard = false; // of it, since it was told last
    this.drawings = 0; // handed over
    this.asked = 0;
    /** @type {((frame: LabFrame | null) => void)[]} */
    this.snapshots = [];
    this.awaited = false; // an answer of the worker
    this.watched = watched;
    this.busy = watched; // it is asked again and again
    /** @type {((answer: { text: string, error: string }) => void)[]} */
    this.models = [];
    this.worker = labWorker();
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = () => this.die(strings.theProgramThatRunsThis);
    this.post({
      type: 'open', module, lab: lab.name, nParams: lab.params.length, nReadouts: lab.readouts.length,
      nViews: lab.views.length, live: lab.params.map((param) => param.live), stepsPerSecond: lab.steps_per_second,
      params: settings.params, seed: settings.seed, data, own: ownFile(lab.name) ?? null, visible,
    });
  }

  /** Ends the worker if it does not answer: at its start, while it runs, and after whatever the reader did. */
  watch() {
    clearTimeout(this.watching);
    this.awaited = true;
    this.worker.postMessage({ type: 'ping' });
    const limit = this.watched ? SILENT_MS : LIBRARY_SILENT_MS;
    const due = performance.now() + limit;
    const end = () => this.die(this.watched ? NO_ANSWER : NOT_STARTED);
    const late = () => performance.now() > due + ASLEEP_MS ? this.watch() : (this.watching = setTimeout(end, GRACE_MS));
    this.watching = setTimeout(late, limit);
  }

  /** It has answered; while it works it is asked again. */
  answered() {
    this.awaited = false;
    clearTimeout(this.watching);
    this.watching = undefined;
    if (this.busy) this.watching = setTimeout(() => this.watch(), WATCH_EVERY_MS);
  }

  /** @param {ToWorker} message */
  post(message) {
    if (message.type === 'configure') this.changes.clear();
    else if (message.type !== 'taken') this.flush();
    this.worker.postMessage(message);
    if (message.type !== 'taken' && !this.awaited && !this.busy) this.watch();
  }

  /**
   * @param {number} index
   * @param {number} value
   */
  set(index, value) {
    this.changes.set(index, value);
    this.ask();
  }

  /**
   * @param {number} view
   * @param {Float32Array} ink
   */
  draw(view, ink) {
    this.drawings++;
    this.post({ type: 'draw', view, ink });
  }

  flush() {
    if (this.changes.size === 0) return;
    const changes = [...this.changes];
    this.changes.clear();
    this.worker.postMessage({ type: 'set', changes });
    if (!this.awaited && !this.busy) this.watch();
  }

  /** All views and figures at this moment; null if the worker ends before it tells. @returns {Promise<LabFrame | null>} */
  snapshot() {
    this.post({ type: 'snapshot' });
    return new Promise((resolve) => this.snapshots.push(resolve));
  }

  /**
   * The trained model, as JSON (0) or as a C header (1).
   * @param {number} format
   * @returns {Promise<{ text: string, error: string }>}
   */
  model(format) {
    this.post({ type: 'model', format });
    return new Promise((resolve) => this.models.push(resolve));
  }

  /** @param {FromWorker} message */
  receive(message) {
    if (message.type === 'pong') return this.answered();
    if (message.type === 'dead') return this.die(message.sentence, message.trap);
    if (message.type === 'own') return this.on.own?.(message.answer);
    if (message.type === 'model') return this.models.shift()?.(message);
    if (message.type === 'snapshot') return this.snapshots.shift()?.(message.frame);
    if (message.type === 'frame') this.frame = message.frame;
    else this.hear(message);
    this.ask();
  }

  /** @param {import('../workers/lab-worker.js').ToConsole} message */
  hear(message) {
    const { parts, cut } = this.printed;
    this.heard = true;
    if (message.type === 'cleared') this.printed = { parts: [], cut: false };
    else if (message.type === 'cut') this.printed = { parts, cut: true };
    else this.printed = { parts: withText(parts, message), cut };
  }

  tellPrinted() {
    if (this.heard) this.on.printed?.(this.printed);
    this.heard = false;
  }

  ask() {
    this.asked ||= requestAnimationFrame(() => this.take());
  }

  take() {
    this.asked = 0;
    this.flush();
    this.tellPrinted();
    const { frame } = this;
    if (!frame) return;
    this.frame = null;
    this.busy = this.watched || (frame.running && !frame.finished);
    if (this.busy && !this.watching) this.watch();
    for (const raw of frame.views) raw.current = frame.drawings === this.drawings;
    this.post({ type: 'taken' }); // first, so that the worker prepares the next while this one is drawn
    this.on.frame(frame);
  }

  /**
   * @param {string} sentence
   * @param {import('../compiler/traps.js').Trap} [trap]
   */
  die(sentence, trap) {
    this.close();
    this.tellPrinted();
    this.on.dead(sentence, trap);
  }

  close() {
    this.worker.onmessage = this.worker.onerror = null;
    this.worker.terminate();
    clearTimeout(this.watching);
    cancelAnimationFrame(this.asked);
    for (const resolve of this.snapshots.splice(0)) resolve(null);
    for (const resolve of this.models.splice(0)) resolve({ text: '', error: strings.endedBeforeTheModel });
  }
}

/**
 * @param {PrintedSoFar['parts']} parts
 * @param {{ stream: number, text: string }} more
 */
function withText(parts, { stream, text }) {
  const last = parts.at(-1);
  return last?.stream === stream
    ? [...parts.slice(0, -1), { stream, text: last.text + text }]
    : [...parts, { stream, text }];
}
