/* What the editor knows of the library is what clang knows: every public function and type that ml.h declares is in it,
 * with a comment, and each signature is one that the compiler accepts beside the header's own.
 *
 * Usage: node ml-api.mjs */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { filesUnder } from '../../web/compiler/objects.mjs';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { runTool, syntaxFlags } from '../../web/compiler/tools.js';
import { FileLayer } from '../../web/compiler/wasi.js';
import { readApi, readHeader } from '../../web/site/ml-api.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const headers = new Map(
  filesUnder(root, 'src/ml', ['.h']).map((path) => [
    path.replace(/^src\/ml/, 'usr/include/laymanz'),
    readFileSync(`${root}/${path}`),
  ]),
);
const { llvm, system } = await loadCompiler();
const layers = [system, new FileLayer(headers)];
const api = readApi(root);
let passed = 0,
  failed = 0;
/** @param {string} name @param {string[]} problems */
function report(name, problems) {
  problems.length === 0 ? passed++ : failed++;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name}${problems.map((one) => `\n     ${one}`).join('')}`);
}

/** The names that ml.h declares at the top level, as clang lists them. */
function names(kind) {
  const { out } = runTool(llvm, layers, [...syntaxFlags('main.c'), '-ast-dump=json'], {
    'main.c': '#include <ml.h>\n',
  });
  return JSON.parse(out)
    .inner.filter((one) => one.kind === kind && /^ml_/.test(one.name ?? ''))
    .map((one) => one.name);
}
const known = new Map(api.map((entry) => [entry.name, entry]));
const unknown = (kind, ours) =>
  [...new Set(names(kind))].filter((name) => known.get(name)?.kind !== ours).map((name) => `${name} is missing`);
report('every function is in it', unknown('FunctionDecl', 'function'));
report('every type is in it', unknown('TypedefDecl', 'type'));
const functions = api.filter(({ kind }) => kind === 'function');
report('it holds more than a few', functions.length > 100 ? [] : [`${functions.length} functions`]);
report(
  'each has a comment',
  api.filter(({ comment }) => comment === '').map(({ name, header }) => `${name} in ${header}`),
);
report(
  'no comment keeps the signs of a comment',
  api.filter(({ comment }) => /\/\*|\*\/|^ \*/m.test(comment)).map(({ name }) => name),
);
const repeated = `#include <ml.h>\n${functions.map(({ signature }) => `${signature.replaceAll('\n', ' ')};\n`).join('')}`;
const { err } = runTool(llvm, layers, [...syntaxFlags('main.c'), '-Werror'], { 'main.c': repeated });
report(
  'each signature is the header’s',
  err.split('\n').filter((line) => /(error|warning):/.test(line)),
);

/* The reader of headers, on what is hard about them. */
const SAMPLE = `/* What the file is about. */
#ifndef ML_SAMPLE_H
#define ML_SAMPLE_H

#include "base/status.h"

/* A comment about nothing that follows. */

/* --- Some of them ------------ */

typedef struct ml_pair {
    int a; /* first */
    struct { int b; } inner;
} ml_pair; /* behind it */

/* Two share this.
 *   n  how many */
int ml_one(size_t n,
           const ml_pair *pair);
void ml_two(void);

void ml_three(void);
static inline int ml_four(int x) { if (x > 0) { return 1; } return 0; }

#define ML_ITSELF 1
/* Three of one kind. */
#define ML_LIST(a, b) \\
    ml_one(a, b)

/* Called back. */
typedef bool ml_called(const ml_pair *pair, void *user);

typedef int ml_last; /* behind its line */
extern int hidden;
#endif
`;
const read = readHeader(SAMPLE, 'sample.h').map(({ name, kind, comment }) => `${kind} ${name}: ${comment}`);
const expected = [
  'type ml_pair: behind it',
  'function ml_one: Two share this.\n  n  how many',
  'function ml_two: Two share this.\n  n  how many',
  'function ml_three: Some of them',
  'function ml_four: Some of them',
  'macro ML_LIST: Three of one kind.',
  'type ml_called: Called back.',
  'type ml_last: behind its line',
];
report('a header is read', JSON.stringify(read) === JSON.stringify(expected) ? [] : read);

console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
