/**
 * Your progress: fills the static list with what is done, says what to do next, and saves, opens and forgets all of it.
 * Light DOM: web/site/templates.mjs writes it.
 */
import { countsOf, followCourse, moreCountsOf } from '../lib/course.js';
import { markThings } from '../lib/map-things.js';
import { nextStep, placeOf } from '../lib/next-step.js';
import { importSentence, LARGEST_FILE, merge, readFile, writeFile } from '../lib/progress-file.js';
import { progress } from '../lib/progress.js';
import { siteUrl } from '../lib/site.js';
import { progressOverview as strings } from '../strings/strings.js';

/** @typedef {import('../lib/course.js').Course} Course */
/** @typedef {import('../lib/course.js').Chapter} Chapter */

export class ProgressOverview extends HTMLElement {
  constructor() {
    super();
    this.following = false;
  }

  connectedCallback() {
    if (this.following) return; // moved within the page
    this.following = true;
    const dialog = /** @type {HTMLDialogElement} */ (this.find('dialog'));
    const file = /** @type {HTMLInputElement} */ (this.find('input[type=file]'));
    for (const button of this.querySelectorAll('.export')) button.addEventListener('click', () => this.export());
    this.find('.import').addEventListener('click', () => file.click());
    file.addEventListener('change', () => this.import(file));
    this.find('.forget').addEventListener('click', () => this.askToForget(dialog));
    this.find('.keep').addEventListener('click', () => dialog.close());
    this.find('.really').addEventListener('click', () => this.forget(dialog));
    followCourse((course) => this.fill(course)).catch((error) => this.say(error.message));
  }

  /** @param {string} selector @returns {HTMLElement} */
  find(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }

  /** @param {string} sentence */
  say(sentence) {
    this.find('.file-said').textContent = sentence;
  }

  /* --- What is done ---------------------------------------------------------------------------------------------- */

  /** @param {Course} course */
  fill(course) {
    for (const chapter of course.chapters) {
      const place = this.querySelector(`[data-chapter="${chapter.slug}"]`);
      if (place) fillTallies(place, course, chapter);
    }
    markThings(this, course);
    this.showNext(course);
    const { unreadable } = progress;
    this.find('.unreadable').hidden = unreadable === 0;
    this.find('.unreadable').textContent = strings.ofTheRecordsIn(unreadable);
  }

  /** @param {Course} course */
  showNext(course) {
    const step = nextStep(course);
    const words = this.find('.next-words');
    if (!step) return words.replaceChildren(strings.nothingIsLeftAll);
    const link = document.createElement('a');
    link.className = 'button go';
    link.href = siteUrl(placeOf(step));
    link.textContent = this.titleOf(step);
    const why = document.createElement('span');
    why.textContent = strings.chapter(step.chapter.number, step.why);
    words.replaceChildren(link, ' ', why);
  }

  /** @param {import('../lib/next-step.js').Step} step */
  titleOf({ chapter, section, challenge, lab }) {
    if (section) return strings.read(chapter.sections.find(({ id }) => id === section)?.title);
    if (challenge) return strings.challenge(this.challengeTitle(challenge));
    if (lab) return strings.lab(this.querySelector(`[data-lab="${lab}"] a`)?.textContent);
    return strings.aQuestion;
  }

  /** @param {string} slug of a file, which may say anything */
  challengeTitle(slug) {
    return this.querySelector(`[data-challenge="${CSS.escape(slug)}"] a`)?.textContent ?? slug;
  }

  /* --- As a file ------------------------------------------------------------------------------------------------- */

  async export() {
    await progress.ready;
    const records = progress.records();
    const now = new Date();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([writeFile(records, now)], { type: 'application/json' }));
    link.download = `laymanz-progress-${now.toISOString().slice(0, 10)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.say(strings.savedWith(link.download, records.length));
  }

  /** @param {HTMLInputElement} input */
  async import(input) {
    const file = input.files?.[0];
    if (!file) return;
    try {
      if (file.size > LARGEST_FILE) throw new Error(strings.thisFileIsToo);
      await progress.ready;
      const { records, ...left } = readFile(await file.text(), Date.now());
      const merged = merge(progress.records(), records);
      await progress.takeAll(merged.records);
      this.say(importSentence(merged, left, (slug) => this.challengeTitle(slug)));
    } catch (error) {
      this.say(error instanceof DOMException ? strings.theBrowserCouldNot : /** @type {Error} */ (error).message);
    }
    input.value = ''; // the same file can be opened again
  }

  /* --- Forgetting ------------------------------------------------------------------------------------------------ */

  /** @param {HTMLDialogElement} dialog */
  askToForget(dialog) {
    const all = progress.records().length;
    this.find('.forget-words').textContent = strings.whatYouReadMet(all);
    dialog.showModal();
  }

  /** @param {HTMLDialogElement} dialog */
  async forget(dialog) {
    dialog.close();
    await progress.forget();
    this.say(progress.problem ? strings.forgottenOnThisPage(progress.problem) : strings.everythingIsForgotten);
  }
}

/** @type {(place: Element, course: Course, chapter: Chapter) => void} */
function fillTallies(place, course, chapter) {
  const { answered, predictions } = moreCountsOf(chapter);
  const counts = { ...countsOf(course, chapter), predictions };
  for (const [name, { done, all }] of Object.entries(counts)) {
    const tally = /** @type {HTMLElement | null} */ (place.querySelector(`[data-tally="${name}"]`));
    if (!tally) continue;
    tally.hidden = all === 0;
    tally.classList.toggle('done', done === all);
    tally.style.setProperty('--part', String(done / all));
    const more = name === 'quizzes' && answered.done > done ? strings.answered(answered.done) : '';
    /** @type {HTMLElement} */ (tally.querySelector('dd')).textContent = strings.of(done, all, more);
  }
}

customElements.define('progress-overview', ProgressOverview);
