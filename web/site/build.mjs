/**
 * Builds the static site: node web/site/build.mjs --out build/site
 *
 * Reads lessons/, the labs' declarations (build/laymanz labs --json), build/wasm/laymanz.wasm and build/compiler/, and
 * writes plain files with relative addresses. Mistakes in a lesson end the build with file, line and remedy.
 *
 *   --out DIR          where to write                       (build/site)
 *   --labs FILE        declarations from a file, instead of from build/laymanz
 *   --wasm FILE        the labs' module                     (build/wasm/laymanz.wasm)
 *   --relaxed FILE     the same for relaxed SIMD, made by the page's compiler   (build/wasm/laymanz-relaxed.wasm)
 *   --compiler DIR     the page's compiler                  (build/compiler)
 *   --language CODE    which catalogue and which lessons (en); see web/strings/en.js
 *   --strings DIR      the catalogues                       (web/strings)
 *   --no-compiler      leave the compiler out: quicker, for work on texts and labs; challenges can be read but not run
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build as bundle } from 'esbuild';
import { boxFragment, Sources } from './box.mjs';
import { buildChallenges, findChallenges, readChallenge } from './challenges.mjs';
import { checkPages } from './check-links.mjs';
import { Mistakes } from './errors.mjs';
import { farStyles } from './far.mjs';
import { fontLicences, leanFonts } from './fonts.mjs';
import { GLOSSARY_FILE } from './glossary.mjs';
import { catalogue, ENGLISH, speak, translated } from './language.mjs';
import { Markdown } from './markdown.mjs';
import { texToMathml } from './math.mjs';
import { readApi } from './ml-api.mjs';
import { writeOffline } from './offline.mjs';
import { together } from './one-chunk.mjs';
import { reserveStyles } from './reserve.mjs';
import { everything, searchFile } from './search-index.mjs';
import { chapterPage, glossaryPage, homePage, ICON, libraryPage, mapPage, notFoundPage, offlinePage, progressPage }
  from './templates.mjs';

const WEB = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const ROOT = resolve(WEB, '..');
const WORKERS = ['lab-worker', 'compile-worker', 'run-worker'];

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(ROOT, 'build/site') },
    labs: { type: 'string' },
    wasm: { type: 'string', default: join(ROOT, 'build/wasm/laymanz.wasm') },
    relaxed: { type: 'string', default: join(ROOT, 'build/wasm/laymanz-relaxed.wasm') },
    compiler: { type: 'string', default: join(ROOT, 'build/compiler') },
    language: { type: 'string', default: ENGLISH },
    strings: { type: 'string', default: join(WEB, 'strings') },
    'no-compiler': { type: 'boolean', default: false },
  },
});
const finished = resolve(options.out);
const out = `${finished}.new`; // takes the place of the finished site at the end, so that a failed build harms nothing

/** The labs' declarations, as the command line prints them. */
async function readLabs() {
  if (options.labs) return JSON.parse(await readFile(options.labs, 'utf8'));
  const program = join(ROOT, 'build/laymanz');
  if (!existsSync(program)) throw new Error('build/laymanz is not there yet; run "make build/laymanz" first.');
  const { stdout } = await promisify(execFile)(program, ['labs', '--json'], { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

/**
 * Adds formula_html to every view and readout.
 * @param {any[]} labs
 * @param {Mistakes} mistakes
 */
function setFormulas(labs, mistakes) {
  for (const lab of labs) {
    for (const shown of [...lab.views, ...lab.readouts]) {
      try {
        shown.formula_html = shown.formula ? texToMathml(shown.formula, true) : null;
      } catch (error) {
        mistakes.add(lab.source, 0, `"${shown.name}": ${/** @type {Error} */ (error).message}.`);
      }
    }
  }
}

/**
 * @param {Markdown} markdown
 * @param {Mistakes} mistakes
 * @returns {Promise<import('./markdown.mjs').Lesson[]>} by number
 */
async function readLessons(markdown, mistakes) {
  const folders = (await readdir(join(ROOT, 'lessons'))).filter((name) => /^\d\d-/.test(name)).sort();
  /** @type {import('./markdown.mjs').Lesson[]} */
  const lessons = [];
  for (const slug of folders) {
    if (!existsSync(join(ROOT, `lessons/${slug}/lesson.md`))) continue;
    const { file, lang } = translated(ROOT, `lessons/${slug}/lesson.md`);
    const lesson = markdown.lesson(slug, file, await readFile(join(ROOT, file), 'utf8'));
    if (!lesson) continue;
    lesson.lang = lang;
    const other = lessons.find(({ number }) => number === lesson.number);
    if (other) mistakes.add(file, 1, `${other.file} is chapter ${lesson.number} too; give one of them another number.`);
    lessons.push(lesson);
  }
  return lessons.sort((a, b) => a.number - b.number);
}

/**
 * Bundles scripts and styles; returns their addresses relative to the site's root.
 * @param {any[]} labs
 */
async function bundleAssets(labs) {
  const common = { bundle: true, minify: true, write: true, metafile: /** @type {const} */ (true), logLevel: /** @type {const} */ ('warning'),
    target: ['es2022', 'chrome111', 'firefox121', 'safari17.4'], legalComments: /** @type {const} */ ('none'), absWorkingDir: WEB, plugins: [catalogue] };
  const assets = join(out, 'assets');
  const split = { ...common, entryPoints: ['page.js'], outdir: assets, format: /** @type {const} */ ('esm'), splitting: true,
    entryNames: '[name]-[hash]', chunkNames: '[name]-[hash]' };
  const { metafile: scattered } = await bundle({ ...split, write: false });
  const [page, early, styles] = await Promise.all([
    bundle({ ...split, plugins: [catalogue, together(WEB, scattered, ['page.js', 'elements/lab-card.js'])] }),
    bundle({ ...common, entryPoints: ['early.js'], outdir: assets, format: 'iife', entryNames: '[name]-[hash]' }),
    bundle({ ...common, stdin: { contents: `@import './styles/page.css';\n${reserveStyles(labs)}\n${farStyles()}`, loader: 'css', resolveDir: WEB },
      outdir: assets, entryNames: 'page-[hash]', assetNames: '[name]-[hash]', plugins: [leanFonts] }),
    bundle({ ...common, entryPoints: WORKERS.map((name) => `workers/${name}.js`), outdir: assets, format: 'esm' }),
  ]);
  await writeFile(join(assets, 'icon.svg'), ICON);
  const fonts = Object.keys(styles.metafile.outputs).filter((path) => path.endsWith('.woff2'));
  return {
    page: entry(page.metafile, 'page.js'),
    parts: imported(page.metafile, 'page.js'),
    labParts: labParts(page.metafile),
    early: entry(early.metafile, 'early.js'),
    css: entry(styles.metafile, '<stdin>'),
    fonts: fonts.filter((path) => /source-serif|inter/.test(path)).map(address),
    icon: 'assets/icon.svg',
  };
}

/**
 * @param {import('esbuild').Metafile} metafile
 * @param {string} source
 */
function entry(metafile, source) {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === source);
  if (!found) throw new Error(`esbuild wrote nothing for web/${source}.`);
  return address(found[0]);
}

/**
 * What an entry imports before it can start, and what that imports: to be fetched at once instead of one after the other.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} source
 */
function imported({ outputs }, source) {
  const parts = new Set(Object.keys(outputs).filter((path) => outputs[path].entryPoint === source));
  for (const path of parts) {
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') parts.add(next);
  }
  return [...parts].slice(1).map(address);
}

/**
 * What a lab's card is made of, beyond what every page has already. Fetched together once a lab is wanted.
 * @param {import('esbuild').Metafile} metafile
 */
function labParts(metafile) {
  const cards = ['elements/lab-card.js', 'elements/plots/surface-plot.js', 'elements/plots/chart-plot.js'];
  const all = new Set(cards.flatMap((source) => [entry(metafile, source), ...imported(metafile, source)]));
  const known = new Set([entry(metafile, 'page.js'), ...imported(metafile, 'page.js')]);
  return [...all].filter((part) => !known.has(part));
}

/** @param {string} path as esbuild writes it, relative to web/ */
function address(path) {
  return relative(out, resolve(WEB, path)).replaceAll('\\', '/');
}

/**
 * What the rail and the map need to show progress.
 * @param {import('./markdown.mjs').Lesson[]} lessons
 * @param {any[]} labs
 */
function mapData(lessons, labs) {
  return {
    chapters: lessons.map(({ slug, number, title, sections, labs: names, challenges, quizzes, predictions }) => ({
      slug, number, title, sections, labs: [...new Set(names)], challenges: [...new Set(challenges)], quizzes,
      predictions })),
    labs: Object.fromEntries(labs.map((lab) => [lab.name, lab.goals.map((/** @type {any} */ goal) => goal.name)])),
  };
}

/** @param {string} path relative to the site @param {string | object} content */
async function write(path, content) {
  const file = join(out, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/**
 * The challenges by slug, their data and compiled checks written. Without the compiler there is only what can be read.
 * @param {(markdown: string, file: string, line: number) => string} render
 * @returns {Promise<Map<string, any>>}
 */
async function makeChallenges(render) {
  if (options['no-compiler']) {
    const texts = await Promise.all(findChallenges(ROOT).map((folder) => challengeText(folder, render)));
    for (const text of texts) await write(`data/challenges/${text.slug}.json`, text);
    await write('data/challenges.json', texts);
    return new Map(texts.map((text) => [text.slug, text]));
  }
  const list = await buildChallenges({ root: ROOT, out, render });
  const full = await Promise.all(list.map(({ slug }) => readFile(join(out, `data/challenges/${slug}.json`), 'utf8')));
  return new Map(full.map((text) => JSON.parse(text)).map((challenge) => [challenge.slug, challenge]));
}

/**
 * @param {{ chapter: string, slug: string, folder: string }} folder
 * @param {(markdown: string, file: string, line: number) => string} render
 */
async function challengeText({ chapter, slug, folder }, render) {
  const { file, lang } = translated(ROOT, relative(ROOT, join(folder, 'challenge.md')));
  const text = readChallenge(await readFile(join(ROOT, file), 'utf8'), file);
  const [starter, solution] = await Promise.all(['starter.c', 'solution.c'].map((name) => readFile(join(folder, name), 'utf8')));
  const html = (/** @type {{ text: string, line: number }} */ part) => render(part.text, file, part.line);
  return { ...text, slug, chapter, lang, starter, solution, checks: [], task: html(text.task), hints: text.hints.map(html),
    take_away: html(text.takeAway) };
}

async function copyCompiler() {
  if (options['no-compiler']) return;
  if (!existsSync(options.compiler)) {
    throw new Error(`${relative(ROOT, options.compiler)} is not there yet; run "make build/compiler", or pass --no-compiler.`);
  }
  await cp(options.compiler, join(out, 'compiler'), { recursive: true, preserveTimestamps: true });
}

async function main() {
  const mistakes = new Mistakes();
  const english = await speak(options.language, options.strings);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const labs = await readLabs();
  const [assets] = await Promise.all([bundleAssets(labs), copyCompiler()]);
  setFormulas(labs, mistakes);

  const context = { root: ROOT, labs: new Map(labs.map((/** @type {any} */ lab) => [lab.name, lab])), challenges: new Map(), mistakes };
  const markdown = new Markdown(context);
  context.challenges = await makeChallenges(markdown.render.bind(markdown));
  const words = translated(ROOT, GLOSSARY_FILE);
  markdown.readGlossary(words.file, await readFile(join(ROOT, words.file), 'utf8'));
  const lessons = await readLessons(markdown, mistakes);

  const sources = new Sources(ROOT);
  await sources.load();
  for (const lab of labs) await write(`data/box/${lab.name}.html`, await boxFragment(lab, sources, mistakes));
  mistakes.throwIfAny();

  const { glossary } = markdown;
  const api = readApi(ROOT);
  const site = { lessons, labs: context.labs, challenges: context.challenges, glossary, assets, search: '' };
  const search = searchFile(everything(site, api));
  site.search = search.path;
  const pages = new Map([['index.html', homePage(site)], ['map/index.html', mapPage(site)],
    ['glossary/index.html', glossaryPage(site)], ['library/index.html', libraryPage(site, api)],
    ['progress/index.html', progressPage(site)], ['404.html', notFoundPage()], ['offline.html', offlinePage()]]);
  for (const lesson of lessons) pages.set(`${lesson.slug}/index.html`, chapterPage(site, lesson));
  checkPages(pages, [...lessons, { slug: 'glossary', file: words.file, links: glossary.links }], mistakes);
  mistakes.throwIfAny();

  await write('data/labs.json', labs);
  await write('data/ml-api.json', api);
  await write(search.path, search.content);
  await write('data/map.json', mapData(lessons, labs));
  await write('data/glossary.json', glossary.data());
  await cp(options.wasm, join(out, 'assets/laymanz.wasm'));
  if (!options['no-compiler']) await cp(options.relaxed, join(out, 'assets/laymanz-relaxed.wasm'));
  for (const file of new Set(labs.map((/** @type {any} */ lab) => lab.data).filter(Boolean)))
    await cp(join(ROOT, 'lessons/data', file), join(out, 'data/files', file));
  await write('assets/fonts-licence.txt', await fontLicences(join(WEB, 'node_modules')));
  await cp(join(ROOT, 'lessons/data/README.md'), join(out, 'data/files/README.md')); // sources and licences
  await write('.nojekyll', ''); // GitHub Pages: serve the files as they are
  for (const [path, html] of pages) await write(path, html);
  await writeOffline(out, WEB, context.labs);
  await rm(finished, { recursive: true, force: true });
  await rename(out, finished);
  if (english.length > 0) console.log(`${options.language}: in English, for want of a translation: ${english.join(', ')}`);
  console.log(`${relative(process.cwd(), finished) || basename(finished)}: ${pages.size} pages, ${labs.length} labs, ${context.challenges.size} challenges`);
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
