/* Clang's diagnostics, from its text to places in the editor. The text is that of -fdiagnostics-parseable-fixits and
 * -fdiagnostics-print-source-range-info:
 *     main.c:6:31:{6:31-6:34}{6:24-6:27}: warning: message [-Wformat]
 *     fix-it:"main.c":{6:24-6:26}:"%f"
 * Lines and columns count from 1, columns in bytes of UTF-8; offsets here count from 0 in UTF-16, as editors do. */

import { plainWords } from './plain-words.js';
import { compilerDiagnostics as strings } from '../strings/strings.js';

/**
 * @typedef {{line: number, column: number, endLine: number, endColumn: number}} SourceRange
 * @typedef {{range: SourceRange, text: string}} SourceFix
 * @typedef {{file: string, line: number, column: number, severity: 'error' | 'warning' | 'note', message: string,
 *            flag: string, ranges: SourceRange[], fixes: SourceFix[], notes: RawDiagnostic[]}} RawDiagnostic
 * @typedef {{from: number, to: number, insert: string}} Change
 * @typedef {object} Diagnostic
 * @property {number} from offset in the learner's text
 * @property {number} to
 * @property {number} line from 1; 0 if the fault lies in no line of the learner's
 * @property {'error' | 'warning'} severity
 * @property {string} message
 * @property {string} plain what it means, in plain words; '' where there is nothing to add
 * @property {string[]} notes
 * @property {{label: string, changes: Change[]}[]} fixes what clang offers to change
 */

const HEAD =
  /^(?:(.+?):(\d+):(\d+):(?:((?:\{\d+:\d+-\d+:\d+\})+):)? )?(fatal error|error|warning|note): (.*?)(?: \[(-W[^\]]+)\])?$/;
const RANGE = /\{(\d+):(\d+)-(\d+):(\d+)\}/g;
const FIX = /^fix-it:"(?:[^"\\]|\\.)*":\{(\d+):(\d+)-(\d+):(\d+)\}:"((?:[^"\\]|\\.)*)"$/;

/** @param {string[]} numbers */
const toRange = (numbers) => {
  const [line, column, endLine, endColumn] = numbers.map(Number);
  return { line, column, endLine, endColumn };
};

/** @param {string} text as clang writes it between quotes */
const unescape = (text) =>
  text.replace(/\\(n|t|"|\\|[0-7]{3})/g, (_, c) =>
    c === 'n' ? '\n' : c === 't' ? '\t' : c.length === 3 ? String.fromCharCode(parseInt(c, 8)) : c,
  );

/**
 * @param {RegExpExecArray} match of HEAD
 * @returns {RawDiagnostic}
 */
function fromHead([, file, line, column, ranges, severity, message, flag]) {
  return {
    file: file ?? '',
    line: Number(line ?? 0),
    column: Number(column ?? 0),
    severity: severity === 'fatal error' ? 'error' : /** @type {'error' | 'warning' | 'note'} */ (severity),
    message,
    flag: flag ?? '',
    fixes: [],
    notes: [],
    ranges: [...(ranges ?? '').matchAll(RANGE)].map((numbers) => toRange(numbers.slice(1))),
  };
}

/**
 * @param {string} text what clang wrote to standard error
 * @returns {RawDiagnostic[]} notes stand under what they explain
 */
export function parseDiagnostics(text) {
  /** @type {RawDiagnostic[]} */
  const all = [];
  /** @type {RawDiagnostic | null} */
  let last = null;
  for (const line of text.split('\n')) {
    const head = HEAD.exec(line);
    const fix = head ? null : FIX.exec(line);
    if (head) {
      last = fromHead(head);
      if (last.severity === 'note' && all.length > 0) all[all.length - 1].notes.push(last);
      else all.push(last);
    } else if (fix && last) {
      last.fixes.push({ range: toRange(fix.slice(1, 5)), text: unescape(fix[5]) });
    }
  }
  return all;
}

/** Where clang's lines and columns lie in a text. */
class Places {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.starts = [0];
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.starts.push(i + 1);
  }

  /**
   * @param {number} line
   * @param {number} column
   */
  offset(line, column) {
    let at = this.starts[Math.min(line, this.starts.length) - 1] ?? 0;
    for (let bytes = column - 1; bytes > 0 && at < this.text.length && this.text[at] !== '\n';) {
      const point = /** @type {number} */ (this.text.codePointAt(at));
      bytes -= point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      at += point > 0xffff ? 2 : 1;
    }
    return at;
  }

  /**
   * What to underline: the range that clang names on that line, else the word there, else one character.
   * @param {RawDiagnostic} of
   */
  span(of) {
    const at = this.offset(of.line, of.column);
    const range = of.ranges.find(({ line, endLine }) => line === of.line && endLine === of.line);
    if (range) {
      const from = this.offset(range.line, range.column),
        to = this.offset(range.endLine, range.endColumn);
      if (from < to) return { from: Math.min(from, at), to: Math.max(to, at) };
    }
    const word = /^(\w+|[^\s])/.exec(this.text.slice(at, at + 200));
    if (word) return { from: at, to: at + word[0].length };
    return {
      from: Math.max(at - 1, this.starts[of.line - 1] ?? 0),
      to: at,
    }; /* a missing semicolon, at the line's end */
  }

  /** @param {SourceFix} fix */
  change({ range, text }) {
    return {
      from: this.offset(range.line, range.column),
      to: this.offset(range.endLine, range.endColumn),
      insert: text,
    };
  }
}

/**
 * @param {RawDiagnostic} of
 * @param {Places} places
 */
function fixesOf(of, places) {
  return [of, ...of.notes]
    .filter(({ fixes }) => fixes.length > 0)
    .map((one) => ({
      label: one === of ? strings.fixIt : one.message,
      changes: one.fixes.map((fix) => places.change(fix)),
    }));
}

/**
 * Places for the editor. While there is an error, warnings are left out: they are often its consequences.
 * @param {string} stderr
 * @param {string} text the learner's
 * @param {string} file its name, as clang knows it
 * @returns {Diagnostic[]}
 */
export function diagnose(stderr, text, file) {
  const raw = parseDiagnostics(stderr);
  const failed = raw.some(({ severity }) => severity === 'error');
  const places = new Places(text);
  return raw
    .filter(({ severity }) => !failed || severity === 'error')
    .map((of) => {
      const own = of.file === file;
      return {
        ...(own ? places.span(of) : { from: 0, to: 0 }),
        line: own ? of.line : 0,
        severity: of.severity === 'error' ? 'error' : 'warning',
        message: own || of.file === '' ? of.message : strings.in(of.message, of.file.replace(/^.*\/include\//, '')),
        plain: plainWords(of.message),
        notes: of.notes.map((note) => (note.file === file ? strings.line(note.line, note.message) : note.message)),
        fixes: own ? fixesOf(of, places) : [],
      };
    });
}

/** @typedef {'checks' | 'lab'} Caller what the learner's code is linked with */

/**
 * A main of the learner's would do no harm here, but natively there can be only one: a file is right in both or in none.
 * `laymanz check` says the same (src/cli/report.c).
 * @param {string} traced what wasm-ld says of the names that tools.js has it trace
 * @param {Caller} caller
 * @returns {string[]} the sentence, if there is one
 */
export function definesMain(traced, caller) {
  if (!/^main\.o: definition of /m.test(traced)) return [];
  return [caller === 'lab' ? strings.mainInLab : strings.mainInChecks];
}

/**
 * Sentences for what the linker refuses. It knows names and no lines.
 * @param {string} stderr of wasm-ld
 * @param {string} expected the names' declaration, for the learner: what the caller calls
 * @param {Caller} caller
 * @returns {string[]}
 */
export function explainLink(stderr, expected, caller) {
  const problems = new Set();
  for (const line of stderr.split('\n')) {
    const missing = /undefined symbol: (\S+)/.exec(line);
    const double = /duplicate symbol: (\S+)/.exec(line);
    const mismatch = /function signature mismatch: (\S+)/.exec(line);
    if (missing && line.includes('main.o'))
      problems.add(strings.yourCodeCallsWhich(missing[1]));
    else if (missing)
      problems.add(
        (caller === 'lab' ? strings.noFunctionForLab : strings.noFunctionForChecks)(missing[1], expected),
      );
    else if (double)
      problems.add(
        (caller === 'lab' ? strings.nameTakenByLab : strings.nameTakenByChecks)(double[1]),
      );
    else if (mismatch)
      problems.add(
        (caller === 'lab' ? strings.notAsLabUses : strings.notAsChecksUse)(mismatch[1], expected),
      );
  }
  if (problems.size === 0)
    for (const line of stderr.split('\n'))
      if (line.includes('error:')) problems.add(line.replace(/^.*?error: /, strings.theLinkerSays));
  return [...problems];
}
