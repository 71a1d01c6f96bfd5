/** What makes the site work without a network and be installed: the service worker with its list of files, the manifest. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { APP_ICON } from './templates.mjs';
import { siteOffline as strings } from '../strings/strings.js';
import { language } from './language.mjs';

/** What no page asks for, and the compiler's pieces: web/compiler/pieces.js keeps those once the reader wants them. */
const NOT_KEPT = /^(404\.html|sw\.js|\.nojekyll|data\/files\/README\.md)$|^compiler\/(?!(manifest|library)\.json$)/;
const NAMED_BY_HASH = /-[0-9A-Z]{8}\.\w+$/; // as esbuild does
const ONLY_IF_USED = /^assets\/laymanz-relaxed\.wasm$/;
const FIRST = /^(assets\/|compiler\/|offline\.html$|manifest\.webmanifest$|data\/(?!liblabs\.a$)[^/]*$)/;

/** @param {string} path */
function whenKept(path) {
  if (ONLY_IF_USED.test(path)) return 'used';
  return FIRST.test(path) ? 'first' : 'idle';
}

/**
 * What the labs and challenges of a page read.
 * @param {string} html
 * @param {string[]} paths of all files
 * @param {Map<string, any>} labs
 */
function needs(html, paths, labs) {
  const named = (/** @type {RegExp} */ tag) => [...html.matchAll(tag)].map(([, name]) => name);
  const ofLabs = named(/<lab-card[^>]*\sname="([^"]+)"/g)
    .flatMap((name) => [`data/box/${name}.html`, `data/files/${labs.get(name)?.data}`]);
  const ofChallenges = named(/<challenge-card[^>]*\sslug="([^"]+)"/g)
    .flatMap((slug) => ['json', 'o', 'drive.o'].map((kind) => `data/challenges/${slug}.${kind}`));
  const wanted = new Set([...ofLabs, ...ofChallenges, ...(ofChallenges.length > 0 ? ['data/liblabs.a'] : [])]);
  return paths.filter((path) => wanted.has(path));
}

/**
 * @param {string} out the site's folder, finished but for this
 * @param {Map<string, any>} labs
 */
async function listFiles(out, labs) {
  const paths = (await readdir(out, { recursive: true })).map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !NOT_KEPT.test(path) && statSync(join(out, path)).isFile()).sort();
  return Promise.all(paths.map(async (path) => {
    const content = await readFile(join(out, path));
    const hash = createHash('sha256').update(content).digest();
    const isPage = /(^|\/)index\.html$/.test(path);
    return {
      url: isPage ? path.replace(/index\.html$/, '') || './' : path,
      revision: NAMED_BY_HASH.test(path) ? null : hash.toString('hex').slice(0, 16),
      integrity: `sha256-${hash.toString('base64')}`,
      when: whenKept(path),
      ...(isPage && { needs: needs(content.toString(), paths, labs) }),
    };
  }));
}

/** What a device shows of the installed site. Addresses are relative: it may stand anywhere. */
const manifest = () => ({
  name: strings.name,
  short_name: 'Laymanz',
  lang: language.code,
  description: strings.description,
  id: './',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#fbfaf7',
  theme_color: '#fbfaf7',
  icons: ['any', 'maskable'].map((purpose) => ({ src: 'assets/app-icon.svg', sizes: 'any', type: 'image/svg+xml', purpose })),
});

/**
 * @param {string} out
 * @param {string} web the folder of the web sources
 * @param {Map<string, any>} labs
 */
export async function writeOffline(out, web, labs) {
  await writeFile(join(out, 'assets/app-icon.svg'), APP_ICON);
  await writeFile(join(out, 'manifest.webmanifest'), JSON.stringify(manifest(), null, 2));
  const files = await listFiles(out, labs);
  await bundle({ entryPoints: [join(web, 'offline/sw.js')], outfile: join(out, 'sw.js'), bundle: true, minify: true,
    format: 'iife', logLevel: 'warning', legalComments: 'none', target: ['es2022', 'chrome111', 'firefox121', 'safari17.4'],
    define: { SITE_FILES: JSON.stringify(files), 'process.env.NODE_ENV': '"production"' } });
}
