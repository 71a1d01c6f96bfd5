/* What an answer costs: the counts of loops whose counts are known, and the solution beside a slower answer, with the
 * page's own compiler in Node.
 *
 * Usage: node cost.mjs [BUILD FOLDER] */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countOnce, measureCost } from '../../web/compiler/cost.js';
import { libraryFiles } from '../../web/compiler/library.mjs';
import { loadCompiler } from '../../web/compiler/node.mjs';
import { Objects } from '../../web/compiler/objects.mjs';
import { FileLayer } from '../../web/compiler/wasi.js';
import { Workshop } from '../../web/compiler/workshop.js';

const N = 100;
const CHECKS = `#include <check.h>
float answer(float *a, const float *b, int n);
void check_cost(void) {
    static float a[${N}], b[${N}];
    for (int i = 0; i < ${N}; i++) a[i] = b[i] = 1 + (float)((i * 7) % ${N});
    answer(a, b, ${N});
}
const check_case check_cases[] = {{0}};
`;

/** @param {string} code the body of the answer */
const body = (code, head = '') => `#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <wasm_simd128.h>
${head}
float answer(float *a, const float *b, int n) { (void)a; (void)b; (void)n;
${code}
}
`;

/** @type {[string, string, number, number, number][]} name, program, flops, loads, stores */
const CASES = [
  ['nothing', body('return 0;'), 0, 0, 0],
  ['dot product', body('float s = 0; for (int i = 0; i < n; i++) s += a[i] * b[i]; return s;'), 2 * N, 2 * N, 0],
  [
    'dot product in double',
    body('double s = 0; for (int i = 0; i < n; i++) s += (double)a[i] * b[i]; return (float)s;'),
    2 * N,
    2 * N,
    0,
  ],
  ['sum from the end', body('float s = 0; while (n-- > 0) s += a[n]; return s;'), N, N, 0],
  ['copy', body('for (int i = 0; i < n; i++) a[i] = b[i]; return 0;'), 0, N, N],
  ['fill', body('for (int i = 0; i < n; i++) a[i] = 0; return 0;'), 0, 0, N],
  [
    'square roots and quotients',
    body('for (int i = 0; i < n; i++) a[i] = sqrtf(b[i]) / 3.0f - 1.0f; return 0;'),
    3 * N,
    N,
    N,
  ],
  [
    'a function of its own',
    body(
      'for (int i = 0; i < n; i++) a[i] = twice(b[i]); return 0;',
      '__attribute__((noinline)) static float twice(float x) { return x * 2.5f; }',
    ),
    N,
    N,
    N,
  ],
  [
    'only one branch',
    body('for (int i = 0; i < n; i++) { if (i % 4 == 0) a[i] *= 3; else if (i % 4 == 1) continue; a[i] += 2; } return 0;'),
    N,
    N / 4 + (3 * N) / 4 - N / 4,
    (3 * N) / 4,
  ],
  [
    'an early return',
    body('float s = 0; for (int i = 0; i < n; i++) { if (i == 10) return s; s += a[i]; } return s * 2;'),
    10,
    10,
    0,
  ],
  [
    'a switch',
    body(
      'float s = 0; for (int i = 0; i < n; i++) switch (i % 5) { case 0: s += a[i]; break; case 1: s -= 3; break; ' +
        'case 2: a[i] = s; break; case 3: s /= b[i]; break; default: s *= a[i] + 1; } return s;',
    ),
    N / 5 + N / 5 + N / 5 + (2 * N) / 5,
    (3 * N) / 5,
    N / 5,
  ],
  [
    'recursion',
    body(
      'return down(a, n);',
      '__attribute__((noinline)) static float down(const float *a, int n) ' +
        '{ return n == 0 ? 0 : *a + (n % 2 ? down(a + 1, n - 1) : 1 * down(a + 1, n - 1)); }',
    ),
    N,
    N,
    0,
  ],
  [
    'vectors count their lanes',
    body(
      'v128_t s = wasm_f32x4_splat(0); for (int i = 0; i < n; i += 4) ' +
        's = wasm_f32x4_add(s, wasm_f32x4_mul(wasm_v128_load(a + i), wasm_v128_load(b + i))); ' +
        'wasm_v128_store(a, s); return a[0] + a[1] + a[2] + a[3];',
    ),
    2 * N + 3,
    (2 * N) / 4,
    1,
  ],
  [
    'whole numbers are no floating-point operations',
    body('int s = 0; for (int i = 0; i < n; i++) s += i * (int)b[i]; return (float)s;'),
    0,
    N,
    0,
  ],
  ['the library is not counted', body('memcpy(a, b, (size_t)n * sizeof *a); return expf(2.5f * (float)n);'), 1, 0, 0],
];

/** The two rows at a time that linear-predict's star asks for; `n` may be odd. */
const TWO_ROWS = `#include <stddef.h>
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i += 2) {
        const float *row = X + i * d, *next = i + 1 < n ? row + d : row;
        double sum = b, sum_of_next = b;
        for (size_t j = 0; j < d; j++) {
            sum += (double)row[j] * w[j];
            sum_of_next += (double)next[j] * w[j];
        }
        out[i] = (float)sum;
        if (i + 1 < n)
            out[i + 1] = (float)sum_of_next;
    }
}
`;

let passed = 0,
  failed = 0;

/**
 * @param {string} name
 * @param {boolean} right
 * @param {unknown} found
 */
function judge(name, right, found) {
  right ? passed++ : failed++;
  console.log(`${right ? 'ok  ' : 'FAIL'} ${name}${right ? '' : `: ${JSON.stringify(found)}`}`);
}

async function main() {
  const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
  const cache = join(process.argv[2] ?? join(root, 'build'), 'compiler-objects');
  const { llvm, system } = await loadCompiler();
  const workshop = new Workshop(llvm, [system, new FileLayer(await libraryFiles(join(cache, 'library')))]);
  const objects = new Objects(root, join(cache, 'cost'));
  const checks = await objects.compile('tests/checks.c', CHECKS);

  for (const [name, text, flops, loads, stores] of CASES) {
    const built = workshop.buildFast(text, checks);
    const counts = built && (await countOnce(built.counting));
    judge(name, counts?.flops === flops && counts.loads === loads && counts.stores === stores, counts);
  }

  const bare = await objects.compile('tests/bare.c', '#include <check.h>\nconst check_case check_cases[] = {{0}};\n');
  const none = workshop.buildFast('int other(void) { return 1; }\n', bare);
  judge('no check_cost, no counts', none !== null && (await countOnce(none.counting)) === null, none);

  const folder = 'lessons/01-overview/challenges/linear-predict';
  const own = await objects.compile(`${folder}/checks.c`);
  const solution = workshop.buildFast(readFileSync(join(root, folder, 'solution.c'), 'utf8'), own);
  const two = workshop.buildFast(TWO_ROWS, own);
  if (!solution || !two) throw new Error('an answer to linear-predict does not compile');
  const [plain, rows] = [await countOnce(solution.counting), await countOnce(two.counting)];
  const both = 2 * 64 * 512;
  judge(
    'the solution: 2 n d operations and loads, n stores',
    plain?.flops === both && plain.loads === both && plain.stores === 64,
    plain,
  );
  judge('two rows at a time: three quarters of the loads', (rows?.loads ?? NaN) === 0.75 * (plain?.loads ?? NaN), rows);
  const same = await measureCost(solution, solution.plain);
  judge('both times are measured', same.ms > 0 && same.referenceMs > 0, same);

  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await main();
