/**
 * A challenge: the task, an editor, and the checks that judge what is written there. The C is compiled and run in the
 * page (web/compiler); this element shows it.
 */
import { css, html, LitElement, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { compiler } from '../compiler/client.js';
import { progress } from '../lib/progress.js';
import { siteJson } from '../lib/site.js';
import { base, buttons, cards, code } from './shared.js';
import './check-list.js';
import './compiler-offer.js';
import './program-output.js';

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
 * @property {string} task HTML
 * @property {string[]} hints HTML
 * @property {string} take_away HTML
 * @property {string} starter
 * @property {string} solution
 * @property {{name: string, sentence: string, hidden: boolean}[]} checks
 */

const TYPING_PAUSE_MS = 400; /* then what was typed is checked for errors */
const SAVE_PAUSE_MS = 200;

/** @param {string} keys */
const shortcut = (keys) => (/Mac|iPhone|iPad/.test(navigator.platform) ? `⌘ ${keys}` : `Ctrl ${keys}`);

/**
 * @param {number} n
 * @param {string} noun
 */
const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`;

/**
 * The same words about several lines are one error to mend: a variable that was never declared, at each of its uses.
 * @param {Diagnostic[]} errors
 */
function byMessage(errors) {
  /** @type {Map<string, Set<number>>} */
  const groups = new Map();
  for (const { message, line } of errors) {
    if (!groups.has(message)) groups.set(message, new Set());
    if (line > 0) groups.get(message)?.add(line);
  }
  return [...groups].map(([message, lines]) => ({ message, lines: [...lines] }));
}

export class ChallengeCard extends LitElement {
  static properties = {
    slug: {},
    challenge: { state: true },
    failure: { state: true },
    checks: { state: true },
    phase: { state: true },
    status: { state: true },
    errors: { state: true },
    problems: { state: true },
    output: { state: true },
    cut: { state: true },
    solved: { state: true },
    hints: { state: true },
    canUndoReset: { state: true },
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
    /** @type {{lines: number[], message: string}[]} */
    this.errors = []; /* of the last run that did not compile */
    /** @type {string[]} */
    this.problems = []; /* sentences for what has no place in the code */
    /** @type {OutputBlock[]} */
    this.output = [];
    this.cut = false;
    this.solved = false;
    this.hints = 0; /* how many are open */
    this.canUndoReset = false;
    this.announcement = '';
    this.text = ''; /* the learner's code as it is now */
    /** @type {import('./code-editor.js').CodeEditor | null} */
    this.editor = null;
    /** @type {AbortController | null} */
    this.stopping = null;
    this.saving = 0;
    this.typing = 0;
    this.checking = false;
    this.onCompiler = () => this.#compilerChanged();
    this.saveNow = () => this.#save();
  }

  connectedCallback() {
    super.connectedCallback();
    compiler.addEventListener('change', this.onCompiler);
    addEventListener('pagehide', this.saveNow);
    document.addEventListener('visibilitychange', this.saveNow);
    if (!this.challenge) this.#fetch();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    compiler.removeEventListener('change', this.onCompiler);
    removeEventListener('pagehide', this.saveNow);
    document.removeEventListener('visibilitychange', this.saveNow);
    this.#save();
    this.stopping?.abort();
  }

  async #fetch() {
    this.failure = '';
    try {
      const [challenge] = await Promise.all([
        siteJson(`data/challenges/${this.slug}.json`),
        import('./code-editor.js'),
        progress.ready,
      ]);
      this.text = progress.get('code', this.slug) ?? challenge.starter;
      this.solved = progress.get('challenge', this.slug)?.passed === true;
      this.hints = Math.min(progress.get('hint', this.slug) ?? 0, challenge.hints.length);
      this.challenge = challenge;
      this.#clearVerdicts();
      compiler.look();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  updated() {
    if (this.editor || !this.challenge) return;
    this.editor = this.renderRoot.querySelector('code-editor');
    if (this.editor) this.editor.value = this.text;
  }

  /* --- The learner's text ---------------------------------------------------------------------------------------- */

  /** @param {CustomEvent<{text: string}>} event */
  #edited({ detail: { text } }) {
    this.text = text;
    this.canUndoReset = false;
    clearTimeout(this.saving);
    this.saving = window.setTimeout(this.saveNow, SAVE_PAUSE_MS);
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.#checkTyped(), TYPING_PAUSE_MS);
  }

  #save() {
    if (!this.challenge) return;
    clearTimeout(this.saving);
    const kept = progress.get('code', this.slug);
    if (this.text === this.challenge.starter) {
      if (kept !== undefined) progress.delete('code', this.slug);
    } else if (this.text !== kept) {
      progress.set('code', this.slug, this.text);
    }
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
    if (!this.challenge) return;
    this.editor?.replace(this.challenge.starter);
    this.#save();
    this.#clearVerdicts();
    this.status = 'back to the starter';
    this.canUndoReset = true;
    this.announcement = 'The code is the starter again. It can be undone.';
    this.editor?.focus();
  }

  #undoReset() {
    this.editor?.undo();
    this.status = '';
    this.announcement = 'Your code is back.';
    this.editor?.focus();
  }

  /* --- Running --------------------------------------------------------------------------------------------------- */

  #clearVerdicts() {
    this.checks = (this.challenge?.checks ?? []).map(({ sentence, hidden }) => ({
      sentence,
      hidden,
      state: 'waiting',
      message: '',
      input: '',
      line: 0,
      ms: 0,
    }));
    this.errors = [];
    this.problems = [];
    this.output = [];
    this.cut = false;
  }

  async #run() {
    await compiler.look(); /* nothing is downloaded unasked */
    if (this.phase !== 'idle' || !this.challenge) return;
    if (compiler.offered) {
      await this.updateComplete;
      const offer = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('compiler-offer'));
      offer?.focus();
      this.announcement = 'The C compiler has to be downloaded first.';
      return;
    }
    this.#save();
    clearTimeout(this.typing);
    this.#clearVerdicts();
    this.phase = 'compiling';
    this.status = compiler.status === 'ready' ? 'compiling …' : 'opening the compiler …';
    this.stopping = new AbortController();
    try {
      const { wasm, ms } = await this.#compile(this.challenge, this.text);
      if (wasm) await this.#runChecks(this.text, wasm, ms);
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
      this.announcement = [
        this.errors.length > 0 ? `It does not compile: ${count(this.errors.length, 'error')}.` : 'It cannot be linked.',
        ...this.errors.slice(0, 3).map(({ lines, message }) => `Line ${lines.join(', ')}: ${message}.`),
        ...problems,
      ].join(' ');
    }
    return { wasm, ms };
  }

  /**
   * @param {string} text
   * @param {Uint8Array} wasm
   * @param {number} compileMs
   */
  async #runChecks(text, wasm, compileMs) {
    this.phase = 'running';
    const compiled = `compiled in ${(compileMs / 1000).toFixed(2)} s by clang ${compiler.clangVersion}, in this page`;
    this.status = compiled;
    const { signal } = /** @type {AbortController} */ (this.stopping);
    await compiler.run(
      wasm,
      this.checks.length,
      (event) => {
        if (event.type === 'start') this.#setCheck(event.index, { state: 'running' });
        else if (event.type === 'output') this.#print(event.index, event.stream, event.text);
        else if (event.type === 'cut') this.cut = true;
        else
          this.#setCheck(event.index, {
            state: event.passed ? 'passed' : event.ran ? 'failed' : 'skipped',
            message: event.message,
            input: event.input,
            line: event.line,
            ms: event.ms,
          });
      },
      signal,
    );
    const traps = this.checks
      .filter(({ line }) => line > 0)
      .map(({ line, message }) => ({ line, severity: /** @type {const} */ ('error'), message }));
    if (traps.length > 0) this.editor?.show(text, [], traps, false);
    this.#judge(compiled);
  }

  /** @param {string} compiled */
  #judge(compiled) {
    const passed = this.checks.filter(({ state }) => state === 'passed').length,
      all = this.checks.length;
    this.status = compiled;
    const best = Math.max(passed, progress.get('challenge', this.slug)?.best ?? 0);
    const won = passed === all;
    this.announcement = won
      ? `All ${all} checks pass. Solved.`
      : `${passed} of ${all} checks pass. ${this.checks
          .filter(({ state }) => state === 'failed')
          .slice(0, 2)
          .map(({ sentence, message, line }) => `${sentence}: fails. ${line > 0 ? `Line ${line}. ` : ''}${message}`)
          .join(' ')}`;
    this.solved ||= won;
    progress.set('challenge', this.slug, { passed: this.solved, best });
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

  /* --- Help ------------------------------------------------------------------------------------------------------ */

  #hint() {
    this.hints++;
    progress.set('hint', this.slug, this.hints);
    this.updateComplete.then(() =>
      /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('.hints li:last-of-type'))?.focus(),
    );
  }

  async #showSolution() {
    await import('./solution-view.js');
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
      <span class="tag">Challenge</span>
      <div>
        <h3 id="title">${title}</h3>
        <p>Level ${level} · about ${minutes} minutes · C</p>
      </div>
      ${this.solved ? html`<span class="corner solved"><span aria-hidden="true">✓</span> Solved</span>` : nothing}
    </header>`;
  }

  /** @param {Challenge} challenge */
  #task({ task, hints }) {
    const open = hints.slice(0, this.hints);
    return html`<div class="task">
      <div class="prose">${unsafeHTML(task)}</div>
      <div class="hints">
        ${
          open.length > 0
            ? html`<h4>Hints</h4>
                <ol>
                  ${open.map((hint) => html`<li tabindex="-1" class="prose">${unsafeHTML(hint)}</li>`)}
                </ol>`
            : nothing
        }
        ${
          this.hints < hints.length
            ? html`<button @click=${this.#hint}>
                ${this.hints === 0 ? 'Show a hint' : 'Another hint'}
                <span class="of">${this.hints + 1} of ${hints.length}</span>
              </button>`
            : nothing
        }
      </div>
    </div>`;
  }

  #toolbar() {
    const busy = this.phase !== 'idle',
      ready = !compiler.offered; /* else the download is the main action */
    return html`<div class="row">
      ${
        this.phase === 'running'
          ? html`<button class="go" @click=${() => this.stopping?.abort()}>
              <span aria-hidden="true">■</span> Stop
            </button>`
          : html`<button
              class=${ready ? 'go' : ''}
              aria-keyshortcuts="Control+Enter Meta+Enter"
              aria-disabled=${busy}
              @click=${this.#run}
            >
              <span aria-hidden="true">▶</span> Run checks
            </button>`
      }
      <span class="status"
        ><span class="keys">${shortcut('Enter')}${this.status && ' · '}</span>${this.status}
        ${this.canUndoReset ? html`<button class="link" @click=${this.#undoReset}>Undo</button>` : nothing}</span
      >
      <span class="spacer"></span>
      <button class="quiet" @click=${this.#reset} ?disabled=${busy}>Reset</button>
      <button class="quiet" @click=${this.#showSolution}>Solution</button>
    </div>`;
  }

  #summary() {
    const of = (/** @type {CheckView['state']} */ state) => this.checks.filter((check) => check.state === state).length;
    if (of('waiting') + of('running') > 0) return 'Checks';
    const skipped = of('skipped');
    const rest = skipped > 0 ? `; ${skipped} not run, because of those that did not end` : '';
    return `${of('passed')} of ${this.checks.length} checks pass${rest}`;
  }

  #results() {
    if (this.errors.length > 0 || this.problems.length > 0) return this.#faults();
    return html`<div class="results">
      <h4>${this.#summary()}</h4>
      <check-list
        .checks=${this.checks}
        @go-to=${(/** @type {CustomEvent<{line: number}>} */ event) => this.#goTo(event.detail.line)}
      ></check-list>
      <program-output .blocks=${this.output} ?cut=${this.cut}></program-output>
    </div>`;
  }

  /** @param {number} line */
  #lineLink(line) {
    return html`<button class="link" @click=${() => this.#goTo(line)}>line ${line}</button>&nbsp;`;
  }

  #faults() {
    return html`<div class="results faults">
      <h4>
        ${
          this.errors.length > 0
            ? `It does not compile yet: ${count(this.errors.length, 'error')}`
            : 'It does not run yet'
        }
      </h4>
      <ul>
        ${this.errors.map(({ lines, message }) => html`<li>${lines.map((line) => this.#lineLink(line))} ${message}</li>`)}
        ${this.problems.map((problem) => html`<li>${problem}</li>`)}
      </ul>
    </div>`;
  }

  render() {
    if (this.failure)
      return html`<div class="card">
        <slot></slot>
        <p class="problem">${this.failure} <button class="link" @click=${this.#fetch}>Try again</button></p>
      </div>`;
    const { challenge } = this;
    if (!challenge) return html`<slot></slot>`;
    return html`<section class="card" aria-labelledby="title">
      ${this.#head(challenge)}
      <div class="columns">
        ${this.#task(challenge)}
        <div class="work" @focusin=${this.#focused}>
          <code-editor
            label="Your C code for ${challenge.title}. Tab indents; Escape, then Tab, leaves the editor."
            @edit=${this.#edited}
            @run=${this.#run}
          ></code-editor>
          <p class="way-out">Tab indents. <kbd>Esc</kbd>, then <kbd>Tab</kbd>, leaves the editor.</p>
          ${this.#toolbar()}
          <compiler-offer ?hidden=${!compiler.offered}></compiler-offer>
          ${this.#results()}
        </div>
      </div>
      ${
        this.solved
          ? html`<div class="take-away">
              <h4>Take away</h4>
              <div class="prose">${unsafeHTML(challenge.take_away)}</div>
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
      program-output {
        margin-top: 0.8rem;
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
