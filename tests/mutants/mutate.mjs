/* Small changes to a C file, each the kind of slip that a person makes. Works on tokens: comments, strings and
 * preprocessor lines stay as they are. */

const KINDS = {
  space: /\s+|\/\*[^]*?\*\/|\/\/[^\n]*|^[ \t]*#(?:[^\n\\]|\\[^])*/,
  text: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/,
  number: /\.?\d(?:[eEpP][+-]|[\w.])*/,
  word: /[A-Za-z_]\w*/,
  mark: /->|\+\+|--|<<=?|>>=?|[-+*/%&|^<>=!]=|&&|\|\||[^]/,
};
const TOKEN = new RegExp(
  Object.entries(KINDS)
    .map(([kind, { source }]) => `(?<${kind}>${source})`)
    .join('|'),
  'gmy',
);

/** @typedef {{kind: string, text: string, at: number}} Token */

/**
 * @param {string} source
 * @returns {Token[]} without blanks and comments
 */
export function tokens(source) {
  const found = [];
  for (const match of source.matchAll(TOKEN)) {
    const [kind] = Object.entries(match.groups).find(([, text]) => text !== undefined);
    if (kind !== 'space') found.push({ kind, text: match[0], at: match.index });
  }
  return found;
}

const OPERATORS = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '+=': ['-='],
  '-=': ['+='],
  '*=': ['/='],
  '/=': ['*='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
  '&&': ['||'],
  '||': ['&&'],
  '++': ['--'],
  '--': ['++'],
  '!': [''],
  '<<': ['>>'],
  '>>': ['<<'],
};

/* The lesson of many a challenge lies in the width of a type. */
const TYPES = { float: ['double'], double: ['float'] };

/** @param {string} text of a number */
function otherNumbers(text) {
  if (/^\d+$/.test(text)) {
    const n = Number(text);
    return [...new Set([n + 1, n - 1, 0])]
      .filter((other) => other !== n)
      .map((other) => (other < 0 ? `(${other})` : `${other}`));
  }
  return [`(${text} + 1)`, `(${text} - 1)`, ...(Number.parseFloat(text) === 0 ? [] : ['0'])];
}

const STARTS_DECLARATION =
  /^(?:const|static|volatile|(?:un)?signed|int|long|short|char|float|double|void|bool|struct|enum|union|\w+_t|FILE)$/;
const STARTS_BRANCH = /^(?:if|for|while|switch|do|else|case|default)$/;

/**
 * Whether a statement that could stand alone starts at token i.
 * @param {Token[]} list
 * @param {number} i
 * @param {Map<number, {at: number, word: string}>} heads
 */
function startsStatement(list, i, heads) {
  const before = list[i - 1]?.text;
  const afterHead = heads.has(i - 1) || ['{', '}', ';', 'else', 'do'].includes(before);
  const { kind, text } = list[i];
  if (!afterHead || STARTS_DECLARATION.test(text) || STARTS_BRANCH.test(text)) return false;
  return kind === 'word' || ['*', '(', '++', '--'].includes(text);
}

/** The tokens that close the heads of branches and loops, with where each opens and of what it is the head; and how
 * many braces are open before each token. */
function structure(list) {
  const heads = new Map(),
    depth = [],
    open = [];
  let braces = 0;
  list.forEach(({ text }, i) => {
    depth[i] = braces;
    if (text === '{') braces++;
    if (text === '}') braces--;
    if (text === '(') open.push({ at: i, word: list[i - 1]?.text });
    if (text !== ')') return;
    const { at, word } = open.pop() ?? {};
    if (/^(?:if|for|while|switch)$/.test(word)) heads.set(i, { at, word });
  });
  return { heads, depth };
}

/** The index of the semicolon that ends the statement at i, or -1. */
function endOf(list, i) {
  for (let k = i, depth = 0; k < list.length; k++) {
    if (list[k].text === '(') depth++;
    if (list[k].text === ')') depth--;
    if (list[k].text === '{' || list[k].text === '}' || depth < 0) return -1;
    if (list[k].text === ';' && depth === 0) return k;
  }
  return -1;
}

/**
 * The changes, each as a range of characters and what stands there instead.
 * @param {string} source
 * @returns {{from: number, to: number, by: string}[]}
 */
function changes(source) {
  const list = tokens(source),
    { heads, depth } = structure(list),
    found = [];
  const start = (i) => list[i].at,
    end = (i) => list[i].at + list[i].text.length;
  const replace = (from, to, by) => found.push({ from, to, by });
  const changeToken = ({ kind, text }, i) => {
    const table = { number: () => otherNumbers(text), mark: () => OPERATORS[text], word: () => TYPES[text] }[kind];
    for (const other of table?.() ?? []) replace(start(i), end(i), other);
  };
  const changeHead = ({ at, word }, close) => {
    if (word !== 'if' && word !== 'while') return;
    replace(end(at), start(close), `!(${source.slice(end(at), start(close))})`);
  };
  const changeStatement = (i, last) => {
    if (list[i].text !== 'return') return replace(start(i), end(last), ';');
    const value = source.slice(start(i + 1), start(last));
    for (const other of last > i + 1 ? ['0', '1'] : []) if (value !== other) replace(start(i + 1), start(last), other);
  };
  list.forEach((token, i) => {
    if (depth[i] === 0) return; /* what stands outside of bodies is the agreement with the caller */
    changeToken(token, i);
    if (heads.has(i)) changeHead(heads.get(i), i);
    const last = startsStatement(list, i, heads) ? endOf(list, i) : -1;
    if (last >= 0) changeStatement(i, last);
  });
  return found;
}

/**
 * @param {string} source
 * @returns {{line: number, change: string, text: string}[]} each with the whole text after the change
 */
export function mutants(source) {
  const shown = (text) => text.replace(/\s+/g, ' ');
  return changes(source).map(({ from, to, by }) => {
    const old = shown(source.slice(from, to));
    return {
      line: source.slice(0, from).split('\n').length,
      change: by === '' || by === ';' ? `remove ${old}` : `${old} -> ${shown(by)}`,
      text: source.slice(0, from) + by + source.slice(to),
    };
  });
}
