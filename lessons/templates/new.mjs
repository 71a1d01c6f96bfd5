/**
 * A working start for a lab, a challenge or a chapter, from the files beside this one, which are real ones: the names in
 * them are replaced. `make new-lab my-lab`, `make new-challenge 01-overview my-slug`, `make new-chapter 13 my-slug`.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const SLUG = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Ends with a sentence. */
class Refused extends Error {}
const refuse = (sentence) => {
  throw new Refused(sentence);
};

const identifier = (slug) => slug.replaceAll('-', '_');
const inWords = (slug) => `${slug[0].toUpperCase()}${slug.slice(1).replaceAll('-', ' ')}`;
const folders = (path) => readdirSync(join(ROOT, path)).filter((name) => statSync(join(ROOT, path, name)).isDirectory());
const chapters = () => folders('lessons').filter((name) => /^\d\d-/.test(name));

function checkSlug(what, slug, usage) {
  if (!slug) refuse(`Give the ${what} a name: ${usage}`);
  if (!SLUG.test(slug))
    refuse(`"${slug}" cannot name a ${what}: use lower-case letters, digits and single hyphens, from a letter on, such as my-${what}.`);
}

/** Copies a template file, with every [old, new] replaced. */
function copy(template, path, replacements) {
  let text = readFileSync(join(HERE, template), 'utf8');
  for (const [from, to] of replacements) text = text.replaceAll(from, () => to);
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`wrote ${path}`);
}

function newLab([name]) {
  checkSlug('lab', name, 'make new-lab my-lab');
  const [source, test] = [`src/labs/${name}.c`, `tests/unit/labs/test_${identifier(name)}.c`];
  for (const path of [source, test]) if (existsSync(join(ROOT, path))) refuse(`${path} is there already; choose another name.`);
  const names = [['coin-average', name], ['coin_average', identifier(name)]];
  copy('lab/lab.c', source, names);
  copy('lab/test.c', test, names);
  console.log(`Next: name it in a lesson with a line {{lab ${name}}}; make serve shows it, make test-unit tests it.`);
}

function newChallenge([chapter, slug]) {
  const usage = 'make new-challenge 01-overview my-challenge';
  if (!chapter) refuse(`Name the chapter and the challenge: ${usage}`);
  if (!chapters().includes(chapter)) refuse(`There is no chapter "${chapter}"; these are: ${chapters().join(', ')}.`);
  checkSlug('challenge', slug, usage);
  for (const other of chapters())
    if (existsSync(join(ROOT, 'lessons', other, 'challenges', slug)))
      refuse(`lessons/${other}/challenges/${slug} is there already; choose another name.`);
  const folder = `lessons/${chapter}/challenges/${slug}`;
  const names = [['weighted_mean', identifier(slug)], ['title: Weighted mean', `title: ${inWords(slug)}`]];
  for (const entry of readdirSync(join(HERE, 'challenge'), { recursive: true }).map(String).sort())
    if (statSync(join(HERE, 'challenge', entry)).isFile()) copy(join('challenge', entry), `${folder}/${entry}`, names);
  console.log(`Next: name it in lessons/${chapter}/lesson.md with a line {{challenge ${slug}}}; make check says what is missing.`);
}

function newChapter([number, slug, title]) {
  const usage = 'make new-chapter 13 my-chapter TITLE="My chapter"';
  if (!/^\d{1,2}$/.test(number ?? '') || Number(number) === 0) refuse(`Begin with the chapter's number, 1 to 99: ${usage}`);
  checkSlug('chapter', slug, usage);
  const two = number.padStart(2, '0');
  const taken = chapters().find((name) => name.startsWith(two) || name.slice(3) === slug);
  if (taken) refuse(`lessons/${taken} is there already; choose another number and name.`);
  copy('chapter/lesson.md', `lessons/${two}-${slug}/lesson.md`,
    [['title: Chapter title', `title: ${title || inWords(slug)}`], ['number: 99', `number: ${Number(number)}`]]);
  console.log(`Next: make serve shows it; make new-challenge ${two}-${slug} my-challenge adds a challenge.`);
}

const [kind, ...words] = process.argv.slice(2);
try {
  ({ lab: newLab, challenge: newChallenge, chapter: newChapter })[kind](words);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
