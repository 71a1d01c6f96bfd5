/** The library in the editor: typing ml_ offers its names with signature and comment, resting on one shows them. */
import { autocompletion, closeCompletion, completionKeymap } from '@codemirror/autocomplete';
import { Prec } from '@codemirror/state';
import { hoverTooltip, keymap } from '@codemirror/view';
import { siteJson } from '../lib/site.js';
import { libraryHelp as strings } from '../strings/strings.js';

/** @typedef {{name: string, kind: 'function' | 'type' | 'macro', signature: string, comment: string, header: string}} ApiEntry */
/** @typedef {import('@codemirror/view').EditorView} EditorView */

const NAME = /\b(?:ml_|ML_)\w*/;

/** @type {Promise<Map<string, ApiEntry>> | null} */
let library = null;

/** Every name of the library, fetched when first asked for; empty where it cannot be had, and then asked for again. */
function names() {
  library ??= siteJson('data/ml-api.json').then(
    (/** @type {ApiEntry[]} */ all) => new Map(all.map((entry) => [entry.name, entry])),
    () => {
      library = null;
      return new Map();
    },
  );
  return library;
}

/** @param {ApiEntry} entry */
function card({ signature, comment, header }) {
  const dom = document.createElement('div');
  dom.className = 'library-help';
  for (const [name, text] of [
    ['signature', signature],
    ['comment', comment],
    ['header', strings.mlH(header)],
  ]) {
    const part = document.createElement('div');
    part.className = name;
    part.textContent = text;
    dom.append(part);
  }
  return dom;
}

/**
 * A function's name comes with its parentheses, and the cursor between them, unless they are there.
 * @param {EditorView} view
 * @param {ApiEntry} entry
 * @param {number} from
 * @param {number} to
 */
function insert(view, { name, kind }, from, to) {
  const called = kind !== 'type' && view.state.sliceDoc(to, to + 1) !== '(';
  view.dispatch({
    changes: { from, to, insert: called ? `${name}()` : name },
    selection: { anchor: from + name.length + (called ? 1 : 0) },
    userEvent: 'input.complete',
  });
}

/** @type {import('@codemirror/autocomplete').CompletionSource} */
async function complete(context) {
  const word = context.matchBefore(NAME);
  if (!word) return null;
  const options = [...(await names()).values()].map((entry) => ({
    label: entry.name,
    boost: /_(scalar|simd128)$/.test(entry.name) ? -1 : 0 /* the plain name is the one to call */,
    info: () => card(entry),
    apply: (
      /** @type {EditorView} */ view,
      /** @type {any} */ _,
      /** @type {number} */ from,
      /** @type {number} */ to,
    ) => insert(view, entry, from, to),
  }));
  return { from: word.from, options, validFor: /^\w*$/ };
}

/** @type {import('@codemirror/view').HoverTooltipSource} */
async function describe(view, pos) {
  const { from, text } = view.state.doc.lineAt(pos);
  for (const match of text.matchAll(new RegExp(NAME, 'g'))) {
    const start = from + match.index,
      end = start + match[0].length;
    if (pos < start || pos > end) continue;
    const entry = (await names()).get(match[0]);
    return entry ? { pos: start, end, above: true, create: () => ({ dom: card(entry) }) } : null;
  }
  return null;
}

/** Escape closes the list, and goes on: it also announces that the next Tab leaves the editor. */
const keys = completionKeymap.map((binding) =>
  binding.key === 'Escape'
    ? {
        key: 'Escape',
        run: (/** @type {EditorView} */ view) => {
          closeCompletion(view);
          return false;
        },
      }
    : binding,
);

export const libraryHelp = [
  autocompletion({ override: [complete], icons: false, defaultKeymap: false }),
  Prec.highest(keymap.of(keys)),
  hoverTooltip(describe),
];
