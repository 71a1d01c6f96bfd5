/* What a challenge's usual wrong answers (wrong/*.c) do on its checks, recorded by running each with the page's own
 * compiler: an answer of the learner's that does the same gets that answer's explanation offered. Only the explanation
 * and the verdicts go to the page, not the code. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { behaviour } from '../compiler/likeness.js';
import { verdictsOf } from '../compiler/threads.mjs';
import { checkedFlags } from '../compiler/tools.js';
import { FileLayer } from '../compiler/wasi.js';
import { Workshop } from '../compiler/workshop.js';

/** @typedef {import('../compiler/likeness.js').WrongAnswer} WrongAnswer */

/** What the sentences of a verdict depend on, besides the checks and the answer. */
const HOW = ['runner.js', 'supervise.js', 'traps.js', 'likeness.js', 'threads.mjs'].map((name) =>
  readFileSync(new URL(`../compiler/${name}`, import.meta.url)),
);

/**
 * The second comment of the file; the first names the check that must catch it.
 * @param {string} text
 * @param {string} file for messages
 */
export function explanationOf(text, file) {
  const match = /^\/\*[^]*?\*\/\s*\/\*([^]*?)\*\//.exec(text);
  if (!match)
    throw new Error(
      `${file}:2: start the file with two comments: which check catches it, then what is wrong about it, in a sentence`,
    );
  return match[1].replace(/\s*\n\s*\*?\s*/g, ' ').trim();
}

/**
 * @param {import('../compiler/objects.mjs').Objects} objects
 * @param {Map<string, Uint8Array>} library
 * @param {object} challenge
 * @param {string} challenge.folder
 * @param {string} challenge.path of the folder, relative to the project's
 * @param {Uint8Array} challenge.object the compiled checks
 * @param {{name: string}[]} challenge.checks
 * @param {{leaksFail: boolean, timeLimit: number}} challenge.rules
 * @returns {Promise<WrongAnswer[]>}
 */
export async function recordWrongAnswers(objects, library, { folder, path, object, checks, rules }) {
  const wrong = join(folder, 'wrong');
  const files = existsSync(wrong)
    ? readdirSync(wrong)
        .filter((name) => name.endsWith('.c'))
        .sort()
    : [];
  const shared = [...HOW, checkedFlags('', '').join(' '), object, JSON.stringify(rules), ...[...library].flat()];
  /** @type {WrongAnswer[]} */
  const answers = [];
  for (const name of files) {
    const text = readFileSync(join(wrong, name), 'utf8'),
      file = `${path}/wrong/${name}`;
    const recorded = await objects.remember('.json', ['wrong', text, ...shared], async () => {
      const { llvm, layers } = await objects.open();
      const workshop = new Workshop(llvm, [...layers, new FileLayer(library)]);
      const { wasm, diagnostics, problems } = workshop.build(text, object, '');
      if (!wasm) {
        const why = [...diagnostics.map(({ line, message }) => `line ${line}: ${message}`), ...problems].join('; ');
        throw new Error(`${file}:1: a wrong answer must compile: ${why}`);
      }
      const fails = behaviour(checks, await verdictsOf(workshop, wasm, checks.length, rules));
      return new TextEncoder().encode(JSON.stringify(fails));
    });
    answers.push({ explanation: explanationOf(text, file), fails: JSON.parse(new TextDecoder().decode(recorded)) });
  }
  return answers;
}
