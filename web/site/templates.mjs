/** The pages around the lessons: shell, rail, home, map, 404. All of it is readable without JavaScript. */
import { createHash } from 'node:crypto';
import { anchor, escape } from './html.mjs';
import { libraryHtml } from './library-page.mjs';
import { outlineWith } from './outline.mjs';
import { labCard } from './markdown.mjs';

/**
 * @typedef {import('./markdown.mjs').Lesson} Lesson
 * @typedef {object} Site
 * @property {Lesson[]} lessons by number
 * @property {Map<string, any>} labs
 * @property {Map<string, any>} challenges
 * @property {import('./glossary.mjs').Glossary} glossary
 * @property {{ page: string, parts: string[], css: string, early: string, fonts: string[], icon: string }} assets relative to the root
 * @property {string} search what the search knows, relative to the root
 */

/* What a page may do: nothing that is not named here. Scripts and styles are files of the site; WebAssembly is the labs
 * and the compiler; data: is CodeMirror's underline below an error. No style is inline: Lit and CodeMirror hand the browser
 * style sheets, and `element.style`, which Chart.js and we use, is no attribute to the policy. */
const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; " +
  "img-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; " +
  "form-action 'none'";

export const LOGO = '<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" ' +
  'stroke-width="1.8" stroke-linejoin="round" aria-hidden="true"><path d="M3 9l9-4 9 4v8l-9 4-9-4z"/>' +
  '<path d="M3 9l9 4 9-4M12 13v8"/><path d="M3 9L1.5 5.5 10 2l2 3M21 9l1.5-3.5L14 2l-2 3" class="lid"/></svg>';

/** The tab's icon: the logo with colours of its own, since it stands outside the page. */
export const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-width="1.8" ' +
  'stroke-linejoin="round"><style>path{stroke:#1f2328}.lid{stroke:#b83a15}' +
  '@media(prefers-color-scheme:dark){path{stroke:#e9e6df}.lid{stroke:#ff8a5c}}</style>' +
  '<path d="M3 9l9-4 9 4v8l-9 4-9-4z"/><path d="M3 9l9 4 9-4M12 13v8"/>' +
  '<path class="lid" d="M3 9L1.5 5.5 10 2l2 3M21 9l1.5-3.5L14 2l-2 3"/></svg>';

/** The installed site's icon: the logo on paper, within the circle that every device's mask leaves (80 % of the width). */
export const APP_ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">' +
  '<rect width="512" height="512" fill="#fbfaf7"/><g transform="translate(256 256) scale(13) translate(-12 -11.5)" ' +
  'fill="none" stroke="#1f2328" stroke-width="1.6" stroke-linejoin="round"><path d="M3 9l9-4 9 4v8l-9 4-9-4z" fill="#fff"/>' +
  '<path d="M3 9l9 4 9-4M12 13v8"/><path stroke="#b83a15" d="M3 9L1.5 5.5 10 2l2 3M21 9l1.5-3.5L14 2l-2 3"/></g></svg>';

const MENU = '<svg viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.8" ' +
  'stroke-linecap="round" aria-hidden="true"><path d="M3 5.5h14M3 10h14M3 14.5h9"/></svg>';

const FIND = '<svg viewBox="0 0 20 20" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.8" ' +
  'stroke-linecap="round" aria-hidden="true"><circle cx="8.8" cy="8.8" r="5.3"/><path d="M13 13l4 4"/></svg>';

/**
 * @param {Site} site
 * @param {{ root: string, title: string, description: string, place?: string, kind: string, current?: string, main: string }} page
 *   root: the way to the site's root, "" or "../"; kind: home, chapter, map, progress, glossary or library; current: the slug of the chapter
 */
function shell(site, { root, title, description, place = '', kind, current = '', main }) {
  const fonts = site.assets.fonts.filter((font) => kind === 'chapter' || !font.includes('italic'))
    .map((font) => `<link rel="preload" href="${root}${font}" as="font" type="font/woff2" crossorigin>`)
    .join('\n');
  return `<!doctype html>
<html lang="en" data-root="${root || './'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escape(title)}</title>
<meta name="description" content="${escape(description)}">
<script src="${root}${site.assets.early}"></script>
<link rel="stylesheet" href="${root}${site.assets.css}">
${fonts}
<link rel="icon" href="${root}${site.assets.icon}" type="image/svg+xml">
<link rel="manifest" href="${root}manifest.webmanifest">
<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14161a" media="(prefers-color-scheme: dark)">
<script type="module" src="${root}${site.assets.page}"></script>
${site.assets.parts.map((part) => `<link rel="modulepreload" href="${root}${part}">`).join('\n')}
</head>
<body class="${kind}">
<a class="skip" href="#main">Skip to the text</a>
<header class="top">
<button type="button" class="menu" aria-expanded="false" aria-controls="rail" aria-label="Map">${MENU}</button>
<a class="brand" href="${root || './'}">${LOGO}Laymanz</a>
${place ? `<span class="place">${escape(place)}</span>` : ''}
<span class="spacer"></span>
<button type="button" class="pill find" data-index="${site.search}" aria-label="Search" aria-haspopup="dialog"
 aria-keyshortcuts="/ Control+K Meta+K">${FIND}<span>Search</span><kbd>/</kbd></button>
<a class="pill solved" href="${root}progress/"${kind === 'progress' ? ' aria-current="page"' : ''}>Your progress</a>
<scheme-switch></scheme-switch>
<span class="read-bar" aria-hidden="true"></span>
</header>
<div class="notices" role="status"></div>
<div class="page">
${rail(site, root, current, kind)}
<main id="main" tabindex="-1">
${main}</main>
</div>
<footer class="foot"><p>Everything on these pages is computed by C in your browser. Nothing you do here is sent anywhere.</p>
<p><a href="${root}glossary/">Glossary</a> · <a href="${root}map/">Map</a> · <a href="${root}progress/">Your progress</a></p></footer>
</body>
</html>
`;
}

/** @type {(site: Site, root: string, current: string, kind: string) => string} */
function rail(site, root, current, kind) {
  const groups = outlineWith(site.lessons).map(({ title, chapters }) => `<h2>${escape(title)}</h2>\n<ol>\n` +
    `${chapters.map((planned) => railItem(site, root, planned, current)).join('\n')}\n</ol>`);
  return `<site-nav><nav id="rail" class="rail" aria-label="Chapters"><p class="rail-links">` +
    `<a href="${root || './'}">Home</a> <a href="${root}map/">Map of everything</a> ` +
    `<a href="${root}progress/"${kind === 'progress' ? ' aria-current="page"' : ''}>Your progress</a> ` +
    `<a href="${root}glossary/"${kind === 'glossary' ? ' aria-current="page"' : ''}>Glossary</a> ` +
    `<a href="${root}library/"${kind === 'library' ? ' aria-current="page"' : ''}>Library</a></p>${groups.join('\n')}</nav></site-nav>`;
}

/** @type {(site: Site, root: string, planned: import('./outline.mjs').Planned, current: string) => string} */
function railItem(site, root, planned, current) {
  const lesson = site.lessons.find(({ slug }) => slug === planned.slug);
  if (!lesson) {
    return `<li class="planned"><span><i>${planned.number}</i><span>${escape(planned.title)}<span class="visually-hidden">, being written</span></span></span></li>`;
  }
  const on = lesson.slug === current;
  const sections = on
    ? `<ol class="sub">${lesson.sections.map(({ id, title }) =>
        `<li><a href="#${id}" data-section="${lesson.slug}/${id}">${escape(title)}</a></li>`).join('')}</ol>`
    : '';
  return `<li${on ? ' class="on"' : ''}><a href="${root}${lesson.slug}/"${on ? ' aria-current="page"' : ''} ` +
    `data-chapter="${lesson.slug}"><i>${lesson.number}</i><span>${escape(lesson.title)}</span></a>${sections}</li>`;
}

/**
 * @param {Site} site
 * @param {Lesson} lesson
 */
export function chapterPage(site, lesson) {
  const at = site.lessons.indexOf(lesson);
  const main = `<p class="eyebrow">Chapter ${lesson.number}</p>
<h1>${escape(lesson.title)}</h1>
<p class="lede">${escape(lesson.lede)}</p>
${lesson.html}
${pager(site.lessons[at - 1], site.lessons[at + 1])}
`;
  return shell(site, {
    root: '../', title: `${lesson.number} · ${lesson.title} · Laymanz`, description: lesson.lede, kind: 'chapter',
    place: `${lesson.number} · ${lesson.title}`, current: lesson.slug, main,
  });
}

/** @type {(previous: Lesson | undefined, next: Lesson | undefined) => string} */
function pager(previous, next) {
  const back = previous
    ? `<a rel="prev" href="../${previous.slug}/"><small>Previous</small>${escape(previous.title)}</a>`
    : '<a href="../"><small>Back to</small>Home</a>';
  const on = next
    ? `<a rel="next" href="../${next.slug}/"><small>Next</small>${escape(next.title)}</a>`
    : '<a href="../map/"><small>Next</small>The map of everything</a>';
  return `<nav class="pager" aria-label="Previous and next">${back}${on}</nav>`;
}

/** @param {Site} site */
export function homePage(site) {
  const playground = site.labs.get('mlp-playground');
  const digits = site.labs.get('digits');
  const first = site.lessons[0];
  const start = first ? `<p class="continue"><a class="button go" href="${first.slug}/">Start with chapter ${first.number}</a></p>\n` : '';
  const main = `<div class="hero"><h1>ML system design with no black boxes</h1>
<p class="lede">Every curve on these pages is computed in front of you by C that you can open, read, change, compile in
the page and run.</p>
${start}</div>
<div class="stage">
<h2 class="visually-hidden">A network, training</h2>
${playground ? labCard(playground, { autoplay: true }) : ''}</div>
${digits ? `<h2 id="digits">And one that sees${anchor('digits', 'And one that sees')}</h2>
<p class="lede">1,200 handwritten digits, a convolutional network and a few seconds. Then it is your turn: draw one, and
watch what becomes of it on its way through the layers.</p>
<div class="stage">\n${labCard(digits, { autoplay: true })}</div>\n` : ''}<h2 id="map">The map of everything${anchor('map', 'The map of everything')}</h2>
${siteMap(site, '', 'h3')}`;
  return shell(site, {
    root: '', title: 'Laymanz: ML system design with no black boxes', kind: 'home', main,
    description: 'Machine-learning systems, from gradient descent to serving: live labs, challenges in real C compiled ' +
      'in the page, and every line of source one click away.',
  });
}

/** @param {Site} site */
export function mapPage(site) {
  const main = `<h1>The map of everything</h1>
<p class="lede">Chapters, labs and challenges, and how far you have come. <a href="../progress/">Your progress</a> is kept in
this browser and nowhere else.</p>
${siteMap(site, '../', 'h2', mapFilter(site))}`;
  return shell(site, {
    root: '../', title: 'Map · Laymanz', description: 'All chapters, labs and challenges, with your progress.', kind: 'map',
    place: 'Map', main,
  });
}

/** @param {Site} site */
export function glossaryPage(site) {
  const main = `<h1>Glossary</h1>
<p class="lede">The words of these chapters, each in a sentence or two, with the sections that use them.</p>
${site.glossary.html(site.lessons)}`;
  return shell(site, {
    root: '../', title: 'Glossary · Laymanz', description: 'The terms of machine-learning systems in plain words.',
    kind: 'glossary', place: 'Glossary', main,
  });
}

/** What is counted of a chapter: the name in the data, and what it is called. */
const TALLIES = [['sections', 'Sections read'], ['goals', 'Lab goals met'], ['challenges', 'Challenges solved'],
  ['quizzes', 'Questions right'], ['predictions', 'Predictions made']];

/** @param {Site} site */
export function progressPage(site) {
  const chapters = site.lessons.map((lesson) => progressEntry(site, lesson)).join('\n');
  const main = `<h1>Your progress</h1>
<p class="lede">What you have done so far, chapter by chapter. It is kept in this browser and nowhere else; nothing is
timed, and nothing is lost by a pause.</p>
<progress-overview>
<section class="next-step" aria-labelledby="next"><h2 id="next">What to do next</h2>
<p class="next-words">Start with <a href="../${site.lessons[0]?.slug ?? ''}/">chapter 1</a>.</p></section>
${chapters}
<section class="keep-file" aria-labelledby="file"><h2 id="file">Take it with you</h2>
<p>A file holds everything: what you read, met and answered, your code and your attempts. Open it in another browser, or
keep it in case this one is cleared. Opening a file adds to what is here: nothing that you did later is overwritten.</p>
<p class="unreadable" hidden></p>
<div class="file-row"><button type="button" class="export">Save as a file</button>
<button type="button" class="import">Open a file</button>
<input type="file" accept=".json,application/json" aria-label="A file of progress" hidden>
<button type="button" class="forget">Forget everything …</button></div>
<p class="file-said" role="status"></p>
<noscript><p>Counting, saving and opening need JavaScript.</p></noscript></section>
<dialog class="forget-dialog" aria-labelledby="forget-title"><h2 id="forget-title">Forget everything?</h2>
<p class="forget-words"></p>
<p>It cannot be undone. Save it as a file first if you might want it again; the colour scheme and the downloaded compiler
stay.</p>
<div class="file-row"><button type="button" class="keep">Keep it</button>
<button type="button" class="export">Save as a file</button>
<button type="button" class="really">Forget everything</button></div></dialog>
</progress-overview>`;
  return shell(site, {
    root: '../', title: 'Your progress · Laymanz', kind: 'progress', place: 'Your progress', main,
    description: 'What you have read, tried and solved so far, what to do next, and all of it as a file.',
  });
}

/** @type {(site: Site, lesson: Lesson) => string} */
function progressEntry(site, lesson) {
  const { slug } = lesson;
  const tallies = TALLIES.map(([name, label]) => `<div data-tally="${name}"><dt>${label}</dt><dd></dd></div>`).join('');
  const sections = lesson.sections.map(({ id, title }) => `<li data-read="${slug}/${id}"><span class="tag">Section</span> ` +
    `<a href="../${slug}/#${id}">${escape(title)}</a> <small class="map-state"></small></li>`);
  const labs = [...new Set(lesson.labs)].map((name) => labItem(site, name, `../${slug}/#lab-${name}`, lesson));
  const challenges = [...new Set(lesson.challenges)].map((name) => challengeItem(site, name, `../${slug}/#challenge-${name}`, lesson));
  return `<section class="past" data-chapter="${slug}" aria-labelledby="of-${slug}">
<h2 id="of-${slug}"><i>${lesson.number}</i> <a href="../${slug}/">${escape(lesson.title)}</a></h2>
<dl class="tally">${tallies}</dl>
<details><summary>One by one<span class="visually-hidden">: ${escape(lesson.title)}</span></summary>
<ul class="map-things">${sections.join('')}${labs.join('')}${challenges.join('')}</ul></details></section>`;
}

/**
 * @param {Site} site
 * @param {import('./ml-api.mjs').ApiEntry[]} api
 */
export function libraryPage(site, api) {
  const main = `<h1>The library in C</h1>
<p class="lede">Every public name of ml.h, which the labs run on and your challenges include, with the words that stand above it in its header.</p>
${libraryHtml(api)}`;
  return shell(site, {
    root: '../', title: 'Library · Laymanz', description: 'Every function, type and macro of the C library behind the labs.',
    kind: 'library', place: 'Library', main,
  });
}

/** What narrows the map down; it works with JavaScript alone, and is not shown without. @param {Site} site */
function mapFilter(site) {
  const levels = [...new Set([...site.challenges.values()].map(({ level }) => level))].sort();
  const topics = site.lessons.map((lesson) => {
    const held = lesson.sections.filter(({ id }) => [...lesson.places.values()].includes(id));
    return `<optgroup label="${lesson.number} · ${escape(lesson.title)}"><option value="${lesson.slug}/">All of chapter ${lesson.number}</option>` +
      `${held.map(({ id, title }) => `<option value="${lesson.slug}/${id}">${escape(title)}</option>`).join('')}</optgroup>`;
  });
  const kinds = [['', 'Everything'], ['lab', 'Labs'], ['challenge', 'Challenges']].map(([value, label]) =>
    `<label><input type="radio" name="show" value="${value}"${value ? '' : ' checked'}>${label}</label>`);
  return `<form class="map-filter" aria-label="What the map shows">
<fieldset><legend>Show</legend>${kinds.join('')}</fieldset>
<label>Level <select name="level"><option value="">any</option>${levels.map((level) => `<option>${level}</option>`).join('')}</select></label>
<label>Topic <select name="topic"><option value="">any</option>${topics.join('')}</select></label>
<label><input type="checkbox" name="open" value="1">Not done yet</label>
<button type="reset" class="pill" hidden>Show all</button>
<p role="status"></p>
</form>
`;
}

/** @type {(site: Site, root: string, heading: 'h2' | 'h3', before?: string) => string} */
function siteMap(site, root, heading, before = '') {
  const placed = new Set(site.lessons.flatMap((lesson) => lesson.labs));
  const loose = [...site.labs.keys()].filter((name) => !placed.has(name));
  const groups = outlineWith(site.lessons).map(({ title, chapters }) => `<section class="map-group"><${heading}>${escape(title)}</${heading}>\n<ol>\n` +
    `${chapters.map((planned) => mapEntry(site, root, planned)).join('\n')}\n</ol></section>`);
  const home = loose.length === 0 ? '' : `<section class="map-group"><${heading}>On the home page</${heading}>\n<ol><li class="map-chapter">` +
    `<ul class="map-things">${loose.map((name) => labItem(site, name, `${root || './'}?lab=${name}`)).join('')}</ul></li></ol></section>`;
  return `<site-map>${before}${groups.join('\n')}${home}</site-map>\n`;
}

/** @type {(site: Site, root: string, planned: import('./outline.mjs').Planned) => string} */
function mapEntry(site, root, planned) {
  const lesson = site.lessons.find(({ slug }) => slug === planned.slug);
  if (!lesson) {
    return `<li class="map-chapter planned"><i>${planned.number}</i><p class="map-title">${escape(planned.title)} ` +
      '<small>being written</small></p></li>';
  }
  const labs = [...new Set(lesson.labs)].map((name) => labItem(site, name, `${root}${lesson.slug}/#lab-${name}`, lesson));
  const challenges = [...new Set(lesson.challenges)].map((slug) => challengeItem(site, slug, `${root}${lesson.slug}/#challenge-${slug}`, lesson));
  return `<li class="map-chapter" data-chapter="${lesson.slug}"><i>${lesson.number}</i><p class="map-title">` +
    `<a href="${root}${lesson.slug}/">${escape(lesson.title)}</a> <small class="map-count"></small></p>` +
    `<p class="map-lede">${escape(lesson.lede)}</p><ul class="map-things">${labs.join('')}${challenges.join('')}</ul></li>`;
}

/** Where a lab or a challenge stands, for the map's filter. @type {(lesson: Lesson | undefined, id: string) => string} */
const topic = (lesson, id) => (lesson ? ` data-topic="${lesson.slug}/${lesson.places.get(id) ?? ''}"` : '');

/** @type {(site: Site, name: string, href: string, lesson?: Lesson) => string} */
function labItem(site, name, href, lesson) {
  const lab = site.labs.get(name);
  return `<li data-lab="${escape(name)}"${topic(lesson, `lab-${name}`)}><span class="tag">Lab</span> <a href="${escape(href)}">${escape(lab.title)}</a> ` +
    `<small class="map-state">${lab.goals.length === 1 ? '1 thing' : `${lab.goals.length} things`} to try</small></li>`;
}

/** @type {(site: Site, slug: string, href: string, lesson: Lesson) => string} */
function challengeItem(site, slug, href, lesson) {
  const challenge = site.challenges.get(slug);
  return `<li data-challenge="${escape(slug)}" data-level="${challenge.level}"${topic(lesson, `challenge-${slug}`)}><span class="tag">Challenge</span> <a href="${escape(href)}">` +
    `${escape(challenge.title)}</a> <small class="map-state">level ${challenge.level}, ${challenge.minutes} min</small></li>`;
}

const BARE_STYLE = `
:root{color-scheme:light dark}
body{max-width:34rem;margin:18vh auto;padding:0 1.25rem;background:light-dark(#fbfaf7,#14161a);color:light-dark(#1f2328,#e9e6df);font:1.125rem/1.6 Georgia,serif}
a{color:light-dark(#b83a15,#ff8a5c)}
`;

/** The page for addresses that do not exist. @returns {string} */
export function notFoundPage() {
  return barePage('Not here', `<h1>This box is empty</h1>
<p>There is no page at this address. A chapter may have moved, or the link may have lost a letter.</p>
<p><a href="../">One level up</a> is usually the way home.</p>`);
}

/** The page in place of one that was never fetched and cannot be now. @returns {string} */
export function offlinePage() {
  return barePage('Not kept yet', `<h1>This box is still at the shop</h1>
<p>This page has not been fetched yet, and there is no network now. Pages that you have opened before work without one.</p>
<p><a href="">Try again</a>, or go <a href="../">one level up</a>.</p>`);
}

/**
 * A page that is shown at any depth, so it can rely on no other file.
 * @param {string} title
 * @param {string} main
 */
function barePage(title, main) {
  const hash = createHash('sha256').update(BARE_STYLE).digest('base64');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<title>${title} · Laymanz</title>
<style>${BARE_STYLE}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
}
