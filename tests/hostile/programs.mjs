/* The hostile programs of this folder, for whoever runs them: native.mjs with `laymanz check`, and the page's tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const RUNNERS = ['programs.mjs', 'native.mjs', 'page.mjs'];

/** An answer to linear-predict that is right, but for what is put into it. */
export const answer = ({ before = '', body = '' }) => `#include <stddef.h>
${before}
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        double sum = b;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j];
        out[i] = (float)sum;
    }
    ${body}
}
`;

/** What follows a mark in a comment: "A | B" is A or B. */
function sayings(text, mark) {
  const [, list] = new RegExp(`^/\\* ${mark}: (.*) \\*/$`, 'm').exec(text) ?? [];
  return list?.split(' | ') ?? null;
}

/**
 * @typedef {object} Hostile
 * @property {string} name
 * @property {string | Uint8Array} text of the C file
 * @property {string[]} native one of these must be in what is said of it natively; "passes": all checks pass
 * @property {string[]} page the same in the page
 */

/** @returns {Promise<Hostile[]>} */
export async function hostilePrograms() {
  const found = [];
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(c|mjs)$/.test(name) || RUNNERS.includes(name)) continue;
    const source = readFileSync(join(folder, name), 'utf8');
    const both = sayings(source, 'says');
    const native = sayings(source, 'says-native') ?? both,
      page = sayings(source, 'says-page') ?? both;
    if (!native || !page) throw new Error(`${name}: begin with /* says: ... */, or says-native and says-page`);
    const text = name.endsWith('.c') ? source : (await import(`./${name}`)).default();
    found.push({ name: name.replace(/\.\w+$/, ''), text, native, page });
  }
  return found;
}
