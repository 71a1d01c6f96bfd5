/** The catalogue of the site's words: every key is used, a translation takes its place, what it lacks or has too many is told. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Parser } from '../../web/node_modules/htmlparser2/dist/esm/index.js';
import * as english from '../../web/strings/en.js';
import { PSEUDO, writePseudo } from './pseudo.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WEB = join(ROOT, 'web');
const folder = mkdtempSync(join(ROOT, 'build/language-'));
writeFileSync(join(folder, 'package.json'), '{"type": "module"}\n'); // Node 18 does not see for itself what a catalogue is
after(() => rmSync(folder, { recursive: true }));

/** @param {string} code builds the site in that language; its catalogue is in folder */
const build = (code) => promisify(execFile)('node', ['web/site/build.mjs', '--out', join(folder, `site-${code}`), '--language', code,
  '--strings', folder, '--no-compiler'], { cwd: ROOT });

test('every key of the catalogue is used, and every one used is there', () => {
  const unused = new Set(Object.entries(english).flatMap(([part, words]) => Object.keys(words).map((key) => `${part}.${key}`)));
  const missing = [];
  for (const place of ['', 'elements', 'elements/plots', 'lib', 'compiler', 'workers', 'site']) {
    for (const name of readdirSync(join(WEB, place)).filter((file) => /\.m?js$/.test(file))) {
      const text = readFileSync(join(WEB, place, name), 'utf8');
      const part = /import \{ (\w+) as strings \}/.exec(text)?.[1];
      for (const [, key] of part ? text.matchAll(/\bstrings\.(?!js\b)(\w+)/g) : []) {
        if (english[part]?.[key] === undefined) missing.push(`web/${place}/${name}: ${part}.${key}`);
        unused.delete(`${part}.${key}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.deepEqual([...unused], []);
});

test('a key that English lacks ends the build, with file and key', async () => {
  writeFileSync(join(folder, 'xx.js'), "export const siteTemplates = { home: 'Heim', hoem: 'Heim' };\n");
  await assert.rejects(build('xx'), /xx\.js: the English catalogue has no key "siteTemplates\.hoem"/);
});

test('what is not translated is said in English and listed', async () => {
  writeFileSync(join(folder, 'yy.js'), "export const siteTemplates = { home: 'Heim' };\n");
  const { stdout } = await build('yy');
  assert.match(stdout, /siteTemplates\.library\b/);
  assert.doesNotMatch(stdout, /siteTemplates\.home\b/);
  const home = readFileSync(join(folder, 'site-yy/index.html'), 'utf8');
  assert.match(home, /<html lang="yy"/);
  assert.match(home, />Heim<\/a>.*>Library<\/a>/);
});

/** The texts and spoken names of a page that stand in no brackets. @param {string} html */
function unbracketed(html) {
  const found = new Set();
  const open = [];
  let depth = 0;
  const hear = (text = '') => { if (depth === 0 && !text.includes('⟦') && /[a-z]{2}/i.test(text)) found.add(text.trim().replace(/^: /, '')); };
  const parser = new Parser({
    onopentag: (name, attributes) => {
      open.push(name);
      for (const key of ['aria-label', 'title', 'placeholder', 'alt', 'label']) hear(attributes[key]);
    },
    onclosetag: () => open.pop(),
    ontext: (text) => {
      if (['style', 'script'].includes(open.at(-1))) return;
      hear(text);
      depth += text.split('⟦').length - text.split('⟧').length;
    },
  });
  parser.end(html);
  return [...found];
}

test('no page says in its frame what is not in the catalogue', async () => {
  writePseudo(folder);
  await build(PSEUDO);
  const site = join(folder, `site-${PSEUDO}`);
  const read = (path) => readFileSync(join(site, path), 'utf8');
  const { chapters } = JSON.parse(read('data/map.json'));
  const labs = JSON.parse(read('data/labs.json'));
  const ledes = chapters.map(({ slug }) => /^lede: (.*)$/m.exec(readFileSync(join(ROOT, `lessons/${slug}/lesson.md`), 'utf8'))?.[1]);
  const content = new Set(['Laymanz', ...ledes,
    ...chapters.flatMap(({ number, title, sections }) => [title, `${number} · ${title}`, ...sections.map((section) => section.title)]),
    ...labs.flatMap(({ title, question }) => [title, question]),
    ...JSON.parse(read('data/challenges.json')).map(({ title }) => title)]);
  for (const page of ['index.html', '404.html', 'offline.html', 'map/index.html', 'progress/index.html']) {
    assert.deepEqual(unbracketed(read(page)).filter((text) => !content.has(text)), [], page);
  }
  for (const { slug } of chapters) { // of a chapter, what stands around its text
    const frame = read(`${slug}/index.html`).replace(/<main [^]*<nav class="pager"/, '<main><nav class="pager"');
    assert.deepEqual(unbracketed(frame).filter((text) => !content.has(text)), [], slug);
  }
});
