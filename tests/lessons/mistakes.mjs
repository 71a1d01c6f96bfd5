/**
 * Every mistake that an author can make in a lesson ends the build, and is told with its file, its line and a remedy. Each is
 * planted in a chapter that `make new-chapter` wrote into a copy of the site's sources; without them it builds.
 */
import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const COPY = mkdtempSync(join(tmpdir(), 'laymanz-mistakes-'));
const FILE = 'lessons/50-mistakes/lesson.md';
const CHALLENGE = 'lessons/50-mistakes/challenges/my-mean/challenge.md';

/* What is planted, and what is said of its first line (or of the line so many below). */
/** @type {[string, RegExp, number?][]} */
const IN_THE_TEXT = [
  ['{{lab learning-curv}}', /no lab named "learning-curv"\. Did you mean learning-curve/],
  ['{{challenge no-such-thing}}', /no challenge named "no-such-thing"/],
  ['{{video cats}}', /write \{\{lab NAME\}\} or \{\{challenge SLUG\}\}/],
  ['{{lab learning-curve rigde=1}}', /no param "rigde"\. Did you mean ridge/],
  ['{{lab learning-curve ridge=-7}}', /ridge cannot be "-7"; it is a number from/],
  ['Now [more](lab:learning-curve?rigde=1).', /no param "rigde"\. Did you mean ridge/],
  ['Now [more](lab:learning-curv).', /no lab named "learning-curv"/],
  ['A [word](term:trainning).', /glossary has no term "trainning"; add a line to lessons\/glossary\.md/],
  ['![](figures/a.svg)', /figures\/a\.svg has no alternative text/],
  ['![What it shows](figures/no.svg)', /there is no file figures\/no\.svg beside the lesson/],
  ['![What it shows](figures/photo.png)', /figures are SVG files/],
  ['![What it shows](figures/styled.svg)', /holds "style=", which the pages' policy refuses/],
  ['A formula $\\frac{1}{$ here.', /formula .* cannot be set/],
  ['$$\\nosuchcommand x$$', /formula .* cannot be set: Undefined control sequence/],
  ['# A title', /headings start with ##/],
  ['## Once {#twice}\n\n## Again {#twice}', /the id "twice" is taken by an earlier heading/, 2],
  ['A claim.[^nowhere]', /footnote \[\^nowhere\] is not defined; add a line/],
  ['[^unused]: Not referred to.', /footnote \[\^unused\] is never referred to/],
  ['::: quiz one what-changed\nAgain?\n- [x] yes | because\n- [ ] no | because\n:::', /already a question named what-changed/],
  ['::: quiz one two-right\nBoth?\n- [x] yes | because\n- [x] no | because\n:::', /has one \[x\], this has 2/],
  ['::: quiz one no-reason\nWhy?\n- [x] yes | because\n- [ ] no\n:::', /"no" has no explanation/, 3],
  ['::: quiz maybe odd-kind\nWhy?\n:::', /with KIND one of one, several, number, order/],
  ['::: quiz number not-a-number\nHow many?\n= many | because\n:::', /"many" is no number/, 2],
  ['::: predict number guess lab=learning-curve\nHow much?\n= final_test_eror | because\n:::', /no readout "final_test_eror"\. Did you mean final_test_error/, 2],
  ['::: aside\nText.\n:::', /"::: aside" is unknown/],
  ['A sentence that goes on with\n- a dash.', /begins a list in the middle of a paragraph/, 1],
];
/** @type {[string, RegExp][]} told once the text is right: they need the finished pages */
const IN_THE_LINKS = [
  ['See [there](#nowhere).', /the link #nowhere leads to no heading/],
  ['See [there](../49-gone/).', /leads to no page; pages are/],
  ['See [there](http://example.org).', /should start with https:\/\//],
  ['Now [set](lab:digits).', /the lab digits does not stand on this page; add a line \{\{lab digits\}\}/],
];

let passed = 0;
let failed = 0;
function expect(holds, what, said = '') {
  if (holds) passed++;
  else {
    failed++;
    console.log(`not so: ${what}\n${said}`);
  }
}

/** What the builder says; "" if it built the site. @returns {Promise<string>} */
const build = () => new Promise((done) => {
  const args = [join(COPY, 'web/site/build.mjs'), '--no-compiler', '--labs', join(COPY, 'labs.json'), '--wasm', join(COPY, 'labs.json')];
  execFile(process.execPath, args, (error, _out, said) => done(error ? said : ''));
});

/** The lesson with mistakes in it, each in a paragraph of its own, and that each is told, and nothing else is. */
async function plant(lesson, mistakes) {
  let text = lesson;
  const expected = mistakes.map(([planted, sentence, below = 0]) => {
    text += '\n';
    const line = text.split('\n').length + below;
    text += `${planted}\n`;
    return { planted, line, sentence };
  });
  writeFileSync(join(COPY, FILE), text);
  const said = await build();
  const lines = said.trim().split('\n');
  for (const { planted, line, sentence } of expected) {
    expect(lines.some((one) => one.startsWith(`${FILE}:${line}: `) && sentence.test(one)), `"${planted}" is told for line ${line}`, said);
  }
  expect(lines.length === expected.length, `${expected.length} mistakes, ${lines.length} lines`, said);
}

/** That a file with `from` replaced by `to` is told with this line and sentence. */
async function spoil(file, from, to, line, sentence) {
  const path = join(COPY, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(from, to));
  const said = await build();
  writeFileSync(path, text);
  expect(said.split('\n').some((one) => one.startsWith(`${file}:${line}: `) && sentence.test(one)), `${from} -> ${to} is told`, said);
}

function copySources() {
  for (const folder of ['web', 'lessons/data', 'lessons/templates']) mkdirSync(join(COPY, folder), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'web'))) {
    if (name === 'node_modules') symlinkSync(join(ROOT, 'web', name), join(COPY, 'web', name));
    else cpSync(join(ROOT, 'web', name), join(COPY, 'web', name), { recursive: true });
  }
  for (const name of ['lessons/data', 'lessons/templates', 'lessons/glossary.md']) cpSync(join(ROOT, name), join(COPY, name), { recursive: true });
  symlinkSync(join(ROOT, 'src'), join(COPY, 'src'));
  const labs = execFileSync(join(ROOT, 'build/laymanz'), ['labs', '--json'], { maxBuffer: 1 << 26 });
  writeFileSync(join(COPY, 'labs.json'), labs);
}

const scaffold = (...words) => execFileSync(process.execPath, [join(COPY, 'lessons/templates/new.mjs'), ...words]);

async function main() {
  copySources();
  scaffold('chapter', '50', 'mistakes', '');
  scaffold('challenge', '50-mistakes', 'my-mean');
  appendFileSync(join(COPY, FILE), '\n{{challenge my-mean}}\n');
  const said = await build();
  expect(said === '', 'a new chapter with a new challenge builds', said);
  const rail = said === '' ? readFileSync(join(COPY, 'build/site/index.html'), 'utf8') : '';
  expect(/href="50-mistakes\/"/.test(rail), 'a chapter that no plan names stands on the map');

  mkdirSync(join(COPY, 'lessons/50-mistakes/figures'));
  writeFileSync(join(COPY, 'lessons/50-mistakes/figures/a.svg'), '<svg viewBox="0 0 1 1"></svg>');
  writeFileSync(join(COPY, 'lessons/50-mistakes/figures/styled.svg'), '<svg viewBox="0 0 1 1"><path style="fill: red"/></svg>');
  const lesson = readFileSync(join(COPY, FILE), 'utf8');
  await plant(lesson, IN_THE_TEXT);
  await plant(lesson, IN_THE_LINKS);
  writeFileSync(join(COPY, FILE), lesson);
  await spoil(FILE, '---\n', '', 1, /a lesson starts with front matter/);
  await spoil(FILE, 'number: 50', 'number: fifty', 3, /the number of a chapter is a whole number/);
  await spoil(FILE, 'lede: ', 'lead: ', 4, /no key "lead"\. Did you mean lede/);
  await spoil(CHALLENGE, 'level: 1', 'level: 9', 1, /level is "9"; write a whole number from 1 to 5/);
  await spoil(CHALLENGE, '$n$ values', '$n{$ values', 8, /formula .* cannot be set/);
  rmSync(COPY, { recursive: true });
  console.log(`mistakes in lessons: ${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
