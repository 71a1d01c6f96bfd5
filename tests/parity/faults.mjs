/* What a learner is told: small programs with a fault each, through the page's own compiler, runner and explanations, in
 * Node, and the sentence that each must get.
 *
 * Usage: node faults.mjs [BUILD FOLDER] */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { libraryFiles } from '../../web/compiler/library.mjs';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { Objects } from '../../web/compiler/objects.mjs';
import { runChecks } from '../../web/compiler/runner.js';
import { supervise } from '../../web/compiler/supervise.js';
import { FileLayer } from '../../web/compiler/wasi.js';
import { Workshop } from '../../web/compiler/workshop.js';

const SIGNATURE = 'int answer(int n, int *numbers)';
const CHECKS = `#include <check.h>
int answer(int n, int *numbers);
static void answers(check *c) {
    int *numbers = CHECK_BUFFER(c, 3, int);
    for (int i = 0; i < 3; i++) numbers[i] = i;
    check_input(c, "n is 3");
    check_int(c, "answer", answer(3, numbers), 7);
}
const check_case check_cases[] = {{"answers", "Answers 7", CHECK_SHOWN, answers}, {0}};
`;

/** The body of `int answer(int n, int *numbers)`, on line 8; `head` stands on line 6. */
const body = (code, head = '') => `#include <limits.h>
#include <ml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
${head}
int answer(int n, int *numbers) { (void)n; (void)numbers;
${code}
}
`;

/** @type {[string, string, RegExp][]} name, program, what must be told */
const CASES = [
  ['right', body('return 7;'), /^passes$/],
  ['wrong value', body('return n;'), /^Given n is 3: answer is 3, expected 7\.$/],
  ['missing semicolon', body('return 7'), /^error in line 8: expected ';' after return statement$/],
  ['misspelt name', body('return nn;'), /^error in line 8: use of undeclared identifier 'nn'/],
  ['two errors', body('int a = x; return y;'), /line 8: use of undeclared identifier 'x'.*'y'/],
  ['warnings hide behind errors', body('int unused; return y;'), /^error in line 8: use of undeclared identifier 'y'/],
  ['unknown function', body('return seven();'), /^error in line 8: call to undeclared function 'seven'/],
  ['unknown header', body('return 7;', '#include <seven.h>'), /^error in line 6: 'seven.h' file not found$/],
  ['not a C program', 'seven\u0000\u0001\ufffd', /^error in line 1: /],
  ['empty file', '', /^There is no function answer for the checks to call/],
  [
    'static function',
    'static int answer(int n, int *x) { return *x + n; }\nint (*keep)(int, int *) = answer;\n',
    /^There is no function answer/,
  ],
  ['another signature', 'double answer(double n) { return n; }\n', /^answer does not have the parameters/],
  [
    'declared, not defined',
    body('return seven();', 'int seven(void);'),
    /^Your code calls seven, which is defined nowhere/,
  ],
  [
    'name of the checks',
    body('return 7;', 'int check_int(void) { return 1; }'),
    /^The name check_int is already taken/,
  ],
  ['main', body('return 7;', 'int main(void) { return 0; }'), /^Your file defines main, where a program starts/],
  [
    'a foreign import',
    body('return fetch_it();', '__attribute__((import_module("env"), import_name("f"))) int fetch_it(void);'),
    /env\.f/,
  ],
  ['no files', body('return fopen("/etc/passwd", "r") == NULL ? 7 : 0;'), /^passes$/],
  [
    'index of an array',
    body('int a[4] = {0}; for (int i = 0; i <= n + 1; i++) a[i] = i;\nreturn a[1];'),
    /^line 8: An index lies outside its array\. Given n is 3$/,
  ],
  ['signed overflow', body('int big = INT_MAX;\nreturn big + n;'), /^line 9: The result of big \+ n does not fit/],
  [
    'two overflows in one function',
    body('int big = INT_MAX - 1;\nbig += n - 2;\nreturn big + n;'),
    /^line 10: The result of big \+ n/,
  ],
  ['division by zero', body('return n / (n - 3);'), /^line 8: An integer is divided by zero/],
  ['remainder of zero', body('return n % (n - 3);'), /^line 8: An integer is divided by zero/],
  ['shift too far', body('return 1 << (n + 40);'), /^line 8: A shift by a negative amount/],
  [
    'float to int',
    body('float x = 1e20f * (float)n;\nreturn (int)x;'),
    /^line 9: A floating-point number that fits no such/,
  ],
  [
    'null pointer',
    body('int *p = n == 3 ? NULL : numbers;\nreturn *p;'),
    /^line 9: A null or misaligned pointer is used/,
  ],
  ['wild pointer', body('int *p = (int *)0x7ffffff0;\nreturn *p;'), /^line 9: An address outside the program/],
  [
    'write past the harness buffer',
    body('numbers[n] = 1;\nreturn 7;'),
    /^line 8: Your code writes 4 bytes at byte 12 of a block of 12 bytes/,
  ],
  [
    'read past the harness buffer',
    body('int s = 0;\nfor (int i = 0; i <= n; i++) s += numbers[i];\nreturn s;'),
    /^line 9: Your code reads 4 bytes at byte 12/,
  ],
  [
    'read before it',
    body('return numbers[n - 4];'),
    /^line 8: Your code reads 4 bytes that lie 4 bytes before the start of a block of 12/,
  ],
  [
    'use after free',
    body('int *p = malloc(8);\nif (!p) return 0;\np[1] = 7;\nfree(p);\nreturn p[1];'),
    /^line 12: Your code reads memory that was already freed/,
  ],
  [
    'freed twice',
    body('int *p = malloc(8);\nfree(p);\nfree(p);\nreturn 7;'),
    /^line 10: A block that was already freed/,
  ],
  [
    'free of a wrong pointer',
    body('int *p = malloc(8);\nfree(p + 1);\nreturn 7;'),
    /^line 9: Free or realloc gets a pointer/,
  ],
  [
    'free of a local',
    body('int a[4] = {n};\nint *volatile p = a;\nfree(p);\nreturn 7;'),
    /^line 10: Free or realloc gets a pointer/,
  ],
  [
    'local array through a pointer',
    body('int a[4] = {n};\nint *volatile p = a;\np[n + 1] = 2;\nreturn a[0];'),
    /^line 10: Your code writes outside a local/,
  ],
  [
    'global array through a pointer',
    body('int *volatile p = table;\nreturn p[n];', 'int table[3];'),
    /^line 9: Your code reads outside a global/,
  ],
  [
    'array of variable length',
    body('int a[n];\nint *volatile p = a;\np[n] = 2;\nreturn p[0];'),
    /^line 10: Your code writes outside a local/,
  ],
  ['memset too long', body('memset(numbers, 0, 16);\nreturn 7;'), /^line 8: Your code writes 16 bytes at byte/],
  [
    'a leak is a warning',
    body('int *p = malloc(24);\nif (!p) return 0;\np[0] = n;\nreturn 7;'),
    /^passes; line 8: Your code never frees a block of 24 bytes, and nothing points to it any more\.$/,
  ],
  [
    'leaks are counted, and the first is found',
    body('free(malloc(8));\nfor (int i = 0; i < 3; i++) {\nint *volatile p = calloc(4, 4);\np[0] = i;\n}\nreturn 7;'),
    /^passes; line 10: Your code never frees 3 blocks \(48 bytes\).* The first one is allocated in this line\.$/,
  ],
  [
    'a list that is lost is a leak as a whole',
    body(
      'struct node *list = NULL;\nfor (int i = 0; i < 3; i++) {\nstruct node *new = malloc(sizeof *new);\n' +
        'new->next = list;\nlist = new;\n}\nreturn list->next ? 7 : 0;',
      'struct node { struct node *next; };',
    ),
    /^passes; line 10: Your code never frees 3 blocks/,
  ],
  [
    'what is kept on purpose is no leak',
    body('if (!kept) kept = malloc(sizeof *kept);\nif (kept) *kept = malloc(8);\nreturn 7;', 'static char **kept;'),
    /^passes$/,
  ],
  [
    'memory comes back',
    body(
      'for (int i = 0; i < 2000; i++) {\nint *volatile p = malloc(100000);\nif (!p) return 1;\np[0] = i;\nfree(p);\n}\nreturn 7;',
    ),
    /^passes$/,
  ],
  [
    'realloc keeps',
    body(
      'int *p = calloc(2, 4);\nif (!p) return 0;\np[1] = 7;\np = realloc(p, 400);\nint r = p ? p[1] : 0;\nfree(p);\nreturn r;',
    ),
    /^passes$/,
  ],
  [
    'aligned memory',
    body(
      'int *p = aligned_alloc(64, 64);\nif (!p) return 0;\np[15] = 7;\nint r = (size_t)p % 64 == 0 ? p[15] : 0;\nfree(p);\nreturn r;',
    ),
    /^passes$/,
  ],
  [
    'whole arrays may be used',
    body(
      'int a[5], b[n];\nfor (int i = 0; i < 5; i++) a[i] = i;\nfor (int i = 0; i < n; i++) b[i] = numbers[i];\nreturn a[4] + b[2] + table[2] + 1;',
      'static int table[3];',
    ),
    /^passes$/,
  ],
  ['no return', body('if (n == 4) return 7;'), /^passes$|^answer|without|Given n is 3: answer is/],
  [
    'endless recursion',
    body('return answer(n + 1 > 9 ? 1 : n + 1, numbers) + 1;'),
    /^line [78]: The call stack is used up/,
  ],
  ['large local array', body('volatile int a[1 << 20]; a[n] = 7;\nreturn a[n];'), /The call stack is used up/],
  ['abort', body('abort();'), /^line 8: The program stops itself/],
  ['exit', body('exit(3);'), /^Your code calls exit\(3\)/],
  [
    'function pointer',
    body('int (*volatile f)(double) = NULL;\nreturn f(1.0);'),
    /^line 9: A function pointer is null/,
  ],
  ['endless loop', body('while (n == 3) { }\nreturn 7;'), /^Stopped after 1 s/],
  [
    'too much memory',
    body('void *volatile p = malloc((size_t)2000 * 1000 * 1000);\nreturn p == NULL ? 7 : 0;'),
    /^passes$/,
  ],
  ['memory without end', body('void *volatile p;\nwhile ((p = malloc(100000)) != NULL) { }\nreturn 7;'), /^passes; line 9: Your code never frees 1\d\d blocks/],
  [
    'too much output',
    body('for (int i = 0; i < 100000; i++) printf("%d\\n", i);\nreturn 7;'),
    /^passes; cut after 65536 bytes$/,
  ],
  [
    'output in order',
    body('printf("one "); fprintf(stderr, "two "); printf("three"); return 7;'),
    /^passes; printed one two three$/,
  ],
  ['output before a fault', body('printf("one"); return n / (n - 3);'), /line 8: .*; printed one$/],
  ['100,000 lines', body('return 7;', 'int many(void);\n'.repeat(60000)), /^passes$/],
  [
    'parentheses without end',
    body(`return ${'('.repeat(100000)}7${')'.repeat(100000)};`),
    /nested|bracket nesting level/,
  ],
  ['lines glued without end', body('return 7;', '\\\n'.repeat(100000)), /^passes$|^The compiler itself failed/],
  ['a huge file', `${body('return 7;')}/*${' '.repeat(2 << 20)}*/`, /^Your file is longer than one megabyte/],
  ['state is fresh', body('return calls++ == 0 ? 7 : 0;', 'static int calls;'), /^passes$/],
  ['the library', body('return (int)ml_arena_over(numbers, 7).capacity;'), /^passes$/],
];

/** Runs a module as the page does; what its one check says, and what it printed, in one line. */
async function outcome(workshop, wasm) {
  let told = '',
    printed = '',
    cut = false;
  await supervise({
    count: 1,
    timeLimit: 1,
    explain: async (trap) => workshop.explain(trap, wasm),
    tell: (event) => {
      if (event.type === 'output') printed += event.text;
      if (event.type === 'cut') cut = true;
      if (event.type !== 'verdict') return;
      const where = event.line > 0 ? `line ${event.line}: ` : '';
      told = event.passed ? 'passes' : `${where}${event.message}${event.input ? ` Given ${event.input}` : ''}`;
      if (event.warning) told += `; ${where}${event.warning}`;
    },
    start: (first, tell, broke) => {
      const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { wasm, first } });
      worker.on('message', tell).on('error', broke);
      return { stop: () => worker.terminate() };
    },
  }).catch((error) => (told = error.message));
  if (cut) return `${told}; cut after ${printed.length} bytes`;
  return printed === '' ? told : `${told}; printed ${printed}`;
}

async function main() {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
  const cache = join(process.argv[2] ?? join(root, 'build'), 'compiler-objects');
  const { llvm, system } = await loadCompiler();
  const workshop = new Workshop(llvm, [system, new FileLayer(await libraryFiles(join(cache, 'library')))]);
  const checks = await new Objects(root, join(cache, 'faults')).compile('tests/checks.c', CHECKS);
  let passed = 0,
    failed = 0;
  for (const [name, text, expected] of CASES) {
    const { wasm, diagnostics, problems } = workshop.build(text, checks, SIGNATURE);
    const told = wasm
      ? await outcome(workshop, wasm)
      : [...diagnostics.map((one) => `${one.severity} in line ${one.line}: ${one.message}`), ...problems].join('; ');
    const right = expected.test(told);
    right ? passed++ : failed++;
    console.log(`${right ? 'ok  ' : 'FAIL'} ${name}${right ? '' : `: ${told.slice(0, 300)}`}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

if (isMainThread) {
  await main();
} else {
  await runChecks(workerData.wasm, workerData.first, (event) => parentPort.postMessage(event));
  parentPort.postMessage({ type: 'done' });
}
