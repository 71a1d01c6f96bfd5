/* What a learner is told about a program that does not compile, or compiles and is not what was meant: small programs
 * with a beginner's error each, through the page's own clang, and the plain sentence that must follow its message. Each
 * entry of the table must be met by one of them, and clang's own offers must mend what they say they mend.
 *
 * Usage: node diagnostics.mjs [BUILD FOLDER] */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { libraryFiles } from '../../web/compiler/library.mjs';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { PLAIN_WORDS } from '../../web/compiler/plain-words.js';
import { FileLayer } from '../../web/compiler/wasi.js';
import { Workshop } from '../../web/compiler/workshop.js';
import { findChallenges } from '../../web/site/challenges.mjs';

/** The body of `int answer(int n, int *x, const float *f)`, on line 8; `head` stands on line 6. */
const body = (code, head = '') => `#include <ml.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${head}
int answer(int n, int *x, const float *f) { (void)n; (void)x; (void)f;
${code}
}
`;

/** @type {[string, string, RegExp][]} what is wrong, the program, the plain sentence */
const CASES = [
  ['missing semicolon', body('int a = n\nreturn a;'), /ends with a semicolon/],
  ['missing semicolon at the end', body('return n'), /ends with a semicolon/],
  ['commas in a for loop', body('for (int i : x) {}\nreturn 0;'), /three parts with semicolons/],
  ['missing parenthesis', body('return (n + 1;'), /parenthesis has no partner/],
  ['Python for', body('for i in range(n):\n  pass\nreturn 0;'), /stands in parentheses/],
  ['missing bracket', body('return x[0;'), /square bracket has no partner/],
  ['missing brace', body('if (n) {\nreturn 1;'), /brace has no partner/],
  ['missing comma', body('int a[2] = {1 2};\nreturn a[0];'), /comma may be missing/],
  ['brace too many', body('return 1;\n}'), /one } too many/],
  ['text not closed', body('printf("hi);\nreturn 0;'), /unfinished text/],
  ['else without if', body('if (n)\n n = 1; n = 2;\nelse n = 3;\nreturn n;'), /else that has lost its if/],
  ['decimal comma', body('return n;', 'static const double pi = 3,14;'), /decimal comma/],
  ['== in a declaration', body('int a == 3;\nreturn a;'), /One = gives a variable its value/],
  ['2n', body('return 2n;'), /write `2 \* n`/],
  ['function in a function', body('int inner(int k) { return k; }\nreturn n;'), /no functions inside functions/],

  ['undeclared name', body('return m;'), /must be declared/],
  ['undeclared type', 'integre answer(void);\n', /must be declared/],
  ['misspelt return', body('retrun n;'), /typing slip/],
  ['forgotten stddef.h', 'int answer(void) { size_t n = 0; return n > 0; }\n', /#include <stddef\.h>/],
  ['forgotten stdint.h', 'uint32_t answer(void);\n', /#include <stdint\.h>/],
  ['forgotten stdbool.h', 'int answer(void) { bool b = 1; return b; }\n', /#include <stdbool\.h>/],
  ['forgotten math.h', 'double answer(double x) { return x > 0 ? x : NAN; }\n', /#include <math\.h>/],
  ['forgotten ml.h', 'ml_rng answer(void);\n', /#include <ml\.h>/],
  ['C++', body('std::vector v;\nreturn 0;'), /That is C\+\+/],
  ['string', body('string s = "a";\nreturn 0;'), /no type for text/],
  ['implicit declaration', body('return seven(n);'), /from top to bottom/],
  ['implicit declaration of a library function', 'int answer(void) { return ml_seven(); }\n', /type ml_ for a list/],
  ['forgotten string.h', 'int answer(const char *s) { return (int)strlen(s); }\n', /#include <string\.h>/],
  ['elseif', body('if (n) return 1; elseif (n > 2) return 2; return 0;'), /two words/],
  ['header that is not there', '#include <ml/ml.h>\n', /no such header/],
  ['misspelt include', '#inclde <stdio.h>\n', /begins with #/],
  ['declared twice', body('int a = 1;\nint a = 2;\nreturn a;'), /`a = \.\.\.;`/],
  ['two types', body('return 0;', 'float answer(int n);'), /declared twice with different types/],
  ['no such field', body('ml_arena a = {0};\nreturn (int)a.use;'), /only the fields/],
  ['dot through a pointer', body('ml_arena a = {0}, *p = &a;\nreturn (int)p.used;'), /an arrow/],
  ['arrow without pointer', body('ml_arena a = {0};\nreturn (int)a->used;'), /by a dot/],

  ['wrong pointer type', body('float *p = x;\nreturn *p > 0;'), /point to different types/],
  ['number for an address', body('x = n;\nreturn *x;'), /number is given where an address/],
  ['address for a number', body('int p = x;\nreturn p;'), /address is given where a number/],
  ['address against number', body('if (x == n) return 1;\nreturn 0;'), /address is compared with a number/],
  ['value for a pointer', body('ml_rng r = ml_rng_seed(1, 0);\nreturn (int)ml_rng_next(r);'), /put & before/],
  ['power', body('return n ** 2;'), /no \*\* for powers/],
  ['index into a number', body('return n[0];'), /Only arrays and pointers/],
  ['forgotten *', body('return n(3);'), /no function, so it cannot be called/],
  ['const dropped', body('float *g = f;\nreturn g[0] > 0;'), /only to be read/],
  ['const written', body('f[0] = 1.0f;\nreturn 0;'), /declared `const`/],
  ['const variable', body('const int k = 1;\nk = 2;\nreturn k;'), /declared `const`/],
  ['sum on the left', body('n + 1 = 3;\nreturn n;'), /left of =/],
  ['void variable', body('void v = n;\nreturn 0;'), /no value at all/],
  ['values for a length unknown', body('int a[n] = {1};\nreturn a[0];'), /fill it in a loop/],
  ['length of a parameter', body('return (int)(sizeof(x) / sizeof(x[0]));'), /length is lost/],

  ['too many arguments', body('return abs(n, n);'), /Count the values/],
  ['missing return', body('if (n) return 1;'), /Add a `return`/],
  ['return without value', 'int answer(void) { return; }\n', /promises a value/],
  ['value from void', 'void answer(void) { return 1; }\n', /has no result/],
  ['unused result', body('malloc(3);\nreturn 0;'), /whole point of this call/],
  ['address of a local', 'int *answer(void) { int k = 0; return &k; }\n', /gone once its function returns/],

  ['= for ==', body('if (n = 3) return 1;\nreturn 0;'), /write ==/],
  ['== for =', body('n == 3;\nreturn n;'), /Two = only ask/],
  ['statement without effect', body('n + 1;\nreturn n;'), /throws it away/],
  ['sum not set to 0', body('int s;\nfor (int i = 0; i < n; i++) s += i;\nreturn s;'), /0 for a sum/],
  ['semicolon after for', body('for (int i = 0; i < n; i++);\n x[0] = 1;\nreturn 0;'), /whole body/],
  ['semicolon after if', body('if (n);\n x[0] = 1;\nreturn 0;'), /whole body/],
  ['indentation', body('if (n)\n  n = 1;\n  n = 2;\nreturn n;'), /Put \{ \} around both/],
  ['chained comparison', body('if (1 < n < 3) return 1;\nreturn 0;'), /a < b && b < c/],
  ['precedence', body('return n & 1 == 0;'), /computes the comparison first/],
  ['not', body('if (!n == 3) return 2;\nreturn 0;'), /write `!\(a == b\)`/],
  ['^ for a power', body('return 2 ^ 3;'), /exclusive or/],
  ['too few values', body('printf("%d %d", n);\nreturn 0;'), /as many %/],
  ['wrong format', body('printf("%d", 1.5);\nreturn 0;'), /letter after the %/],
  ['index past the end', body('int a[3] = {0};\nreturn a[3];'), /0 to n - 1/],
  ['division by zero', body('return n / 0;'), /test the divisor/],
  ['abs of a float', body('return (int)abs(f[0]);'), /`fabs`/],
  ['too large', body('int k = 3000000000;\nreturn k;'), /another one is stored/],
  ['text in single quotes', body("char c = 'hello';\nreturn c;"), /one character/],
  ['texts compared', body('const char *s = "a";\nif (s == "a") return 1;\nreturn 0;'), /strcmp/],
  ['break outside', body('break;\nreturn n;'), /no loop around/],
  [
    'hidden variable',
    body('int s = 0;\nfor (int i = 0; i < n; i++) { int s = i; s++; }\nreturn s;'),
    /same name hides/,
  ],
];

/** @type {[string, string, string, string][]} what is wrong, the program, the offer's label, what it makes of it */
const OFFERS = [
  ['a semicolon', body('return n'), 'Fix it', body('return n;')],
  ['a misspelt word', body('retrun n;'), 'Fix it', body('return n;')],
  [
    'an = too few',
    body('if (n = 3) return 1;\nreturn 0;'),
    "use '==' to turn this assignment into an equality comparison",
    body('if (n == 3) return 1;\nreturn 0;'),
  ],
  ['a format', body('printf("é %d", 1.5);\nreturn 0;'), 'Fix it', body('printf("é %f", 1.5);\nreturn 0;')],
];

/** Right answers in a style that is nobody's fault: nothing must be said about them. */
const QUIET = [
  body('size_t k = 3;\nfor (int i = 0; i < k; i++) x[i] = 0;\nreturn 0;'),
  body('ml_rng r = {0};\nreturn (int)r.word[0];'),
  'int answer(int n, int *x) { return n; }\n',
];

let passed = 0,
  failed = 0;
/** @param {string} name @param {string} problem '' if there is none */
function report(name, problem) {
  problem === '' ? passed++ : failed++;
  console.log(`${problem === '' ? 'ok  ' : 'FAIL'} ${name}${problem && `: ${problem}`}`);
}

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const { llvm, system } = await loadCompiler();
const library = await libraryFiles(join(process.argv[2] ?? join(root, 'build'), 'compiler-objects', 'library'));
const workshop = new Workshop(llvm, [system, new FileLayer(library)]);
const said = (/** @type {import('../../web/compiler/diagnostics.js').Diagnostic[]} */ all) =>
  all.map(({ line, message, plain }) => `line ${line}: ${message} (${plain})`).join('; ') || 'nothing is said';

const met = new Set();
for (const [name, text, expected] of CASES) {
  /* Run compiles and optimises, which says more than the check while typing; both share the flags and the table. */
  const { diagnostics } = workshop.build(text, new Uint8Array(), '');
  for (const { message } of diagnostics) met.add(PLAIN_WORDS.find(([pattern]) => pattern.test(message)));
  report(name, diagnostics.some(({ plain }) => expected.test(plain)) ? '' : said(diagnostics));
}
for (const entry of PLAIN_WORDS)
  if (!met.has(entry)) report(`${entry[0]}`, 'no program above has such an error: add one, or drop the entry');

for (const [name, text, label, mended] of OFFERS) {
  const offers = workshop.check(text).flatMap(({ fixes }) => fixes);
  const changes = offers.find((offer) => offer.label === label)?.changes ?? [];
  const result = [...changes]
    .sort((a, b) => b.from - a.from)
    .reduce((now, { from, to, insert }) => now.slice(0, from) + insert + now.slice(to), text);
  report(
    `offered: ${name}`,
    result === mended ? '' : `${offers.map((offer) => offer.label).join(', ')} made ${result}`,
  );
}

for (const text of QUIET) {
  const all = workshop.check(text);
  report(`quiet: ${text.split('\n').at(-3)}`, all.length === 0 ? '' : said(all));
}
for (const { slug, folder } of findChallenges(root))
  for (const file of ['starter.c', 'solution.c']) {
    const all = workshop.check(readFileSync(join(folder, file), 'utf8'));
    report(`quiet: ${slug}/${file}`, all.length === 0 ? '' : said(all));
  }

console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
