import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { labCard } from './lab-card-styles.js';
import { fetchPainters } from './lab-view.js';
import { base, buttons, cards } from './shared.js';
import { arithmetic } from '../lib/arithmetic.js';
import { embedCode } from '../lib/embed.js';
import { bringPart } from '../lib/fetching.js';
import { hasOverlay } from '../lib/lab-data.js';
import { FullScreen } from '../lib/full-screen.js';
import { whenIdle } from '../lib/idle.js';
import { LabClient } from '../lib/lab-client.js';
import { chosenModule, labData, labDeclarations } from '../lib/lab-site.js';
import { changedSettings, defaultSettings, differenceWords, readPreset, readSettings, settingsWords, writeLink } from '../lib/link.js';
import { finding } from '../lib/finding.js';
import { formatNumber } from '../lib/format.js';
import { forgetOwnFile, isKept, keepOwnFile, KEPT_BYTES, ownFile } from '../lib/own-files.js';
import { paintFirst } from '../lib/paint-queue.js';
import { progress } from '../lib/progress.js';
import { quoted } from '../lib/quoted.js';
import { SettingsHistory } from '../lib/settings-history.js';
import { siteUrl } from '../lib/site.js';
import { countMainViews, viewPlaces } from '../lib/view-places.js';
import './lab-controls.js';
import './lab-readouts.js';
import './own-data.js';
import './goal-list.js';
import { labCard as strings } from '../strings/strings.js';

/** @typedef {import('../lib/lab-types.js').LabDeclaration} LabDeclaration */
/** @typedef {import('../lib/lab-types.js').LabSettings} LabSettings */
/** @typedef {import('../lib/lab-types.js').LabFrame} LabFrame */
/** @typedef {import('../lib/lab-types.js').LabDriver} LabDriver */
/** @typedef {import('../lib/lab-types.js').PinnedRun} PinnedRun */
/** @typedef {import('../compiler/traps.js').Trap} Trap */
/** @typedef {import('../lib/lab-types.js').LabView} LabView */
/** @typedef {import('./lab-view.js').LabViewElement} LabViewElement */
/** @typedef {import('./lab-readouts.js').LabReadouts} LabReadouts */

const SPEEDS = [0.25, 0.5, 1, 2, 4, 16, Infinity];
const AUTOPLAY_SPEED = 0.25; // slow enough to watch
const AUTOPLAY_STEPS = 10; // times what shows the point; then a lab that nobody touched rests
const SAVE_AFTER_MS = 600;
const SAID_FOR_MS = 5000;
const FINDING_EVERY_MS = 1000;
const ANNOUNCE_AFTER_MS = 700; // a slider that is still moving announces nothing
const LONGEST_PART_MS = 1000; // a first picture that takes longer is not waited for
const A_FRAME_MS = 16;
const MANY_VIEWS = 5; // with more, the settings stay in sight beside them

/**
 * A lab: its settings, its plots, its run. Renders any lab from its declaration and computes nothing.
 * Attributes: `name`; `preset` ("max_batch=8 max_wait=0"), the settings that it starts with here; `autoplay`, which
 * runs it when it is first seen; `linked`, when the page's address holds its settings.
 */
export class LabCard extends LitElement {
  static properties = {
    name: { type: String },
    preset: { type: String },
    autoplay: { type: Boolean },
    linked: { type: Boolean },
    lab: { state: true },
    settings: { state: true },
    phase: { state: true },
    whole: { state: true },
    problem: { state: true },
    notes: { state: true },
    running: { state: true },
    finished: { state: true },
    failure: { state: true },
    speed: { state: true },
    said: { state: true },
    saidGone: { state: true },
    announced: { state: true },
    still: { state: true },
    finding: { state: true },
    met: { state: true },
    toCopy: { state: true },
    menuOpen: { state: true },
    pinned: { state: true },
    full: { state: true },
    driver: { state: true },
    fused: { state: true },
    printed: { state: true },
    ownAnswer: { state: true },
  };

  static styles = [base, buttons, cards, labCard];

  constructor() {
    super();
    this.name = '';
    this.preset = '';
    this.autoplay = false;
    this.linked = false;
    /** @type {LabDeclaration | null} */
    this.lab = null;
    /** @type {LabSettings} */
    this.settings = { params: [], seed: 1 };
    /** @type {'waiting' | 'loading' | 'ready' | 'failed'} */
    this.phase = 'waiting';
    this.whole = false; /* until its first picture is there, head and plots are all of it */
    this.problem = '';
    /** @type {string[]} */
    this.notes = [];
    this.running = false;
    this.finished = false;
    this.failure = '';
    this.speed = 1;
    this.said = '';
    this.saidGone = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.saying = undefined;
    /** @type {Set<string>} */
    this.met = new Set();
    this.toCopy = { label: '', text: '' }; /* where the browser does not let the page copy */
    this.menuOpen = false;
    /** @type {PinnedRun | null} */
    this.pinned = null; /* the run that the present one is compared with */
    /** @type {LabDriver | null} */
    this.driver = null; /* a reader's function that this lab runs with */
    this.fused = false; /* runs on the module with fused arithmetic */
    /** @type {import('../lib/lab-client.js').PrintedSoFar} */
    this.printed = { parts: [], cut: false }; /* by that function, in this run */
    /** @type {import('../lib/own-data.js').OwnAnswer | null} */
    this.ownAnswer = null; /* what the C reader made of the reader's own file */
    this.history = new SettingsHistory();
    this.full = false;
    this.fullScreen = new FullScreen(this, (full) => (this.full = full));
    this.opened = 0; /* counts the openings: only the last one matters */
    /** @type {Promise<void> | null} */
    this.opening = null;
    /** @type {LabClient | null} */
    this.client = null;
    /** @type {LabViewElement[]} */
    this.viewElements = [];
    /** @type {Set<number>} */
    this.visibleViews = new Set();
    this.inSight = false;
    this.begun = false; /* has shown a frame */
    /** @type {Float64Array} of the last frame */
    this.readouts = new Float64Array(0);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.completing = undefined;
    this.untouched = true;
    this.steps = 0;
    this.findingAt = 0;
    this.finding = ''; /* what the run has shown so far, in words */
    this.announced = ''; /* the last finding that was read out */
    this.still = false; /* would run by itself, if the reader's system did not ask for less motion */
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.announcing = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.saving = undefined;
    this.near = new IntersectionObserver((entries) => this.approach(inside(entries)), { rootMargin: '500px 0px' });
    this.seen = new IntersectionObserver((entries) => this.watch(inside(entries)));
  }

  connectedCallback() {
    super.connectedCallback();
    this.near.observe(this);
    this.seen.observe(this);
    document.addEventListener('visibilitychange', this.hold);
    progress.addEventListener('change', this.noteProgress);
    arithmetic.addEventListener('change', this.changeArithmetic);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.fullScreen.leave();
    this.near.disconnect();
    this.seen.disconnect();
    document.removeEventListener('visibilitychange', this.hold);
    progress.removeEventListener('change', this.noteProgress);
    arithmetic.removeEventListener('change', this.changeArithmetic);
    clearTimeout(this.announcing);
    clearTimeout(this.completing);
    this.client?.close();
    this.client = null;
    this.phase = 'waiting';
  }

  // --- Opening -------------------------------------------------------------------------------------------------------

  /** @param {boolean} near */
  approach(near) {
    if (near && this.phase === 'waiting') this.opening = this.open();
  }

  async open() {
    this.phase = 'loading';
    const opened = ++this.opened;
    try {
      const [{ module, fused }, labs] = await Promise.all([
        this.driver ? { module: this.driver.module, fused: false } : chosenModule(),
        labDeclarations(),
        progress.ready,
      ]);
      const lab = labs.find((one) => one.name === this.name);
      if (!lab) throw new Error(strings.thereIsNoLab(quoted(this.name)));
      const main = lab.views.slice(0, countMainViews(lab));
      if (this.inSight) fetchPainters(main);
      const data = await labData(lab);
      if (!this.lab) this.settings = this.firstSettings(lab);
      this.lab = lab;
      const met = lab.goals.filter((goal) => progress.get('goal', `${lab.name}/${goal.name}`));
      this.met = new Set(met.map((goal) => goal.name));
      if (!this.isConnected || opened !== this.opened) return;
      const on = {
        frame: (/** @type {LabFrame} */ frame) => this.take(frame),
        printed: (/** @type {import('../lib/lab-client.js').PrintedSoFar} */ printed) => (this.printed = printed),
        own: (/** @type {import('../lib/own-data.js').OwnAnswer} */ answer) =>
          (this.ownAnswer = ownFile(this.name) ? answer : null),
        dead: (/** @type {string} */ sentence, /** @type {Trap | undefined} */ trap) => this.end(sentence, trap),
      };
      const visible = this.visibleViews.size > 0 ? [...this.visibleViews] : this.inSight ? main.map((_, i) => i) : [];
      this.whole ||= this.driver !== null || !this.inSight; // with a picture in sight, that first
      this.client = new LabClient(module, lab, this.settings, on, data, visible, this.driver !== null);
      this.phase = 'ready';
      this.fused = fused;
      this.problem = '';
      await this.updateComplete;
      this.findViews();
      if (!this.whole) this.completing = setTimeout(() => this.complete(), LONGEST_PART_MS);
      this.hold();
      this.tellVisible();
      this.still = this.autoplay && this.untouched && matchMedia('(prefers-reduced-motion: reduce)').matches;
      const { client } = this;
      if (this.autoplay && !this.still) whenIdle(() => client === this.client && this.untouched && this.run(AUTOPLAY_SPEED));
    } catch (error) {
      this.fail(/** @type {Error} */ (error).message);
    }
  }

  findViews() {
    this.viewElements = /** @type {LabViewElement[]} */ ([...this.renderRoot.querySelectorAll('lab-view')]);
  }

  /** Adds what the first picture did not wait for, and gives it the figures that have come. */
  async complete() {
    clearTimeout(this.completing);
    if (this.whole || !this.lab) return;
    this.whole = true;
    await this.updateComplete;
    this.findViews();
    if (this.begun) this.tell(this.lab);
  }

  /**
   * What the link says, else what the reader left here, else what the lesson says, else the default.
   * @param {LabDeclaration} lab
   * @returns {LabSettings}
   */
  firstSettings(lab) {
    const lesson = this.preset ? readPreset(lab, this.preset) : { ...defaultSettings(lab), problems: [] };
    if (this.linked) {
      const { problems, ...settings } = readSettings(lab, new URLSearchParams(location.search));
      this.notes = problems;
      return settings;
    }
    const kept = this.autoplay ? undefined : progress.get('lab', this.keptAs());
    if (!kept) return lesson;
    const { problems: _, ...settings } = readSettings(lab, kept.params ?? [], lesson);
    const same = settings.seed === lesson.seed && settings.params.every((value, i) => value === lesson.params[i]);
    if (!same) this.notes = [strings.theseAreYourSettings];
    return settings;
  }

  keptAs() {
    return this.preset ? `${this.name} ${this.preset}` : this.name;
  }

  /** @param {string} sentence */
  fail(sentence) {
    this.phase = 'failed';
    this.whole = true;
    this.problem = sentence;
    this.client?.close();
    this.client = null;
    this.running = false;
  }

  /** The reader chose the other module: starts anew with it, at the same settings. */
  changeArithmetic = async () => {
    if (this.phase === 'waiting' || this.driver) return;
    const { running } = this;
    this.client?.close();
    this.client = null;
    this.failure = '';
    this.running = false;
    await this.open();
    if (running) this.run();
    this.say(this.fused ? strings.startedAnewFused : strings.startedAnewExact);
  };

  // --- A reader's own function ---------------------------------------------------------------------------------------

  /**
   * Starts anew with a reader's function in place of the library's; null: with the library's again.
   * @param {LabDriver | null} driver
   */
  async drive(driver) {
    this.client?.close();
    this.client = null;
    this.driver = driver;
    this.printed = { parts: [], cut: false };
    this.failure = '';
    this.running = false;
    await this.open();
    this.untouched = false;
    this.run();
    if (!driver) this.say(strings.startedAnewWithThe);
  }

  focusRun() {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('button.go'))?.focus({ preventScroll: true });
  }

  focusDriver() {
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.driven button'))?.focus({ preventScroll: true });
  }

  /**
   * The worker has ended; a trap in a reader's function is told with its line.
   * @param {string} sentence
   * @param {Trap} [trap]
   */
  async end(sentence, trap) {
    const { driver } = this;
    if (!driver || !trap) return this.fail(sentence);
    this.fail(strings.yourCodeHasStopped);
    const { line, message } = await driver.explain(trap).catch(() => ({ line: 0, message: sentence }));
    if (this.driver === driver && this.phase === 'failed')
      this.problem = strings.yourCodeHasStoppedThe(line > 0 ? strings.line(line) : '', message);
  }

  // --- Frames --------------------------------------------------------------------------------------------------------

  /** @param {LabFrame} frame */
  take(frame) {
    const { lab } = this;
    if (!lab) return;
    for (const raw of frame.views) this.viewElements[raw.view]?.put(raw);
    if (!this.begun) paintFirst();
    this.begun = true;
    this.steps = frame.steps;
    this.readouts = frame.readouts;
    this.noteGoals(lab, frame.goals);
    if (frame.finished && !this.finished) this.say(strings.finishedAfterSteps(formatNumber(frame.steps)));
    this.running = frame.running && !frame.finished;
    this.finished = frame.finished;
    this.failure = frame.error;
    const stopped = !this.running;
    if (this.whole) this.tell(lab, stopped || performance.now() - this.findingAt > FINDING_EVERY_MS);
    if (this.running) clearTimeout(this.announcing);
    else this.announceSoon();
    if (this.autoplay && this.untouched && this.running && frame.steps >= AUTOPLAY_STEPS * lab.steps) {
      this.client?.post({ type: 'pause' });
      this.say(strings.itRestsHereRun);
    }
  }

  /** A plot has its first picture: the rest comes when the frame that is being made is on the screen. */
  completeSoon() {
    if (this.whole) return;
    clearTimeout(this.completing);
    this.completing = setTimeout(() => this.complete(), A_FRAME_MS);
  }

  /**
   * The last frame's figures and step; what the plots show in words, too, if that is due.
   * @param {LabDeclaration} lab
   */
  tell(lab, inWords = true) {
    const readouts = /** @type {LabReadouts | null} */ (this.renderRoot.querySelector('lab-readouts'));
    if (readouts) readouts.values = this.readouts;
    const counter = this.renderRoot.querySelector('.steps');
    if (counter) counter.textContent = strings.step(formatNumber(this.steps));
    if (inWords) this.describe(lab, this.readouts);
  }

  /**
   * @param {LabDeclaration} lab
   * @param {number} bits
   */
  noteGoals(lab, bits) {
    if (bits === 0 || this.driver?.passed === false) return;
    const fresh = lab.goals.filter((goal, i) => (bits >>> i) & 1 && !this.met.has(goal.name));
    if (fresh.length === 0) return;
    this.met = new Set([...this.met, ...fresh.map((goal) => goal.name)]);
    for (const goal of fresh) progress.set('goal', `${lab.name}/${goal.name}`, true);
    this.say(strings.done(fresh.map((goal) => goal.sentence).join(' ')));
  }

  noteProgress = (/** @type {any} */ { detail: { kind, id, value } }) => {
    const goal = kind === 'goal' && id.startsWith(`${this.name}/`) ? id.slice(this.name.length + 1) : '';
    if (!goal || this.met.has(goal) === Boolean(value)) return;
    const met = new Set(this.met);
    if (value) met.add(goal);
    else met.delete(goal);
    this.met = met;
  };

  /**
   * What the plots show, in words, for those who do not see them.
   * @param {LabDeclaration} lab
   * @param {Float64Array} readouts
   */
  describe(lab, readouts) {
    this.findingAt = performance.now();
    const met = lab.goals.filter((goal) => this.met.has(goal.name)).length;
    const words = (/** @type {LabView} */ view) => finding(lab, view, this.steps, readouts, met);
    this.finding = finding(lab, null, this.steps, readouts, met);
    this.viewElements.forEach((element, i) => (element.finding = words(lab.views[i])));
  }

  /** Reads out what a run has come to, once it rests: not while it runs, and not what nobody asked for. */
  announceSoon() {
    clearTimeout(this.announcing);
    if (this.untouched || this.steps === 0) return;
    this.announcing = setTimeout(() => (this.announced = this.finding), ANNOUNCE_AFTER_MS);
  }

  // --- What can be seen ----------------------------------------------------------------------------------------------

  /** @param {boolean} inSight */
  watch(inSight) {
    this.inSight = inSight;
    this.hold();
  }

  hold = () => this.client?.post({ type: 'hold', on: document.hidden || !this.inSight });

  /** @param {CustomEvent<{ index: number, visible: boolean }>} event */
  viewVisible({ detail: { index, visible } }) {
    if (visible) this.visibleViews.add(index);
    else this.visibleViews.delete(index);
    this.tellVisible();
  }

  tellVisible() {
    this.client?.post({ type: 'visible', views: [...this.visibleViews].sort((a, b) => a - b) });
  }

  // --- What the reader does ------------------------------------------------------------------------------------------

  /** @param {string} sentence */
  say(sentence) {
    clearTimeout(this.saying);
    this.said = sentence;
    this.saidGone = false;
    this.saying = setTimeout(() => (this.saidGone = true), SAID_FOR_MS);
  }

  /** @param {number} [speed] */
  run(speed) {
    if (speed !== undefined) this.speed = speed;
    this.still = false;
    this.say('');
    this.client?.post({ type: 'run', speed: this.speed });
  }

  toggleRun() {
    this.untouched = false;
    if (this.running) this.client?.post({ type: 'pause' });
    else this.run();
  }

  /** @param {import('../workers/lab-worker.js').ToWorker} message */
  command(message) {
    this.untouched = false;
    this.say('');
    this.client?.post(message);
  }

  /**
   * @param {number} view
   * @param {Float32Array} ink
   */
  draw(view, ink) {
    this.untouched = false;
    this.client?.draw(view, ink);
  }

  /** @param {CustomEvent<{ name: string, value: number }>} event */
  changeParam({ detail: { name, value } }) {
    const { lab } = this;
    const index = lab?.params.findIndex((param) => param.name === name) ?? -1;
    if (!lab || index < 0) return;
    this.untouched = false;
    this.history.note(this.settings, name);
    const params = [...this.settings.params];
    params[index] = value;
    this.settings = { ...this.settings, params };
    this.client?.set(index, value);
    const { live, label } = lab.params[index];
    if (!live && this.steps > 0) this.say(strings.startedAnewCountsFrom(label));
    this.keepSettings();
  }

  /**
   * Starts anew with other settings; goes on running if it ran.
   * @param {LabSettings} settings
   * @param {string} sentence
   */
  configure({ params, seed }, sentence) {
    this.untouched = false;
    this.notes = [];
    this.history.note(this.settings);
    this.settings = { params: [...params], seed };
    this.client?.post({ type: 'configure', params, seed });
    this.say(sentence);
    this.keepSettings();
  }

  /** @param {'undo' | 'redo'} way */
  stepBack(way) {
    const { lab, settings: now } = this;
    const settings = lab && this.history.go(now, way);
    if (!lab || !settings) return;
    this.untouched = false;
    this.settings = settings;
    const changed = lab.params.map((_, i) => i).filter((i) => settings.params[i] !== now.params[i]);
    const { params, seed } = settings;
    if (seed !== now.seed) this.client?.post({ type: 'configure', params, seed });
    else for (const i of changed) this.client?.set(i, params[i]);
    const anew = this.steps > 0 && (seed !== now.seed || changed.some((i) => !lab.params[i].live));
    this.say(`${way === 'undo' ? strings.undone : strings.redone}: ${differenceWords(lab, settings, now) || strings.aNewStart}.` +
      `${anew ? strings.startedAnew : ''}`);
    this.keepSettings();
  }

  /** @param {KeyboardEvent} event Ctrl-Z and its like, where no text is being typed */
  key(event) {
    const way = undoKey(event);
    if (!way || isTextField(event.composedPath()[0])) return;
    event.preventDefault();
    this.stepBack(way);
  }

  /** @param {CustomEvent<{ seed: number }>} event */
  changeSeed({ detail: { seed } }) {
    this.configure({ ...this.settings, seed }, strings.startedAnewWithSeed(seed));
  }

  toDefaults() {
    if (this.lab) this.configure(defaultSettings(this.lab), strings.startedAnewWithTheDefault);
  }

  /** @param {CustomEvent<{ goal: import('../lib/lab-types.js').LabGoal }>} event */
  showGoal({ detail: { goal } }) {
    if (!this.lab) return;
    this.configure(readPreset(this.lab, goal.preset ?? ''), '');
    this.run();
    this.bringPlots();
    this.say(strings.setUpAndRunning);
  }

  /** On a phone the goals stand far below the plots: what is to be watched is brought into sight. */
  bringPlots() {
    const plots = [...this.renderRoot.querySelectorAll('lab-view')].map((view) => view.getBoundingClientRect());
    if (plots.some(({ top, bottom }) => top >= 0 && bottom <= innerHeight)) return;
    this.renderRoot.querySelector('lab-view')?.scrollIntoView({ block: 'start', behavior: 'instant' });
  }

  /**
   * What a link in the text asks for: the default settings but for these, running.
   * @param {string} preset
   */
  async setUp(preset) {
    if (this.phase === 'waiting' || this.phase === 'failed') this.opening = this.open();
    await this.opening;
    if (!this.lab || this.phase === 'failed') return;
    this.configure(readPreset(this.lab, preset), '');
    this.run();
    this.say(strings.setAsTheText);
  }

  keepSettings() {
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      const { lab, settings } = this;
      const kept = lab && { params: changedSettings(lab, settings), seed: settings.seed };
      if (kept) progress.set('lab', this.keptAs(), kept);
    }, SAVE_AFTER_MS);
  }

  share() {
    if (!this.lab) return;
    this.copy(strings.linkToThisLab, writeLink(this.lab, this.settings, location.href),
      this.usesOwn(this.lab) ? strings.linkCopiedWithoutYourFile : strings.linkCopiedItHolds);
  }

  copyEmbed() {
    if (!this.lab) return;
    const link = writeLink(this.lab, this.settings, siteUrl('./'));
    this.copy(strings.codeToEmbedThis, embedCode(link, strings.lab(this.lab.title), this.offsetHeight),
      this.usesOwn(this.lab) ? strings.copiedAnIframeWithoutYourFile : strings.copiedAnIframeWith);
  }

  /**
   * @param {string} label
   * @param {string} text
   * @param {string} sentence what it is, once it is copied
   */
  async copy(label, text, sentence) {
    this.toCopy = { label: '', text: '' };
    try {
      await navigator.clipboard.writeText(text);
      this.say(sentence);
    } catch {
      this.toCopy = { label, text };
      this.say(strings.theBrowserDoesNot);
    }
  }

  async leaveFullScreen() {
    this.fullScreen.leave();
    await this.updateComplete;
    this.focusRun();
    this.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  }

  // --- Comparing -----------------------------------------------------------------------------------------------------

  async pin() {
    const { client, settings } = this;
    const frame = await client?.snapshot();
    if (!frame || client !== this.client) return;
    this.pinned = { frame, settings, code: this.driver?.title ?? '' };
    this.say(strings.pinnedChangeASetting);
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.unpin'))?.focus({ preventScroll: true });
  }

  unpin() {
    this.pinned = null;
    this.say(strings.unpinned);
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('button.go'))?.focus({ preventScroll: true });
  }

  /**
   * @param {LabDeclaration} lab
   * @param {PinnedRun} pinned
   */
  renderPinned(lab, { frame, settings, code }) {
    const now = this.driver?.title ?? '';
    const whose = code === now ? '' : code ? strings.yourCodeFor(code) : strings.theLibrarysCode;
    const differing = [whose, differenceWords(lab, settings, this.settings)].filter(Boolean).join(', ');
    return html`<div class="notes pinned">
      <p role="status"><strong class="badge">${strings.pinned}</strong>${strings.stepOfARun(formatNumber(frame.steps), differing || strings.theSameSettingsAs)}</p>
      <button class="unpin" @click=${this.unpin}>${strings.unpin}</button>
    </div>`;
  }

  /**
   * A part of the card that comes when it is first asked for; whether it did. The same button asks again.
   * @param {string} name
   * @param {() => Promise<unknown>} part
   */
  async bring(name, part) {
    try {
      await bringPart(name, part);
      return true;
    } catch (error) {
      this.say(strings.pressItAgainWhen(/** @type {Error} */ (error).message));
      return false;
    }
  }

  // --- The reader's data, and the model ------------------------------------------------------------------------------

  /** @param {Partial<import('../lib/own-data.js').OwnFile>} change */
  giveOwn(change) {
    const { name, bytes, columns } = { ...ownFile(this.name), ...change };
    if (!name || !bytes) return;
    const own = { name, bytes, columns: columns ?? null };
    keepOwnFile(this.name, own);
    this.command({ type: 'own', own });
  }

  forgetOwn() {
    forgetOwnFile(this.name);
    this.ownAnswer = null;
    this.command({ type: 'own', own: { name: '', bytes: new Uint8Array(0), columns: null } });
    this.say(strings.yourFileIsForgotten);
  }

  /** @param {LabDeclaration} lab */
  usesOwn(lab) {
    return lab.csv !== null && this.settings.params[lab.csv.param] === lab.csv.choice;
  }

  /** @param {LabDeclaration} lab */
  renderOwn(lab) {
    if (!this.usesOwn(lab)) return nothing;
    return html`<own-data .csv=${lab.csv} .name=${ownFile(lab.name)?.name ?? ''} .answer=${this.ownAnswer}
      .kept=${isKept(lab.name)} .most=${KEPT_BYTES} @own-forget=${this.forgetOwn}
      @own-file=${(/** @type {any} */ e) => this.giveOwn({ ...e.detail, columns: null })}
      @own-columns=${(/** @type {any} */ e) => this.giveOwn(e.detail)}></own-data>`;
  }

  /**
   * @param {number} format
   * @param {string} ending
   */
  async takeModel(format, ending) {
    const answer = await this.client?.model(format);
    if (!answer) return;
    if (answer.error) return this.say(sentence(answer.error));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([answer.text]));
    link.download = `${this.name}.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000); // the browser reads it after this returns
    this.say(strings.isWithYourDownloads(link.download));
  }

  async openData() {
    if (!(await this.bring(strings.theTableOfThe, () => import('./data-dialog.js')))) return;
    const frame = await this.client?.snapshot();
    const dialog = /** @type {import('./data-dialog.js').DataDialog} */ (this.renderRoot.querySelector('data-dialog'));
    if (!frame || !dialog) return;
    dialog.declaration = this.lab;
    dialog.frame = frame;
    dialog.pinned = this.pinned?.frame ?? null;
    const { settings } = this;
    dialog.picture = (view) => this.picture(frame, settings, view);
    dialog.open();
  }

  /**
   * @param {LabFrame} frame with all views
   * @param {LabSettings} settings its own
   * @param {number} view
   */
  picture(frame, settings, view) {
    const lab = /** @type {LabDeclaration} */ (this.lab);
    const code = this.driver ? strings.withYourCodeFor(this.driver.title) : '';
    const other = this.pinned && hasOverlay(lab.views[view]) ? this.pinned : null;
    const differing = other ? differenceWords(lab, other.settings, settings) || strings.theSameSettings : '';
    const line = strings.step2(lab.title, formatNumber(frame.steps), code, settingsWords(lab, settings), other ? strings.faintAndDottedStep(formatNumber(other.frame.steps), differing) : '');
    const [raw, pinned] = [frame, other?.frame].map((run) => run?.views.find((one) => one.view === view));
    return this.viewElements[view].picture(/** @type {import('../lib/lab-types.js').RawView} */ (raw), pinned ?? null, line);
  }

  /** @param {import('../lib/lab-types.js').LabSource | null} source */
  async openBox(source) {
    if (!(await this.bring(strings.theBox, () => import('./box-drawer.js')))) return;
    /** @type {import('./box-drawer.js').BoxDrawer} */ (this.renderRoot.querySelector('box-drawer')).open(source);
  }

  // --- Rendering -----------------------------------------------------------------------------------------------------

  /** From now on the card is as tall as what it holds; until then the page keeps room for it (site/reserve.mjs). */
  updated() {
    if (this.whole) this.toggleAttribute('open', true);
  }

  render() {
    const { lab } = this;
    if (!lab) return this.renderWaiting();
    return html`<article class="card" aria-labelledby="title" aria-busy=${this.whole ? nothing : 'true'} @keydown=${this.key}
      @open-box=${(/** @type {any} */ e) => this.openBox(e.detail.source)}>
      <header class="head">
        <span class="tag">${strings.lab2}</span>
        <div><h3 id="title">${lab.title}</h3><p>${lab.question}</p>
          ${this.fused ? html`<p>${strings.fusedArithmeticTheLast}</p>` : nothing}</div>
        <button class="link corner" @click=${() => this.openBox(null)}>${strings.openTheBox}</button>
        ${this.full ? html`<button class="leave" @click=${this.leaveFullScreen}>${strings.leaveFullScreen}</button>` : nothing}
      </header>
      ${this.driver ? this.renderDriver(this.driver) : nothing}
      ${this.pinned ? this.renderPinned(lab, this.pinned) : nothing}
      ${this.notes.length
        ? html`<div class="notes" role="status">${this.notes.map((note) => html`<p>${note}</p>`)}</div>`
        : nothing}
      ${this.still
        ? html`<div class="notes still"><p>${strings.yourSystemAsksFor}</p></div>`
        : nothing}
      ${this.renderHandout(lab)}
      ${this.renderOwn(lab)}
      <div class="grid ${lab.main_views > MANY_VIEWS ? 'long' : ''}">
        ${this.whole ? this.renderControls(lab) : nothing}
        ${this.renderViews(lab)}
      </div>
      ${this.whole ? this.renderRest(lab) : nothing}
    </article>`;
  }

  /** @param {LabDeclaration} lab */
  renderControls(lab) {
    const { before, after } = this.history;
    return html`<lab-controls .params=${lab.params} .settings=${this.settings} @param-change=${this.changeParam}
      .undoable=${before.length > 0} .redoable=${after.length > 0} @param-settled=${() => this.history.settle()}
      @undo=${() => this.stepBack('undo')} @redo=${() => this.stepBack('redo')}
      @seed-change=${this.changeSeed} @defaults=${this.toDefaults}></lab-controls>`;
  }

  /** @param {LabDeclaration} lab */
  renderRest(lab) {
    return html`${this.renderDock(lab)}
      ${lab.goals.length
        ? html`<goal-list .goals=${lab.goals} .met=${this.met} @show-goal=${this.showGoal}></goal-list>`
        : nothing}
      <box-drawer .lab=${lab.name}></box-drawer><data-dialog></data-dialog>`;
  }

  renderWaiting() {
    if (this.phase === 'failed')
      return html`<div class="card"><p class="problem" role="alert">${this.problem}
        <button @click=${this.open}>${strings.tryAgain}</button></p><slot></slot></div>`;
    return html`<div class="card" aria-busy="true"><div class="skeleton"><div></div><div></div></div><div class="unopened"><slot></slot></div></div>`;
  }

  /** @param {LabDriver} driver */
  renderDriver({ title, passed }) {
    const { parts, cut } = this.printed;
    return html`<div class="notes driven">
      <p role="status"><strong class="badge">${strings.yourCode}</strong> ${strings.thisLabRunsWith(title, passed ? '' : strings.itDoesNotPass)}</p>
      <button @click=${() => this.drive(null)}>${strings.backToTheLibrarys}</button>
      <program-output .blocks=${parts.length ? [{ check: '', parts }] : []} ?cut=${cut}></program-output>
    </div>`;
  }

  /** @param {LabDeclaration} lab */
  renderViews(lab) {
    const nMain = countMainViews(lab);
    const places = viewPlaces(lab.views.slice(0, nMain));
    /**
     * @param {LabView} view
     * @param {number} index
     */
    const element = (view, index) => html`<lab-view data-view=${view.name} place=${places[index] ?? ''} .view=${view}
      .index=${index} .pinned=${this.pinned?.frame.views.find((raw) => raw.view === index) ?? null}
      @view-visible=${this.viewVisible} @view-begun=${this.completeSoon}
      @view-pick=${(/** @type {any} */ e) => this.command({ type: 'pick', view: e.detail.index, item: e.detail.item })}
      @view-draw=${(/** @type {any} */ e) => this.draw(e.detail.index, e.detail.ink)}>
    </lab-view>`;
    const main = lab.views.slice(0, nMain);
    const more = lab.views.slice(nMain);
    return html`<div class="plots">${repeat(main, (view) => view.name, element)}</div>
      ${more.length
        ? html`<div class="more">${this.whole
            ? html`<h4>${strings.morePlots}</h4>
              <div class="strip" tabindex="0" role="region" aria-label="${strings.morePlots}">
                ${repeat(more, (view) => view.name, (view, i) => element(view, nMain + i))}
              </div>`
            : nothing}</div>`
        : nothing}`;
  }

  /** What stands on paper in place of the controls. @param {LabDeclaration} lab */
  renderHandout(lab) {
    const code = this.driver ? strings.withYourCodeFor2(this.driver.title) : '';
    return html`<div class="handout" aria-hidden="true"><p><b>${strings.settings}</b> ${settingsWords(lab, this.settings)}.${code}</p>
      <p>${this.finding}</p></div>`;
  }

  /** @param {LabDeclaration} lab */
  renderDock(lab) {
    const ready = this.phase === 'ready';
    return html`<div class="dock">
      <span class="visually-hidden announced" role="status">${this.announced}</span>
      <span class="said ${this.saidGone ? 'gone' : ''}" role="status">${this.said}</span>
      <div class="readouts"><lab-readouts .readouts=${lab.readouts}
        .pinned=${this.pinned?.frame.readouts ?? null}></lab-readouts></div>
      ${this.phase === 'failed'
        ? html`<p class="problem" role="alert"><span>${this.problem}</span>
            <button @click=${this.open}>${strings.restartThisLab}</button></p>`
        : nothing}
      ${this.failure
        ? html`<p class="problem" role="alert"><span>${sentence(this.failure)}</span>
            <button @click=${() => this.command({ type: 'reset' })}>${strings.reset}</button></p>`
        : nothing}
      <div class="bar">${this.renderRun(lab, ready)}${this.renderTools(lab, ready)}</div>
    </div>`;
  }

  /**
   * @param {LabDeclaration} lab
   * @param {boolean} ready
   */
  renderRun(lab, ready) {
    return html`<div class="row run">
      <button class="go" ?disabled=${!ready} @click=${this.toggleRun}>
        ${this.running ? strings.pause : this.finished ? strings.runAgain : strings.run}</button>
      <button ?disabled=${!ready || this.finished} title="${strings.oneStep(lab.step_label)}"
        @click=${() => this.command({ type: 'step' })}>${strings.step3}</button>
      <button ?disabled=${!ready} title="${strings.backToStep0}"
        @click=${() => this.command({ type: 'reset' })}>${strings.reset}</button>
      ${lab.steps_per_second > 0 ? this.renderSpeed() : nothing}
      <span class="steps">${strings.step0}</span>
    </div>`;
  }

  /**
   * @param {LabDeclaration} lab
   * @param {boolean} ready
   */
  renderTools(lab, ready) {
    const crowded = lab.actions.length > 2 || (lab.model && lab.actions.length > 0); // the row would become two
    return html`<div class="row tools ${crowded ? 'crowded' : ''}">
      ${lab.actions.map(
        (action, i) => html`<button class="action" ?disabled=${!ready} title=${action.help ?? nothing}
          data-action=${action.name} @click=${() => this.command({ type: 'act', action: i })}>${action.label}</button>`,
      )}
      <button class="quiet" ?disabled=${!ready} @click=${this.openData}>${strings.data}</button>
      ${crowded ? nothing : this.renderShare()}
      ${this.renderMenu(crowded)}
      ${this.toCopy.text
        ? html`<input class="link-text" readonly aria-label=${this.toCopy.label} .value=${this.toCopy.text}
            @focus=${(/** @type {any} */ e) => e.target.select()} />`
        : nothing}
    </div>`;
  }

  renderShare() {
    return html`<button class="quiet" @click=${this.share}>${strings.share}</button>`;
  }

  /** What is needed now and then: in the row where there is room, else behind a button. @param {boolean} crowded */
  renderMenu(crowded) {
    return html`<div class="menu" @keydown=${this.menuKey} @focusout=${this.leaveMenu}
      @click=${(/** @type {any} */ e) => e.target.closest('.items') && (this.menuOpen = false)}>
      <button class="quiet opener" aria-expanded=${this.menuOpen} aria-controls="items"
        @click=${() => (this.menuOpen = !this.menuOpen)}>${strings.more}</button>
      <div class="items" id="items" ?data-open=${this.menuOpen}>
        ${crowded ? this.renderShare() : nothing}
        <button class="quiet" ?disabled=${this.phase !== 'ready'} title="${strings.keepThisRunTo}"
          @click=${this.pin}>${strings.pin}</button>
        <button class="quiet" title="${strings.anIframeWithThis}" @click=${this.copyEmbed}>${strings.embed}</button>
        ${this.lab?.model
          ? [['JSON', 0, 'json'], ['C', 1, 'h']].map(([label, format, ending]) => html`<button class="quiet"
              data-model=${ending} ?disabled=${this.phase !== 'ready'} title=${strings.downloadTheTrained}
              @click=${() => this.takeModel(Number(format), String(ending))}>${strings.modelAs(label)}</button>`)
          : nothing}
        <button class="quiet" title="${strings.theLabAloneOver}" ?hidden=${this.full}
          @click=${() => this.fullScreen.enter()}>${strings.fullScreen}</button>
      </div>
    </div>`;
  }

  /** @param {KeyboardEvent} event */
  menuKey(event) {
    if (event.key !== 'Escape' || !this.menuOpen) return;
    event.stopPropagation();
    this.menuOpen = false;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.opener'))?.focus();
  }

  /** @param {FocusEvent} event */
  leaveMenu(event) {
    const menu = /** @type {Element} */ (event.currentTarget);
    if (event.relatedTarget && !menu.contains(/** @type {Node} */ (event.relatedTarget))) this.menuOpen = false;
  }

  renderSpeed() {
    return html`<label class="speed"><span class="visually-hidden">${strings.speed}</span>
      <select title="${strings.speed}" @change=${this.changeSpeed}>
        ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === this.speed}>
          ${speed === Infinity ? strings.max : `${speed}×`}</option>`)}
      </select></label>`;
  }

  /** @param {Event} event */
  changeSpeed(event) {
    this.untouched = false;
    this.speed = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    if (this.running) this.client?.post({ type: 'run', speed: this.speed });
  }
}

/** @param {IntersectionObserverEntry[]} entries */
const inside = (entries) => entries[entries.length - 1].isIntersecting;

/**
 * @param {KeyboardEvent} event
 * @returns {'undo' | 'redo' | null}
 */
function undoKey({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if ((!ctrlKey && !metaKey) || altKey) return null;
  if (key.toLowerCase() === 'z') return shiftKey ? 'redo' : 'undo';
  return key.toLowerCase() === 'y' ? 'redo' : null;
}

const NOT_TEXT = new Set(['range', 'radio', 'checkbox', 'button']);

/** @param {EventTarget} target */
function isTextField(target) {
  if (target instanceof HTMLInputElement) return !NOT_TEXT.has(target.type);
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

/** @param {string} text as C says it: small letters, no full stop */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

customElements.define('lab-card', LabCard);
