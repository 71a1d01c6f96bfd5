/**
 * Runs one lab, off the page's thread. The page says what the reader did and which views can be seen; this sends frames
 * back, at most one at a time: the next only after the page has `taken` the last, so a slow page is never flooded.
 *
 * @typedef {{ type: 'open', module: WebAssembly.Module, lab: string, nParams: number, nReadouts: number,
 *     nViews: number, live: boolean[], stepsPerSecond: number, params: number[], seed: number,
 *     data: ArrayBuffer | null, own: OwnFile | null, visible: number[] }
 *   | { type: 'own', own: OwnFile } | { type: 'model', format: number }
 *   | { type: 'configure', params: number[], seed: number }
 *   | { type: 'set', changes: [number, number][] }
 *   | { type: 'run', speed: number } | { type: 'pause' } | { type: 'step' } | { type: 'advance', steps: number } | { type: 'reset' }
 *   | { type: 'act', action: number } | { type: 'pick', view: number, item: number }
 *   | { type: 'draw', view: number, ink: Float32Array }
 *   | { type: 'visible', views: number[] } | { type: 'hold', on: boolean } | { type: 'taken' }
 *   | { type: 'snapshot' } | { type: 'ping' }} ToWorker
 * `speed` multiplies the lab's own pace; Infinity: as fast as it goes. `hold` stops the clock while nobody looks.
 * `ping` is answered at once, unless a reader's function in the module does not return.
 * @typedef {{ type: 'frame', frame: LabFrame } | { type: 'snapshot', frame: LabFrame }
 *   | { type: 'own', answer: OwnAnswer } | { type: 'model', text: string, error: string }
 *   | { type: 'dead', sentence: string, trap: Trap } | { type: 'pong' } | ToConsole} FromWorker
 * @typedef {import('../compiler/output.js').Printed | import('../compiler/output.js').Cut | { type: 'cleared' }} ToConsole
 * what a reader's function in the lab prints; `cleared`: the run starts anew, and so does its console
 * @typedef {import('../lib/own-data.js').OwnFile} OwnFile
 * @typedef {import('../lib/own-data.js').OwnAnswer} OwnAnswer
 * @typedef {import('../compiler/traps.js').Trap} Trap
 * @typedef {import('../lib/lab-types.js').LabFrame} LabFrame
 */
import { Output } from '../compiler/output.js';
import { trapOf } from '../compiler/traps.js';
import { LabModule, decodeView } from '../lib/lab-module.js';
import { readTable } from '../lib/own-data.js';
import { labWorker as strings } from '../strings/strings.js';

const SLICE_MS = 6; // of work between two looks at the messages
const FIRST_BUDGET = 2e5; // multiply-adds; the clock corrects it from the first slice on
const SMALLEST_BUDGET = 1e3;
const LARGEST_BUDGET = 1e12;
const MOST_STEPS = 2 ** 30;
const LONGEST_DEBT_S = 0.1; // a lab that cannot keep its pace does not try to catch up

class LabRunner {
  /**
   * @param {LabModule} module
   * @param {Extract<ToWorker, { type: 'open' }>} opened
   * @param {(message: FromWorker, transfer: Transferable[]) => void} send
   */
  constructor(module, opened, send) {
    this.module = module;
    this.send = send;
    this.stepsPerSecond = opened.stepsPerSecond;
    this.nViews = opened.nViews;
    this.live = opened.live;
    this.speed = 1;
    this.seed = opened.seed;
    this.visible = opened.visible;
    /** @type {Map<number, number>} view -> item, given again after each start */
    this.picked = new Map();
    this.drawings = 0;
    this.running = false; // the reader wants it to run; stays on when a run finishes by itself
    this.held = false;
    this.stepTo = 0;
    this.credit = 0; // steps that are due
    this.lastTurn = 0;
    this.budget = FIRST_BUDGET;
    this.startFailed = false;
    this.failed = false;
    this.dirty = true;
    this.inFlight = false;
    this.awake = false;
    this.channel = new MessageChannel(); // a timer of 0 ms would be held to 4
    this.channel.port1.onmessage = () => this.turnSafely();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.start(opened.params, opened.seed);
  }

  /**
   * @param {ArrayLike<number>} params
   * @param {number} seed
   */
  start(params, seed) {
    this.seed = seed;
    clearConsole();
    this.started(this.module.start(params, seed));
  }

  /** @param {boolean} ok */
  started(ok) {
    this.startFailed = this.failed = !ok;
    this.running &&= ok;
    this.stepTo = 0;
    this.credit = 0;
    this.dirty = true;
    if (ok) for (const [view, item] of this.picked) this.module.pick(view, item);
  }

  /** @param {boolean} ok */
  checked(ok) {
    this.dirty = true;
    if (ok) return;
    this.failed = true;
    this.running = false;
    this.stepTo = 0;
  }

  /** @param {[number, number][]} changes */
  set(changes) {
    for (const [index, value] of changes) {
      if (!this.live[index]) clearConsole(); // the module starts the run anew
      const ok = this.module.set(index, value);
      if (this.live[index]) this.checked(ok);
      else this.started(ok);
    }
  }

  /** @param {Exclude<ToWorker, { type: 'open' | 'ping' }>} message */
  handle(message) {
    switch (message.type) {
      case 'configure': this.start(message.params, message.seed); break;
      case 'set': this.set(message.changes); break;
      case 'run': this.run(message.speed); break;
      case 'pause': this.running = false; this.dirty = true; break;
      case 'step': this.running = false; this.stepTo = this.module.steps() + 1; break;
      case 'advance': this.running = false; this.stepTo = this.module.steps() + message.steps; break;
      case 'reset': this.running = false; this.start([], this.seed); break;
      case 'act': this.checked(this.module.act(message.action)); break;
      case 'pick': this.pick(message.view, message.item); break;
      case 'draw': this.draw(message.view, message.ink); break;
      case 'own': readOwn(this.module, message.own, this.send); this.start([], this.seed); break;
      case 'model': this.giveModel(message.format); break;
      case 'visible': this.visible = message.views; this.dirty = true; break;
      case 'hold': this.held = message.on; this.lastTurn = performance.now(); break;
      case 'taken': this.inFlight = false; break;
      case 'snapshot': this.post('snapshot', Array.from({ length: this.nViews }, (_, view) => view)); break;
    }
    this.publish();
    this.wake(0);
  }

  /** @param {number} speed */
  run(speed) {
    this.speed = speed;
    if (this.running && !this.done()) return;
    if (this.failed || this.module.finished()) this.start([], this.seed);
    this.running = !this.failed;
    this.lastTurn = performance.now();
    this.credit = 1; // so that the first step shows at once
    this.dirty = true;
  }

  /**
   * @param {number} view
   * @param {number} item
   */
  pick(view, item) {
    this.picked.set(view, item);
    if (!this.startFailed) this.module.pick(view, item);
    this.dirty = true;
  }

  /**
   * A lab keeps what is drawn over its restarts.
   * @param {number} view
   * @param {Float32Array} ink
   */
  draw(view, ink) {
    this.drawings++;
    if (!this.startFailed) this.module.draw(view, ink);
    this.dirty = true;
  }

  /** @param {number} format */
  giveModel(format) {
    try {
      this.send({ type: 'model', text: this.module.model(format), error: '' }, []);
    } catch (error) {
      if (!(error instanceof Error) || error instanceof WebAssembly.RuntimeError) throw error;
      this.send({ type: 'model', text: '', error: error.message }, []);
    }
  }

  done() {
    return this.failed || this.module.finished();
  }

  working() {
    return !this.done() && !this.held && (this.running || this.stepTo > this.module.steps());
  }

  /** @param {number} milliseconds */
  wake(milliseconds) {
    if (!this.working()) return;
    clearTimeout(this.timer);
    if (milliseconds > 0) {
      this.timer = setTimeout(() => this.turnSafely(), milliseconds);
    } else if (!this.awake) {
      this.awake = true;
      this.channel.port2.postMessage(null);
    }
  }

  turnSafely() {
    try {
      this.turn();
    } catch (error) {
      die(error); // a trap: the instance is not to be trusted any more
    }
  }

  /** One slice of work, then what is due next. */
  turn() {
    this.awake = false;
    if (!this.working()) return;
    const due = this.stepsDue();
    if (due >= 1) this.advance(due);
    this.publish();
    const rate = this.stepsPerSecond * this.speed;
    this.wake(this.running && this.credit < 1 && rate > 0 ? ((1 - this.credit) / rate) * 1000 : 0);
  }

  stepsDue() {
    const now = performance.now();
    const seconds = (now - this.lastTurn) / 1000;
    this.lastTurn = now;
    if (!this.running) return this.stepTo - this.module.steps();
    const rate = this.stepsPerSecond * this.speed;
    if (rate === 0 || rate === Infinity) return MOST_STEPS;
    this.credit = Math.min(this.credit + seconds * rate, Math.max(1, rate * LONGEST_DEBT_S));
    return Math.floor(this.credit);
  }

  /** @param {number} steps */
  advance(steps) {
    const before = this.module.steps();
    const from = performance.now();
    this.checked(this.module.advance(steps, this.budget));
    const spent = Math.max(performance.now() - from, 0.05);
    const made = this.module.steps() - before;
    if (Number.isFinite(this.speed)) this.credit -= made;
    const cutShort = made < steps && !this.done();
    if (cutShort || spent > SLICE_MS) {
      const better = this.budget * Math.min(SLICE_MS / spent, 4);
      this.budget = Math.min(Math.max(better, SMALLEST_BUDGET), LARGEST_BUDGET);
    }
  }

  publish() {
    if (!this.dirty || this.inFlight) return;
    this.dirty = false;
    this.inFlight = true;
    this.post('frame', this.visible);
  }

  /**
   * @param {'frame' | 'snapshot'} type
   * @param {number[]} wanted
   */
  post(type, wanted) {
    const { module } = this;
    // A lab that could not be set up has nothing to draw.
    const readouts = this.startFailed ? new Float64Array(0) : module.figures();
    const views = wanted.map((view) => (this.startFailed ? nothingDrawn(view) : module.read(view)));
    const frame = {
      drawings: this.drawings, steps: module.steps(), finished: module.finished(), running: this.running,
      error: this.failed ? module.error() : '', readouts, goals: this.startFailed ? 0 : module.goals(), views,
    };
    printed.flush();
    this.send({ type, frame }, views.map((view) => view.floats.buffer));
  }
}

/** @param {number} view */
const nothingDrawn = (view) => ({ view, floats: new Float32Array(0), labels: [], full: false });

/** @type {LabRunner | null} */
let runner = null;

/** @param {FromWorker} message */
const send = (message, /** @type {Transferable[]} */ transfer = []) => self.postMessage(message, { transfer });

/** @type {LabModule | null} */
let opened = null;
let printed = new Output(send);

function clearConsole() {
  if (printed.bytes > 0) send({ type: 'cleared' });
  printed = new Output(send);
}

/** @param {unknown} error */
function die(error) {
  const reason = error instanceof Error ? error.message : String(error);
  printed.flush();
  const remedy = isOutOfMemory(error) ? strings.closeOtherTabsThen : strings.theOthersGoOn;
  const sentence = strings.thisLabHasStopped(reason, remedy);
  send({ type: 'dead', sentence, trap: trapOf(error, opened?.stackPointer(), null) });
  self.close();
}

/** @param {unknown} error of the browser, or the module's own sentence */
const isOutOfMemory = (error) => error instanceof Error && /memory/i.test(error.message) && !/out of bounds/.test(error.message);

/**
 * @param {LabModule} module
 * @param {OwnFile} own
 * @param {(message: FromWorker, transfer: Transferable[]) => void} tell
 */
function readOwn(module, { bytes, columns }, tell) {
  const { table, note, error } = module.readCsv(bytes, columns);
  tell({ type: 'own', answer: { table: table && readTable(decodeView(table)), note, error } }, []);
}

/** @param {Extract<ToWorker, { type: 'open' }>} order */
async function open(order) {
  opened = await LabModule.instantiate(order.module, undefined, (stream, bytes) => printed.write(stream, bytes));
  opened.open(order.lab, order.nParams, order.nReadouts);
  if (order.data) opened.giveData(new Uint8Array(order.data));
  if (order.own) readOwn(opened, order.own, send);
  runner = new LabRunner(opened, order, send);
  runner.publish();
}

/** @type {Promise<void>} */
let opening = Promise.resolve();

/** @param {MessageEvent<ToWorker>} event */
self.onmessage = ({ data }) => {
  if (data.type === 'ping') send({ type: 'pong' });
  else if (data.type === 'open') opening = open(data).catch(die);
  else if (runner) guarded(runner, data);
  else opening.then(() => runner && guarded(runner, data));
};

/**
 * @param {LabRunner} runner
 * @param {Exclude<ToWorker, { type: 'open' | 'ping' }>} message
 */
function guarded(runner, message) {
  try {
    runner.handle(message);
  } catch (error) {
    die(error);
  }
}
