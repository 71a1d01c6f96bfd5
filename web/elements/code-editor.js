/** A C editor: highlighting, brackets, undo, and what clang says at the place where it says it. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, undo } from '@codemirror/commands';
import { cpp } from '@codemirror/lang-cpp';
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  WidgetType,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { css, html, LitElement } from 'lit';
import { libraryHelp } from './library-help.js';
import { base, code } from './shared.js';
import { codeEditor as strings } from '../strings/strings.js';

/** @typedef {import('../compiler/diagnostics.js').Diagnostic} Diagnostic */
/** @typedef {{label: string, changes: import('../compiler/diagnostics.js').Change[]}} Offer */
/**
 * @typedef {object} LineNote
 * @property {number} line
 * @property {'error' | 'warning'} severity
 * @property {string} message
 * @property {string} [plain] what it means
 * @property {string[]} [notes] what clang adds
 * @property {Offer[]} [fixes] what it offers to change, at places in the text as it was compiled
 */

/* --- What is said under a line ----------------------------------------------------------------------------------- */

class NoteWidget extends WidgetType {
  /** @param {LineNote} note */
  constructor(note) {
    super();
    this.note = note;
  }

  /** @param {NoteWidget} other */
  eq(other) {
    return JSON.stringify(other.note) === JSON.stringify(this.note);
  }

  /** @param {EditorView} view */
  toDOM(view) {
    const { severity, message, plain, notes, fixes } = this.note;
    const row = document.createElement('div'),
      note = document.createElement('div');
    row.className = 'note-row'; /* its space is padding: the editor does not measure a widget's margins */
    note.className = `note ${severity}`;
    const say = (/** @type {string} */ name, /** @type {string} */ text) => {
      const part = document.createElement('div');
      part.className = name;
      part.textContent = text;
      note.append(part);
    };
    say('message', message);
    if (plain) say('plain', plain);
    for (const text of notes ?? []) say('aside', text);
    if (fixes?.length) note.append(...fixes.map((offer) => this.#button(view, offer)));
    row.append(note);
    return row;
  }

  /**
   * @param {EditorView} view
   * @param {Offer} offer
   */
  #button(view, { label, changes }) {
    const button = document.createElement('button');
    button.className = 'fix';
    button.textContent = label;
    button.addEventListener('click', () => {
      view.dispatch({ changes, userEvent: 'input.fix' });
      view.focus();
    });
    return button;
  }
}

/** All that is to be said; `whileTyping` keeps it back on the line where the cursor is, which is not finished yet. */
const setNotes = /** @type {import('@codemirror/state').StateEffectType<{notes: LineNote[], whileTyping: boolean}>} */ (
  StateEffect.define()
);

/**
 * @typedef {{at: {from: number, note: LineNote}[], whileTyping: boolean,
 *   decorations: import('@codemirror/view').DecorationSet}} NoteState
 */

/**
 * @param {EditorState} state
 * @param {NoteState['at']} at
 * @param {boolean} whileTyping
 * @returns {NoteState}
 */
function place(state, at, whileTyping) {
  const cursor = state.doc.lineAt(state.selection.main.head).from;
  const seen = new Set();
  const widgets = at
    .filter(({ from, note }) => {
      const line = state.doc.lineAt(from).from;
      if (seen.has(line) || seen.has(note.message)) return false; /* once a line, and the same words once */
      seen.add(line).add(note.message);
      return !(whileTyping && line === cursor);
    })
    .map(({ from, note }) =>
      Decoration.widget({ widget: new NoteWidget(note), block: true, side: 1 }).range(state.doc.lineAt(from).to),
    );
  return { at, whileTyping, decorations: Decoration.set(widgets, true) };
}

/** @type {StateField<NoteState>} */
const noteField = StateField.define({
  create: (state) => place(state, [], false),
  update(value, { state, changes, docChanged, selection, effects }) {
    for (const effect of effects)
      if (effect.is(setNotes)) {
        const lines = state.doc.lines;
        const at = effect.value.notes
          .filter(({ line }) => line >= 1 && line <= lines)
          .map((note) => ({ from: state.doc.line(note.line).from, note }));
        return place(state, at, effect.value.whileTyping);
      }
    if (!docChanged && !selection) return value;
    /* What clang offers is at places of the text that it has seen. */
    const at = docChanged
      ? value.at.map(({ from, note }) => ({ from: changes.mapPos(from), note: { ...note, fixes: [] } }))
      : value.at;
    return place(state, at, value.whileTyping || docChanged);
  },
  provide: (field) => EditorView.decorations.from(field, ({ decorations }) => decorations),
});

/* --- The editor -------------------------------------------------------------------------------------------------- */

/** @param {Diagnostic} diagnostic */
const wholeMessage = ({ message, plain, notes }) => [message, plain, ...notes].filter((text) => text !== '').join('\n');

/**
 * @fires edit - CustomEvent<{ text: string }>, after every change of the text
 * @fires run - Ctrl+Enter or Cmd+Enter was pressed
 */
export class CodeEditor extends LitElement {
  static properties = { label: {}, describedBy: { attribute: 'described-by' } };

  constructor() {
    super();
    this.label = strings.code;
    this.describedBy = '';
    /** @type {EditorView | null} */
    this.view = null;
    this.initial = '';
  }

  /** The text that it starts with; once it stands, `text` reads it and `replace` changes it. */
  set value(/** @type {string} */ text) {
    this.initial = text;
    this.replace(text);
  }

  get value() {
    return this.view?.state.doc.toString() ?? this.initial;
  }

  firstUpdated() {
    const send = (/** @type {string} */ type) => {
      this.dispatchEvent(new CustomEvent(type));
      return true;
    };
    this.view = new EditorView({
      parent: /** @type {HTMLElement} */ (this.renderRoot.querySelector('.editor')),
      root: /** @type {ShadowRoot} */ (this.renderRoot),
      state: EditorState.create({
        doc: this.initial,
        extensions: [
          lineNumbers(),
          highlightActiveLineGutter(),
          highlightActiveLine(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          indentUnit.of('    '),
          EditorState.tabSize.of(4),
          cpp(),
          syntaxHighlighting(classHighlighter),
          noteField,
          libraryHelp,
          keymap.of([
            { key: 'Mod-Enter', run: () => send('run') },
            ...closeBracketsKeymap,
            ...lintKeymap,
            ...historyKeymap,
            ...defaultKeymap,
            indentWithTab,
          ]),
          EditorView.contentAttributes.of({
            'aria-label': this.label,
            tabindex: '0',
            spellcheck: 'false',
            autocapitalize: 'off',
            autocorrect: 'off',
            translate: 'no',
          }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged)
              this.dispatchEvent(new CustomEvent('edit', { detail: { text: update.state.doc.toString() } }));
          }),
        ],
      }),
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.initial = this.value;
    this.view?.destroy();
    this.view = null;
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated && !this.view) this.firstUpdated(); /* it was moved in the page */
  }

  /**
   * Another text in place of this one, as one change that can be undone.
   * @param {string} text
   */
  replace(text) {
    if (!this.view || text === this.value) return;
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      selection: { anchor: 0 },
      annotations: isolateHistory.of('full'),
    });
  }

  /** Takes back the last change. */
  undo() {
    if (this.view) undo(this.view);
  }

  focus() {
    this.view?.focus();
  }

  /**
   * Puts the cursor on a line and shows it.
   * @param {number} line from 1
   */
  goTo(line) {
    if (!this.view) return;
    const { doc } = this.view.state;
    const { from, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = from + text.length - text.trimStart().length;
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    this.view.focus();
  }

  /**
   * What clang says of `text`. Forgotten if the text has changed since.
   * @param {string} text
   * @param {Diagnostic[]} diagnostics
   * @param {LineNote[]} more what is to be said under a line besides: a trap
   * @param {boolean} whileTyping
   */
  show(text, diagnostics, more, whileTyping) {
    if (!this.view || text !== this.value) return;
    const { state } = this.view;
    const shown = diagnostics.filter(({ line }) => line > 0);
    this.view.dispatch(
      setDiagnostics(
        state,
        shown.map((diagnostic) => ({
          from: diagnostic.from,
          to: diagnostic.to,
          severity: diagnostic.severity,
          message: wholeMessage(diagnostic),
          actions: diagnostic.fixes.map(({ label, changes }) => ({
            name: label,
            apply: (/** @type {EditorView} */ view) => {
              if (view.state.doc.eq(state.doc)) view.dispatch({ changes, userEvent: 'input.fix' });
            },
          })),
        })),
      ),
    );
    this.view.dispatch({
      effects: setNotes.of({
        notes: [...shown, ...more],
        whileTyping,
      }),
    });
  }

  render() {
    return html`<div class="editor"></div>`;
  }

  static styles = [
    base,
    code,
    css`
      .editor {
        background: var(--code-ground);
      }
      .cm-editor {
        min-height: 17rem;
        max-height: 36rem;
        font-size: 0.8rem;
      }
      .cm-editor.cm-focused {
        outline: none;
      }
      .cm-editor.cm-focused::after {
        /* in front of the gutter, which an outline would run under */
        content: '';
        position: absolute;
        inset: 0;
        z-index: 300;
        border: 2px solid var(--focus);
        pointer-events: none;
      }
      .cm-editor .cm-scroller {
        font-variant-ligatures: none; /* i++ is two signs to type */
        font-family: var(--mono);
        line-height: 1.6;
        overflow: auto;
      }
      .cm-editor .cm-content {
        padding: 0.8rem 0;
        caret-color: var(--ink);
      }
      .cm-editor .cm-line {
        padding: 0 1rem 0 0.6rem;
      }
      .cm-editor .cm-gutters {
        background: var(--code-ground);
        color: var(--muted);
        border: 0;
      }
      .cm-editor .cm-lineNumbers .cm-gutterElement {
        min-width: 2.6rem;
        padding: 0 0.3rem 0 0.5rem;
      }
      .cm-editor.cm-focused .cm-activeLine {
        background: color-mix(in srgb, var(--ink) 4%, transparent);
      }
      .cm-editor .cm-activeLine {
        background: none;
      }
      .cm-editor .cm-activeLineGutter {
        background: none;
        color: var(--ink);
      }
      .cm-editor .cm-cursor {
        border-left-color: var(--ink);
        border-left-width: 2px;
      }
      .cm-editor .cm-scroller .cm-selectionLayer .cm-selectionBackground,
      .cm-editor.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground {
        background: color-mix(in srgb, var(--blue) 28%, transparent);
      }
      .cm-editor .cm-matchingBracket,
      .cm-editor.cm-focused .cm-matchingBracket {
        background: color-mix(in srgb, var(--teal) 22%, transparent);
        outline: 1px solid color-mix(in srgb, var(--teal) 55%, transparent);
      }
      .cm-editor .cm-nonmatchingBracket,
      .cm-editor.cm-focused .cm-nonmatchingBracket {
        background: var(--bad-soft);
      }
      .cm-editor .cm-lintRange {
        background-image: none;
        padding: 0;
      }
      .cm-editor .cm-lintRange-error {
        text-decoration: underline wavy var(--bad) 1.5px;
        text-underline-offset: 3px;
      }
      .cm-editor .cm-lintRange-warning {
        text-decoration: underline wavy var(--amber) 1.5px;
        text-underline-offset: 3px;
      }
      .cm-editor .cm-lintPoint::after {
        border-bottom-color: var(--bad);
      }
      .cm-editor .note-row {
        padding: 0.1rem 1rem 0.35rem 0.6rem;
      }
      .cm-editor .note {
        padding: 0.3rem 0.6rem;
        border-left: 3px solid var(--bad);
        border-radius: 0 var(--radius-small) var(--radius-small) 0;
        background: var(--bad-soft);
        color: var(--ink);
        font: 500 0.8rem/1.4 var(--ui);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .cm-editor .note.warning {
        border-left-color: var(--amber);
        background: color-mix(in srgb, var(--amber) 14%, var(--card));
      }
      .cm-editor .note .plain {
        font-weight: 400;
      }
      .cm-editor .note .aside {
        color: var(--muted);
        font-weight: 400;
      }
      .cm-editor .note .fix {
        margin: 0.3rem 0.4rem 0.1rem 0;
        padding: 0.25rem 0.6rem;
        min-height: 24px;
        border: 0;
        border-radius: 5px;
        background: var(--accent);
        color: var(--accent-ink);
        font: 600 0.75rem var(--ui);
        cursor: pointer;
      }
      .cm-editor .cm-tooltip.cm-tooltip-autocomplete > ul {
        font: 0.8rem/1.5 var(--mono);
        max-height: 14rem;
      }
      .cm-editor .cm-tooltip.cm-tooltip-autocomplete > ul > li {
        padding: 0.1rem 0.6rem;
      }
      .cm-editor .cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected] {
        background: var(--accent);
        color: var(--accent-ink);
      }
      .cm-editor .cm-completionMatchedText {
        text-decoration: none;
        font-weight: 600;
      }
      .cm-editor .cm-tooltip.cm-completionInfo {
        padding: 0;
      }
      .cm-editor .library-help {
        max-width: min(34rem, 80vw);
        max-height: 18rem;
        overflow: auto;
        padding: 0.5rem 0.75rem;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .cm-editor .library-help .signature {
        font: 500 0.78rem/1.5 var(--mono);
      }
      .cm-editor .library-help .comment {
        margin: 0.4rem 0;
      }
      .cm-editor .library-help .header {
        color: var(--muted);
        font-size: 0.75rem;
      }
      .cm-editor .cm-tooltip,
      .cm-editor .cm-panels {
        background: var(--card);
        color: var(--ink);
        border: 1px solid var(--rule);
        border-radius: var(--radius-small);
        box-shadow: var(--shadow);
        font: 400 0.82rem/1.4 var(--ui);
      }
      .cm-editor .cm-diagnostic {
        padding: 0.4rem 0.7rem;
        white-space: pre-wrap;
        border-left: 3px solid var(--bad);
        max-width: 30rem;
      }
      .cm-editor .cm-diagnostic-warning {
        border-left-color: var(--amber);
      }
      .cm-editor .cm-diagnosticAction {
        background: var(--accent);
        color: var(--accent-ink);
        border-radius: 5px;
        font: 600 0.75rem var(--ui);
        padding: 0.25rem 0.5rem;
      }
    `,
  ];
}

customElements.define('code-editor', CodeEditor);
