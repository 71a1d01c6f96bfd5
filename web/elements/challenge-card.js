/**
 * A challenge: the task, an editor, and the checks that judge what is written there. The C is compiled and run in the
 * page (web/compiler); this element shows it.
 */
import { css, html, LitElement, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { compiler } from '../compiler/client.js';
import { behaviour, lookalikes } from '../compiler/likeness.js';
import { attemptsOf, keepAttempt, keepDraft } from '../lib/attempts.js';
import { bringPart } from '../lib/fetching.js';
import { whenIdle } from '../lib/idle.js';
import { notice } from '../lib/notice.js';
import { progress } from '../lib/progress.js';
import { siteJson } from '../lib/site.js';
import { base, buttons, cards, code } from './shared.js';
import './attempt-list.js';
import './check-list.js';
import './lab-driver.js';
import { starred, starWords } from './cost-table.js';
import { reachScrollers } from '../lib/scrollers.js';
import './compiler-offer.js';
import './program-output.js';
import { challengeCard as strings } from '../strings/strings.js';

/** @typedef {import('./check-list.js').CheckView} CheckView */
/** @typedef {import('./program-output.js').OutputBlock} OutputBlock */
/** @typedef {import('../compiler/diagnostics.js').Diagnostic} Diagnostic */

/**
 * @typedef {object} Challenge as the site's builder writes it (web/site/challenges.mjs)
 * @property {string} slug
 * @property {string} title
 * @property {number} level
 * @property {number} minutes
 * @property {string} signature
 * @property {string | null} drives the lab that calls this function
 * @property {boolean} has_drive whether drive.c stands between the two
 * @property {string | null} [lang] of its text, where the page is in another language
 * @property {string} task HTML
 * @property {string[]} hints HTML
 * @property {string} take_away HTML
 * @property {string} starter
 * @property {string} solution
 * @property {{name: string, sentence: string, hidden: boolean}[]} checks
 * @property {import('../compiler/likeness.js').WrongAnswer[]} [wrong] the usual wrong answers
 * @property {boolean} leaks_fail whether a check fails that leaves memory behind
 * @property {number} time_limit of each check, in seconds
 * @property {{counts: Counts | null, star: Star | null} | null} cost of the solution; null if it is not measured
 *
 * @typedef {import('./cost-table.js').Counts} Counts
 * @typedef {import('./cost-table.js').Star} Star
 */

const TYPING_PAUSE_MS = 400; /* then what was typed is checked for errors */
const SAVE_PAUSE_MS = 200;

/** @param {string} keys */
const shortcut = (keys) => (/Mac|iPhone|iPad/.test(navigator.platform) ? `⌘ ${keys}` : `Ctrl ${keys}`);

/**
 * The same words about several lines are one error to mend: a variable that was never declared, at each of its uses.
 * @param {Diagnostic[]} errors
 */
function byMessage(errors) {
  /** @type {Map<string, Set<number>>} */
  const groups = new Map(),
    plain = new Map(errors.map((error) => [error.message, error.plain]));
  for (const { message, line } of errors) {
    if (!groups.has(message)) groups.set(message, new Set());
    if (line > 0) groups.get(message)?.add(line);
  }
  return [...groups].map(([message, lines]) => ({ message, plain: plain.get(message) ?? '', lines: [...lines] }));
}

export class ChallengeCard extends LitElement {
  static properties = {
    slug: {},
    challenge: { state: true },
    failure: { state: true },
    checks: { state: true },
    phase: { state: true },
    status: { state: true },
    ran: { state: true },
    errors: { state: true },
    problems: { state: true },
    output: { state: true },
    cut: { state: true },
    solved: { state: true },
    cost: { state: true },
    costProblem: { state: true },
    star: { state: true },
    hints: { state: true },
    canUndoReset: { state: true },
    likeness: { state: true },
    attempts: { state: true },
    starterWas: { state: true },
    theirs: { state: true },
    announcement: { state: true },
  };

  constructor() {
    super();
    this.slug = '';
    /** @type {Challenge | null} */
    this.challenge = null;
    this.failure = ''; /* why the challenge could not be fetched */
    /** @type {CheckView[]} */
    this.checks = [];
    /** @type {'idle' | 'compiling' | 'running'} */
    this.phase = 'idle';
    this.status = ''; /* beside the buttons */
    /** @type {{text: string, passed: boolean} | null} */
    this.ran = null; /* what has run the checks last, while it stands unchanged */
    /** @type {{lines: number[], message: string, plain: string}[]} */
    this.errors = []; /* of the last run that did not compile */
    /** @type {string[]} */
    this.problems = []; /* sentences for what has no place in the code */
    /** @type {OutputBlock[]} */
    this.output = [];
    this.cut = false;
    this.solved = false;
    /** @type {import('./cost-table.js').CostView | null} */
    this.cost = null; /* of the last run, if it passed */
    this.costProblem = ''; /* why there is none */
    this.star = false;
    this.hints = 0; /* how many are open */
    this.canUndoReset = false;
    /** @type {string[]} */
    this.likeness = []; /* what is wrong with the usual wrong answers that do the same as the last run */
    /** @type {import('../lib/attempts.js').Attempt[]} */
    this.attempts = [];
    this.starterWas = ''; /* the starter that the learner began with, if it has changed since */
    /** @type {string | null} */
    this.theirs = null; /* another tab's code, while the reader has not chosen between it and what is here */
    this.announcement = '';
    this.text = ''; /* the learner's code as it is now */
    this.saved = ''; /* and as it was last kept, by this tab or another */
    this.edited = false; /* whether it was changed on this page */
    this.drafted = ''; /* what was kept of it as an attempt while two tabs differ */
    /** @type {import('./code-editor.js').CodeEditor | null} */
    this.editor = null;
    /** @type {AbortController | null} */
    this.stopping = null;
    this.saving = 0;
    this.typing = 0;
    this.checking = false;
    this.near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.#approach(),
      { rootMargin: '500px 0px' });
    this.onCompiler = () => this.#compilerChanged();
    this.saveNow = () => this.#save();
    this.onProgress = (/** @type {any} */ { detail }) => this.#heard(detail);
  }

  connectedCallback() {
    super.connectedCallback();
    compiler.addEventListener('change', this.onCompiler);
    progress.addEventListener('change', this.onProgress);
    addEventListener('pagehide', this.saveNow);
    document.addEventListener('visibilitychange', this.saveNow);
    if (!this.challenge) this.near.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.near.disconnect();
    compiler.removeEventListener('change', this.onCompiler);
    progress.removeEventListener('change', this.onProgress);
    removeEventListener('pagehide', this.saveNow);
    document.removeEventListener('visibilitychange', this.saveNow);
    this.#save();
    this.stopping?.abort();
  }

  /** Its text and its editor are fetched when it is near, since a chapter has many, and after a lab that is being opened. */
  #approach() {
    this.near.disconnect();
    whenIdle(() => this.#fetch());
  }

  async #fetch() {
    this.failure = '';
    try {
      const [challenge] = await Promise.all([
        siteJson(`data/challenges/${this.slug}.json`),
        bringPart(strings.theEditor, () => import('./code-editor.js')),
        progress.ready,
      ]);
      this.text = this.saved = progress.get('code', this.slug) ?? challenge.starter;
      this.solved = progress.get('challenge', this.slug)?.passed === true;
      this.star = progress.get('challenge', this.slug)?.star === true;
      this.hints = Math.min(progress.get('hint', this.slug) ?? 0, challenge.hints.length);
      this.challenge = challenge;
      this.attempts = attemptsOf(this.slug);
      await this.#compareStarter(challenge.starter);
      this.#clearVerdicts();
      compiler.look();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  /**
   * What the learner has begun is never overwritten: if the starter is another one by now, they are told.
   * @param {string} starter
   */
  async #compareStarter(starter) {
    const began = progress.get('starter', this.slug);
    if (progress.get('code', this.slug) === undefined || began === starter) return;
    if (began === undefined) return progress.set('starter', this.slug, starter);
    await bringPart(strings.theEditor, () => import('./starter-notice.js'));
    this.starterWas = began;
  }

  updated() {
    if (this.challenge || this.failure) this.toggleAttribute('open', true); /* no more room kept for it */
    if (this.editor || !this.challenge) return;
    reachScrollers(this.renderRoot);
    this.editor = this.renderRoot.querySelector('code-editor');
    if (this.editor) this.editor.value = this.text;
  }

  /* --- The learner's text ---------------------------------------------------------------------------------------- */

  /** @param {CustomEvent<{text: string}>} event */
  #edited({ detail: { text } }) {
    this.edited ||= text !== this.text;
    this.text = text;
    this.canUndoReset = false;
    this.ran = null;
    if (this.attempts.length > 0) this.requestUpdate(); /* one of them may be what stands there now */
    clearTimeout(this.saving);
    this.saving = window.setTimeout(this.saveNow, SAVE_PAUSE_MS);
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.#checkTyped(), TYPING_PAUSE_MS);
  }

  #save() {
    if (!this.challenge) return;
    clearTimeout(this.saving);
    const kept = progress.get('code', this.slug);
    if (this.theirs !== null) {
      if (this.drafted === this.text) return;
      keepDraft(this.slug, this.text, this.drafted);
      this.attempts = attemptsOf(this.slug);
      this.drafted = this.text;
      return;
    }
    this.saved = this.text;
    if (this.text === this.challenge.starter) {
      if (kept === undefined) return;
      progress.delete('code', this.slug);
      progress.delete('starter', this.slug);
    } else if (this.text !== kept) {
      if (kept === undefined) progress.set('starter', this.slug, this.challenge.starter);
      progress.set('code', this.slug, this.text);
    }
  }

  /* --- Other tabs ------------------------------------------------------------------------------------------------ */

  /**
   * Another tab, or an import, has changed something of this challenge.
   * @param {import('../lib/progress.js').ProgressChange} change
   */
  #heard({ kind, id, value, elsewhere, follows }) {
    if (!elsewhere || id !== this.slug || !this.challenge) return;
    if (kind === 'challenge') {
      this.solved = value?.passed === true;
      this.star = value?.star === true;
    }
    if (kind === 'hint') this.hints = Math.min(value ?? 0, this.challenge.hints.length);
    if (kind === 'attempts') this.attempts = attemptsOf(this.slug);
    if (kind === 'code') this.#heardCode(value ?? this.challenge.starter, follows);
  }

  /**
   * Code that was written by who knew what stands here takes its place. Otherwise the reader chooses; until then what
   * stands here is kept as an attempt, and nothing of the other tab's is overwritten.
   * @param {string} theirs
   * @param {boolean} follows
   */
  async #heardCode(theirs, follows) {
    const saved = this.saved;
    this.saved = theirs;
    if (theirs === this.text) {
      this.theirs = null;
    } else if (this.theirs === null && this.text === saved && (follows || !this.edited)) {
      this.#show(theirs, strings.changedInAnotherTab);
    } else {
      if (this.theirs === null) {
        this.announcement = strings.anotherTabHasChanged;
        this.drafted = '';
      }
      this.theirs = theirs;
      this.#save();
      await import('./tab-notice.js');
    }
  }

  /**
   * The text that another tab has kept already.
   * @param {string} text
   * @param {string} status
   */
  #show(text, status) {
    this.text = text;
    this.editor?.replace(text);
    this.edited = false;
    this.#clearVerdicts();
    this.status = status;
  }

  #keepMine() {
    const { theirs } = this;
    this.theirs = null;
    if (theirs !== null && theirs !== this.challenge?.starter) this.#keepAttempt(strings.fromAnotherTab, theirs);
    this.#save();
    this.editor?.focus();
  }

  #takeTheirs() {
    const { theirs } = this;
    this.#save();
    this.theirs = null;
    if (theirs !== null) this.#show(theirs, strings.asInTheOther);
    this.editor?.focus();
  }

  /** Underlines what clang says of the text as it stands; once more if it has changed meanwhile. */
  async #checkTyped() {
    if (this.checking || this.phase !== 'idle' || compiler.status !== 'ready') return;
    this.checking = true;
    const { text } = this;
    try {
      this.editor?.show(text, await compiler.check(text), [], true);
    } catch {
      /* The next run will say what is wrong with the compiler. */
    } finally {
      this.checking = false;
    }
    if (text !== this.text) this.#checkTyped();
  }

  #compilerChanged() {
    this.requestUpdate();
    if (compiler.status === 'ready' && this.phase === 'idle' && this.text !== this.challenge?.starter)
      this.#checkTyped();
  }

  /** The first sign that the learner means to write: time to open a compiler that is already here. */
  #focused() {
    if (compiler.status === 'kept') compiler.open();
  }

  #reset() {
    if (this.challenge) this.#replace(this.challenge.starter, strings.backToTheStarter, strings.theCodeIsThe);
  }

  /**
   * Another text in the editor; one step back brings the old one.
   * @param {string} text
   * @param {string} status
   * @param {string} announcement
   */
  #replace(text, status, announcement) {
    this.editor?.replace(text);
    this.#save();
    this.#clearVerdicts();
    this.status = status;
    this.canUndoReset = true;
    this.announcement = strings.itCanBeUndone(announcement);
    this.editor?.focus();
  }

  /** @param {CustomEvent<{attempt: import('../lib/attempts.js').Attempt}>} event */
  #restore({ detail: { attempt } }) {
    this.#replace(attempt.text, strings.anEarlierAttemptIs, strings.theEarlierAttemptIs);
  }

  /** @param {string} verdict */
  #keepAttempt(verdict, text = this.text) {
    keepAttempt(this.slug, { time: Date.now(), text, verdict });
    this.attempts = attemptsOf(this.slug);
  }

  #keepCode() {
    this.starterWas = '';
    progress.set('starter', this.slug, this.challenge?.starter);
    this.editor?.focus();
  }

  #takeStarter() {
    this.starterWas = '';
    this.#keepAttempt(strings.keptWhenTheChallenge);
    this.#reset();
  }

  #undoReset() {
    this.editor?.undo();
    this.status = '';
    this.announcement = strings.yourCodeIsBack;
    this.editor?.focus();
  }

  /* --- Running --------------------------------------------------------------------------------------------------- */

  #clearVerdicts() {
    this.ran = null;
    this.checks = (this.challenge?.checks ?? []).map(({ sentence, hidden }) => ({
      sentence,
      hidden,
      state: 'waiting',
      message: '',
      warning: '',
      input: '',
      line: 0,
      ms: 0,
    }));
    this.errors = [];
    this.problems = [];
    this.output = [];
    this.cut = false;
    this.cost = null;
    this.costProblem = '';
    this.likeness = [];
  }

  async #run() {
    await compiler.look(); /* nothing is downloaded unasked */
    const { challenge, text } = this; /* which may be edited while they are compiled */
    if (this.phase !== 'idle' || !challenge) return;
    if (compiler.offered) {
      await this.updateComplete;
      const offer = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('compiler-offer'));
      offer?.focus();
      this.announcement = strings.theCCompilerHas;
      return;
    }
    this.#save();
    clearTimeout(this.typing);
    this.#clearVerdicts();
    this.phase = 'compiling';
    this.status = compiler.status === 'ready' ? strings.compiling : strings.openingTheCompiler;
    this.stopping = new AbortController();
    try {
      const { wasm, ms, diagnostics } = await this.#compile(challenge, text);
      if (wasm) await this.#runChecks(challenge, text, wasm, ms, diagnostics);
    } catch (error) {
      if (!this.stopping.signal.aborted) {
        this.problems = [error instanceof Error ? error.message : String(error)];
        this.announcement = this.problems[0];
      }
      this.status = this.stopping.signal.aborted ? 'stopped' : '';
      this.checks = this.checks.map((check) => (check.state === 'running' ? { ...check, state: 'waiting' } : check));
    } finally {
      this.phase = 'idle';
      this.stopping = null;
    }
  }

  #stop() {
    this.stopping?.abort();
  }

  /**
   * @param {Challenge} challenge
   * @param {string} text
   */
  async #compile({ slug, signature }, text) {
    const { wasm, diagnostics, problems, ms } = await compiler.build(slug, text, signature);
    this.editor?.show(text, diagnostics, [], false);
    if (!wasm) {
      this.errors = byMessage(diagnostics.filter(({ severity }) => severity === 'error'));
      this.problems = problems;
      this.status = '';
      this.#keepAttempt(this.errors.length > 0 ? strings.errors(this.errors.length) : strings.doesNotLink, text);
      this.announcement = [
        this.errors.length > 0 ? strings.itDoesNotCompile(this.errors.length) : strings.itCannotBeLinked,
        ...this.errors
          .slice(0, 3)
          .map(({ lines, message, plain }) => strings.line(lines.join(', '), message, plain).trimEnd()),
        ...problems,
      ].join(' ');
    }
    return { wasm, ms, diagnostics };
  }

  /**
   * @param {Challenge} challenge
   * @param {string} text
   * @param {Uint8Array} wasm
   * @param {number} compileMs
   * @param {Diagnostic[]} diagnostics warnings: one of them may be why a check fails
   */
  async #runChecks(challenge, text, wasm, compileMs, diagnostics) {
    this.phase = 'running';
    const compiled = strings.compiledInSBy((compileMs / 1000).toFixed(2), compiler.clangVersion);
    this.status = compiled;
    const { signal } = /** @type {AbortController} */ (this.stopping);
    await compiler.run(
      wasm,
      this.checks.length,
      (event) => {
        if (event.type === 'start') this.#setCheck(event.index, { state: 'running' });
        else if (event.type === 'output') this.#print(event.index, event.stream, event.text);
        else if (event.type === 'cut') this.cut = true;
        else {
          this.#setCheck(event.index, {
            state: event.passed ? 'passed' : event.ran ? 'failed' : 'skipped',
            message: event.message,
            warning: event.warning,
            input: event.input,
            line: event.line,
            ms: event.ms,
          });
          /* At once with the last verdict: whoever sees it may leave the page. */
          if (this.#count('waiting') + this.#count('running') === 0) this.#conclude(text, diagnostics, compiled);
        }
      },
      signal,
      challenge,
    );
    await this.#measure(challenge, text, signal);
  }

  /**
   * All checks have their verdicts.
   * @param {string} text
   * @param {Diagnostic[]} diagnostics
   * @param {string} compiled
   */
  #conclude(text, diagnostics, compiled) {
    this.#judge(compiled);
    this.#keepAttempt(strings.ofChecksPass(this.#count('passed'), this.checks.length), text);
    if (text === this.text) this.ran = { text, passed: this.checks.every(({ state }) => state === 'passed') };
    const traps = this.checks
      .filter(({ line, state }) => line > 0 && state === 'failed')
      .map(({ line, message }) => ({ line, severity: /** @type {const} */ ('error'), message }));
    if (traps.length > 0) this.editor?.show(text, diagnostics, traps, false);
  }

  /**
   * What a right answer costs beside the solution. Its checks stand, whatever comes of this.
   * @param {Challenge} challenge
   * @param {string} text
   * @param {AbortSignal} signal
   */
  async #measure(challenge, text, signal) {
    if (!challenge.cost || this.checks.some(({ state }) => state !== 'passed')) return;
    if (this.checks.some(({ warning }) => warning !== '')) {
      this.costProblem = strings.whatYourCodeCosts;
      return;
    }
    try {
      const { ms, referenceMs, counts } = await compiler.cost(challenge, text, signal);
      const { counts: reference, star } = challenge.cost;
      this.cost = { ms, referenceMs, counts: reference && counts, reference, star };
    } catch (error) {
      if (!signal.aborted) this.costProblem = error instanceof Error ? error.message : String(error);
      return;
    }
    if (!this.cost.star || !starred(this.cost)) return;
    this.announcement += strings.secondStar(starWords(this.cost.star));
    this.star = true;
    progress.set('challenge', this.slug, { ...progress.get('challenge', this.slug), star: true });
  }

  /** @param {string} compiled */
  #judge(compiled) {
    const passed = this.checks.filter(({ state }) => state === 'passed').length,
      all = this.checks.length;
    this.status = compiled;
    const best = Math.max(passed, progress.get('challenge', this.slug)?.best ?? 0);
    const won = passed === all;
    this.announcement = won
      ? strings.allChecksPassSolved(all)
      : strings.ofChecksPass2(passed, all, this.checks
          .filter(({ state }) => state === 'failed')
          .slice(0, 2)
          .map(({ sentence, message, line }) => strings.fails(sentence, line > 0 ? strings.line2(line) : '', message))
          .join(' '));
    this.likeness = this.#likeness();
    if (this.likeness.length > 0) this.announcement += strings.thisLooksLikeA;
    this.solved ||= won;
    progress.set('challenge', this.slug, { passed: this.solved, best, star: this.star });
  }

  /**
   * @param {number} index
   * @param {Partial<CheckView>} change
   */
  #setCheck(index, change) {
    this.checks = this.checks.map((check, i) => (i === index ? { ...check, ...change } : check));
  }

  /**
   * @param {number} index
   * @param {number} stream
   * @param {string} text
   */
  #print(index, stream, text) {
    const check = this.checks[index].sentence,
      last = this.output.at(-1);
    if (last?.check === check)
      this.output = [...this.output.slice(0, -1), { check, parts: [...last.parts, { stream, text }] }];
    else this.output = [...this.output, { check, parts: [{ stream, text }] }];
  }

  /** @param {CheckView['state']} state */
  #count(state) {
    return this.checks.filter((check) => check.state === state).length;
  }

  /** What is wrong with the usual wrong answers that fail as this one does. */
  #likeness() {
    const { challenge, checks } = this;
    if (!challenge?.wrong) return [];
    const verdicts = checks.map(({ state, message, input }) => ({ passed: state === 'passed', message, input }));
    return lookalikes(challenge.wrong, behaviour(challenge.checks, verdicts));
  }

  /* --- Help ------------------------------------------------------------------------------------------------------ */

  #hint() {
    this.hints++;
    progress.set('hint', this.slug, this.hints);
    this.updateComplete.then(() =>
      /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.hints li:last-of-type'))?.focus(),
    );
  }

  async #showSolution() {
    try {
      await bringPart(strings.theSolution, () => import('./solution-view.js'));
      notice(null, 'solution');
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      return notice(message, 'solution', { label: strings.tryAgain, act: () => this.#showSolution() });
    }
    const view = /** @type {import('./solution-view.js').SolutionView | null} */ (
      this.renderRoot.querySelector('solution-view')
    );
    if (!view || !this.challenge) return;
    Object.assign(view, { solution: this.challenge.solution, mine: this.text, solved: this.solved });
    await view.open();
  }

  /** @param {number} line */
  #goTo(line) {
    this.editor?.goTo(line);
  }

  /* --- What is shown --------------------------------------------------------------------------------------------- */

  /** @param {Challenge} challenge */
  #head({ title, level, minutes }) {
    return html`<header class="head">
      <span class="tag">${strings.challenge}</span>
      <div>
        <h3 id="title">${title}</h3>
        <p>${strings.levelAboutMinutesC(level, minutes)}</p>
      </div>
      ${
        this.solved
          ? html`<span class="corner solved"
              ><span aria-hidden="true">✓</span> ${strings.solved}${
                this.star ? html` <span aria-hidden="true">★</span><span class="visually-hidden">${strings.withStar}</span>` : nothing
              }</span
            >`
          : nothing
      }
    </header>`;
  }

  /** @param {Challenge} challenge */
  #task({ task, hints, lang }) {
    const open = hints.slice(0, this.hints);
    return html`<div class="task">
      <div class="prose" lang=${lang ?? nothing}>${unsafeHTML(task)}</div>
      <div class="hints">
        ${
          open.length > 0
            ? html`<h4>${strings.hints}</h4>
                <ol>
                  ${open.map((hint) => html`<li tabindex="-1" class="prose" lang=${lang ?? nothing}>${unsafeHTML(hint)}</li>`)}
                </ol>`
            : nothing
        }
        ${
          this.hints < hints.length
            ? html`<button @click=${this.#hint}>
                ${this.hints === 0 ? strings.showAHint : strings.anotherHint}
                <span class="of">${strings.of(this.hints + 1, hints.length)}</span>
              </button>`
            : nothing
        }
      </div>
    </div>`;
  }

  #toolbar() {
    const busy = this.phase !== 'idle',
      running = this.phase === 'running',
      ready = !compiler.offered; /* else the download is the main action */
    /* One button in both roles: it keeps the keyboard's focus when the run ends. */
    return html`<div class="row">
      <button
        class=${ready ? 'go' : ''}
        aria-keyshortcuts="Control+Enter Meta+Enter"
        aria-disabled=${busy && !running}
        @click=${running ? this.#stop : this.#run}
      >
        <span aria-hidden="true">${running ? '■' : '▶'}</span> ${running ? strings.stop : strings.runChecks}
      </button>
      <span class="status"
        ><span class="keys">${shortcut('Enter')}${this.status && ' · '}</span>${this.status}
        ${this.canUndoReset ? html`<button class="link" @click=${this.#undoReset}>${strings.undo}</button>` : nothing}</span
      >
      <span class="spacer"></span>
      <button class="quiet" @click=${this.#reset} ?disabled=${busy}>${strings.reset}</button>
      <button class="quiet" @click=${this.#showSolution}>${strings.solution}</button>
    </div>`;
  }

  #summary() {
    if (this.#count('waiting') + this.#count('running') > 0) return strings.checks;
    const skipped = this.#count('skipped');
    const rest = skipped > 0 ? strings.notRunBecauseOf(skipped) : '';
    return strings.ofChecksPass3(this.#count('passed'), this.checks.length, rest);
  }

  #results() {
    if (this.errors.length > 0 || this.problems.length > 0) return this.#faults();
    return html`<div class="results">
      <h4>${this.#summary()}</h4>
      <check-list
        .checks=${this.checks}
        @go-to=${(/** @type {CustomEvent<{line: number}>} */ event) => this.#goTo(event.detail.line)}
      ></check-list>
      ${this.#lookalike()}
      <program-output .blocks=${this.output} ?cut=${this.cut}></program-output>
      ${this.#driver()}
      ${this.cost ? html`<cost-table .cost=${this.cost}></cost-table>` : nothing}
      ${this.costProblem ? html`<p class="cost-problem">${this.costProblem}</p>` : nothing}
    </div>`;
  }

  #driver() {
    const { challenge, ran } = this;
    if (!challenge?.drives || !ran) return nothing;
    return html`<lab-driver .challenge=${challenge} .text=${ran.text} ?passed=${ran.passed}></lab-driver>`;
  }

  #lookalike() {
    if (this.likeness.length === 0) return nothing;
    return html`<details class="lookalike">
      <summary>${strings.yourAnswerBehavesLike}</summary>
      ${this.likeness.map((explanation) => html`<p>${explanation}</p>`)}
    </details>`;
  }

  /** @param {number} line */
  #lineLink(line) {
    return html`<button class="link" @click=${() => this.#goTo(line)}>${strings.line3(line)}</button>&nbsp;`;
  }

  #faults() {
    return html`<div class="results faults">
      <h4>
        ${
          this.errors.length > 0
            ? strings.itDoesNotCompileYet(this.errors.length)
            : strings.itDoesNotRun
        }
      </h4>
      <ul>
        ${this.errors.map(
          ({ lines, message, plain }) =>
            html`<li>
              ${lines.map((line) => this.#lineLink(line))} ${message}${plain && html`<span class="plain">${plain}</span>`}
            </li>`,
        )}
        ${this.problems.map((problem) => html`<li>${problem}</li>`)}
      </ul>
    </div>`;
  }

  render() {
    if (this.failure)
      return html`<div class="card">
        <slot></slot>
        <p class="problem">${this.failure} <button class="link" @click=${this.#fetch}>${strings.tryAgain}</button></p>
      </div>`;
    const { challenge } = this;
    if (!challenge) return html`<slot></slot>`;
    return html`<section class="card" aria-labelledby="title">
      ${this.#head(challenge)}
      <div class="columns">
        ${this.#task(challenge)}
        <div class="work" @focusin=${this.#focused}>
          ${
            this.starterWas
              ? html`<starter-notice
                  .was=${this.starterWas}
                  .is=${challenge.starter}
                  @keep=${this.#keepCode}
                  @take=${this.#takeStarter}
                ></starter-notice>`
              : nothing
          }
          ${
            this.theirs !== null
              ? html`<tab-notice
                  .mine=${this.text}
                  .theirs=${this.theirs}
                  @keep=${this.#keepMine}
                  @take=${this.#takeTheirs}
                ></tab-notice>`
              : nothing
          }
          <code-editor
            label="${strings.yourCCodeFor(challenge.title)}"
            @edit=${this.#edited}
            @run=${this.#run}
          ></code-editor>
          <p class="way-out">${strings.wayOut(html`<kbd>Esc</kbd>`, html`<kbd>Tab</kbd>`, html`<code>ml_</code>`)}</p>
          ${this.#toolbar()}
          <compiler-offer ?hidden=${!compiler.offered}></compiler-offer>
          ${this.#results()}
          <attempt-list .attempts=${this.attempts} .current=${this.text} @restore=${this.#restore}></attempt-list>
        </div>
      </div>
      ${
        this.solved
          ? html`<div class="take-away">
              <h4>${strings.takeAway}</h4>
              <div class="prose" lang=${challenge.lang ?? nothing}>${unsafeHTML(challenge.take_away)}</div>
            </div>`
          : nothing
      }
      <solution-view></solution-view>
      <div class="visually-hidden" role="status" aria-live="polite">${this.announcement}</div>
    </section>`;
  }

  static styles = [
    base,
    buttons,
    cards,
    code,
    css`
      :host {
        container-type: inline-size;
      }
      h4 {
        margin: 0 0 0.4rem;
        font: 600 0.8rem/1.4 var(--ui);
      }
      .solved {
        color: var(--ok);
        font-weight: 600;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 20.5rem) minmax(0, 1fr);
      }
      .task {
        padding: 0.6rem 1.1rem 1rem;
        border-right: 1px solid var(--rule);
      }
      .work {
        min-width: 0;
      }
      .prose {
        overflow-wrap: break-word;
      }
      .prose > :first-child,
      .prose li > :first-child {
        margin-top: 0.4rem;
      }
      .prose p {
        margin: 0.5rem 0;
      }
      .prose ul,
      .prose ol {
        margin: 0.5rem 0;
        padding-left: 1.2rem;
      }
      .prose code {
        padding: 0.08em 0.3em;
        border-radius: 4px;
        background: var(--soft);
        font-size: 0.88em;
      }
      .prose pre {
        margin: 0.6rem 0;
        padding: 0.6rem 0.8rem;
        border-radius: var(--radius-small);
        background: var(--code-ground);
        border: 1px solid var(--rule);
        overflow-x: auto;
        font: 0.8rem/1.5 var(--mono);
      }
      .prose pre code {
        padding: 0;
        background: none;
        font-size: inherit;
      }
      .prose :is(.table, .formula) {
        padding-block: 0.3rem;
        overflow: auto hidden;
      }
      .prose table {
        border-collapse: collapse;
      }
      .prose th,
      .prose td {
        padding: 0.2rem 0.6rem 0.2rem 0;
        border-bottom: 1px solid var(--rule);
        text-align: left;
      }
      .hints {
        margin-top: 1rem;
      }
      .hints ol {
        margin: 0 0 0.7rem;
        padding-left: 1.3rem;
      }
      .hints li {
        padding: 0.1rem 0;
      }
      .hints li > p {
        margin: 0.2rem 0;
      }
      .of {
        color: var(--muted);
        font-weight: 500;
      }
      .way-out {
        margin: 0;
        padding: 0.25rem 1.1rem 0.35rem;
        background: var(--code-ground);
        color: var(--muted);
        font-size: 0.75rem;
      }
      kbd {
        padding: 0 0.3em;
        border: 1px solid var(--rule);
        border-radius: 4px;
      }
      .status {
        color: var(--muted);
      }
      [aria-disabled='true'] {
        opacity: 0.6;
        cursor: progress;
      }
      .results {
        padding: 0.8rem 1.1rem 1rem;
        border-top: 1px solid var(--rule);
      }
      program-output,
      cost-table {
        display: block;
        margin-top: 0.8rem;
      }
      .cost-problem {
        margin: 0.8rem 0 0;
        color: var(--muted);
      }
      .faults {
        background: var(--bad-soft);
      }
      .faults ul {
        margin: 0;
        padding-left: 1.1rem;
      }
      .faults li {
        padding: 0.12rem 0;
        overflow-wrap: anywhere;
      }
      .plain {
        display: block;
        color: var(--muted);
      }
      .lookalike {
        margin-top: 0.6rem;
        padding: 0.2rem 0.8rem;
        border-left: 3px solid var(--blue);
        border-radius: 0 var(--radius-small) var(--radius-small) 0;
        background: var(--soft);
      }
      .lookalike summary {
        padding: 0.35rem 0;
        cursor: pointer;
      }
      .lookalike p {
        margin: 0.1rem 0 0.4rem;
      }
      .faults button {
        font-size: inherit;
      }
      .take-away {
        padding: 0.9rem 1.1rem 1rem;
        border-top: 1px solid var(--rule);
        background: var(--ok-soft);
      }
      .take-away .prose {
        max-width: 46rem;
      }
      @media print {
        .columns {
          display: block;
        }
        .work,
        .hints,
        .take-away,
        .solved {
          display: none;
        }
        .task {
          border: 0;
        }
        .prose pre,
        .prose :is(.table, .formula) {
          overflow: visible;
          white-space: pre-wrap;
        }
      }
      @container (max-width: 46rem) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
        .task {
          border-right: 0;
          border-bottom: 1px solid var(--rule);
        }
        .status {
          order: 1;
          flex-basis: 100%;
        }
        .status .keys {
          display: none;
        }
      }
    `,
  ];
}

customElements.define('challenge-card', ChallengeCard);
