/** The pages around the lessons: shell, rail, home, map, 404. All of it is readable without JavaScript. */
import { createHash } from 'node:crypto';
import { markFar } from './far.mjs';
import { anchor, escape } from './html.mjs';
import { langOf, language } from './language.mjs';
import { libraryHtml } from './library-page.mjs';
import { outlineWith } from './outline.mjs';
import { labCard } from './markdown.mjs';
import { siteTemplates as strings } from '../strings/strings.js';

/**
 * @typedef {import('./markdown.mjs').Lesson} Lesson
 * @typedef {object} Site
 * @property {Lesson[]} lessons by number
 * @property {Map<string, any>} labs
 * @property {Map<string, any>} challenges
 * @property {import('./glossary.mjs').Glossary} glossary
 * @property {{ page: string, parts: string[], labParts: string[], css: string, early: string, fonts: string[], icon: string }} assets relative to the root
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
 * @param {{ root: string, title: string, description: string, place?: string, kind: string, current?: string, lang?: string | null, main: string }} page
 *   root: the way to the site's root, "" or "../"; kind: home, chapter, map, progress, glossary or library; current: the slug of the chapter
 */
function shell(site, { root, title, description, place = '', kind, current = '', lang = null, main }) {
  // All is asked for before the first script: the policy keeps the browser from reading ahead while a script is awaited.
  const fonts = site.assets.fonts.filter((font) => kind === 'chapter' || !font.includes('italic'))
    .map((font) => `<link rel="preload" href="${root}${font}" as="font" type="font/woff2" crossorigin>`)
    .join('\n');
  return `<!doctype html>
<html lang="${language.code}" data-root="${root || './'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escape(title)}</title>
<meta name="description" content="${escape(description)}">
<link rel="preload" href="${root}${site.assets.css}" as="style">
${fonts}
${[site.assets.page, ...site.assets.parts].map((part) => `<link rel="modulepreload" href="${root}${part}">`).join('\n')}
${kind === 'chapter' || kind === 'home' ? labParts(site, root) : ''}<script src="${root}${site.assets.early}"></script>
<link rel="stylesheet" href="${root}${site.assets.css}">
<script type="module" src="${root}${site.assets.page}"></script>
<link rel="icon" href="${root}${site.assets.icon}" type="image/svg+xml">
<link rel="manifest" href="${root}manifest.webmanifest">
<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14161a" media="(prefers-color-scheme: dark)">
</head>
<body class="${kind}">
<a class="skip" href="#main">${strings.skipToTheText}</a>
<header class="top">
<button type="button" class="menu" aria-expanded="false" aria-controls="rail" aria-label="${strings.map}">${MENU}</button>
<a class="brand" href="${root || './'}">${LOGO}Laymanz</a>
${place ? `<span class="place">${escape(place)}</span>` : ''}
<span class="spacer"></span>
<button type="button" class="pill find" data-index="${site.search}" aria-label="${strings.search}" aria-haspopup="dialog"
 aria-keyshortcuts="/ Control+K Meta+K">${FIND}<span>${strings.search}</span><kbd>/</kbd></button>
<a class="pill solved" href="${root}progress/"${kind === 'progress' ? ' aria-current="page"' : ''}>${strings.yourProgress}</a>
<scheme-switch></scheme-switch>
<span class="read-bar" aria-hidden="true"></span>
</header>
<div class="notices" role="status"></div>
<div class="page">
${rail(site, root, current, kind)}
<main id="main" tabindex="-1"${langOf(lang)}>
${main}</main>
</div>
<footer class="foot"><p>${strings.everythingOnThesePages}</p>
<p><a href="${root}glossary/">${strings.glossary}</a> · <a href="${root}map/">${strings.map}</a> · <a href="${root}progress/">${strings.yourProgress}</a></p></footer>
</body>
</html>
`;
}

/**
 * What a lab needs: named only, and fetched once one is near (lib/lab-parts.js).
 * @type {(site: Site, root: string) => string}
 */
function labParts({ assets }, root) {
  const data = ['assets/laymanz.wasm', 'data/labs.json'];
  return data.map((file) => `<link rel="lab-part" href="${root}${file}" as="fetch" crossorigin fetchpriority="low">\n`).join('') +
    assets.labParts.map((part) => `<link rel="lab-part" href="${root}${part}" fetchpriority="low">\n`).join('');
}

/** @type {(site: Site, root: string, current: string, kind: string) => string} */
function rail(site, root, current, kind) {
  const groups = outlineWith(site.lessons).map(({ title, chapters }) => `<h2>${escape(title)}</h2>\n<ol>\n` +
    `${chapters.map((planned) => railItem(site, root, planned, current)).join('\n')}\n</ol>`);
  return `<site-nav><nav id="rail" class="rail" aria-label="${strings.chapters}"><p class="rail-links">` +
    `<a href="${root || './'}">${strings.home}</a> <a href="${root}map/">${strings.mapOfEverything}</a> ` +
    `<a href="${root}progress/"${kind === 'progress' ? ' aria-current="page"' : ''}>${strings.yourProgress}</a> ` +
    `<a href="${root}glossary/"${kind === 'glossary' ? ' aria-current="page"' : ''}>${strings.glossary}</a> ` +
    `<a href="${root}library/"${kind === 'library' ? ' aria-current="page"' : ''}>${strings.library}</a></p>${groups.join('\n')}</nav></site-nav>`;
}

/** @type {(site: Site, root: string, planned: import('./outline.mjs').Planned, current: string) => string} */
function railItem(site, root, planned, current) {
  const lesson = site.lessons.find(({ slug }) => slug === planned.slug);
  if (!lesson) {
    return `<li class="planned"><span><i>${planned.number}</i><span>${escape(planned.title)}<span class="visually-hidden">${strings.beingWritten}</span></span></span></li>`;
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
  const main = `<p class="eyebrow"${langOf(lesson.lang && language.code)}>${strings.chapter(lesson.number)}</p>
<h1>${escape(lesson.title)}</h1>
<p class="lede">${escape(lesson.lede)}</p>
${markFar(lesson.html)}
${pager(site.lessons[at - 1], site.lessons[at + 1], lesson.lang)}
`;
  return shell(site, {
    root: '../', title: strings.laymanz(lesson.number, lesson.title), description: lesson.lede, kind: 'chapter',
    place: `${lesson.number} · ${lesson.title}`, current: lesson.slug, lang: lesson.lang, main,
  });
}

/** @type {(previous: Lesson | undefined, next: Lesson | undefined, lang?: string | null) => string} */
function pager(previous, next, lang) {
  const back = previous
    ? `<a rel="prev" href="../${previous.slug}/"><small>${strings.previous}</small>${escape(previous.title)}</a>`
    : `<a href="../"><small>${strings.backTo}</small>${strings.home}</a>`;
  const on = next
    ? `<a rel="next" href="../${next.slug}/"><small>${strings.next}</small>${escape(next.title)}</a>`
    : `<a href="../map/"><small>${strings.next}</small>${strings.theMapOfEverything}</a>`;
  return `<nav class="pager"${langOf(lang && language.code)} aria-label="${strings.previousAndNext}">${back}${on}</nav>`;
}

/** @param {Site} site */
export function homePage(site) {
  const playground = site.labs.get('mlp-playground');
  const digits = site.labs.get('digits');
  const first = site.lessons[0];
  const start = first ? `<p class="continue"><a class="button go" href="${first.slug}/">${strings.startWithChapter(first.number)}</a></p>\n` : '';
  const main = `<div class="hero"><h1>${strings.mlSystemDesignWith}</h1>
<p class="lede">${strings.everyCurveOnThese}</p>
${start}</div>
<div class="stage">
<h2 class="visually-hidden">${strings.aNetworkTraining}</h2>
${playground ? labCard(playground, { autoplay: true }) : ''}</div>
${digits ? `<h2 id="digits">${strings.andOneThatSees}${anchor('digits', strings.andOneThatSees)}</h2>
<p class="lede">${strings.n1200HandwrittenDigits}</p>
<div class="stage">\n${labCard(digits, { autoplay: true })}</div>\n` : ''}<h2 id="map">${strings.theMapOfEverything}${anchor('map', strings.theMapOfEverything)}</h2>
${siteMap(site, '', 'h3')}`;
  return shell(site, {
    root: '', title: strings.laymanzMlSystemDesign, kind: 'home', main,
    description: strings.machineLearningSystemsFrom,
  });
}

/** @param {Site} site */
export function mapPage(site) {
  const main = `<h1>${strings.theMapOfEverything}</h1>
<p class="lede">${strings.mapLede(`<a href="../progress/">${strings.yourProgress}</a>`)}</p>
${siteMap(site, '../', 'h2', mapFilter(site))}`;
  return shell(site, {
    root: '../', title: strings.mapLaymanz, description: strings.allChaptersLabsAnd, kind: 'map',
    place: strings.map, main,
  });
}

/** @param {Site} site */
export function glossaryPage(site) {
  const main = `<h1>${strings.glossary}</h1>
<p class="lede">${strings.theWordsOfThese}</p>
${site.glossary.html(site.lessons)}`;
  return shell(site, {
    root: '../', title: strings.glossaryLaymanz, description: strings.theTermsOfMachine,
    kind: 'glossary', place: strings.glossary, main,
  });
}

/** What is counted of a chapter: the name in the data, and what it is called. */
const tallies = () => [['sections', strings.sectionsRead], ['goals', strings.labGoalsMet],
  ['challenges', strings.challengesSolved], ['quizzes', strings.questionsRight], ['predictions', strings.predictionsMade]];

/** @param {Site} site */
export function progressPage(site) {
  const chapters = site.lessons.map((lesson) => progressEntry(site, lesson)).join('\n');
  const main = `<h1>${strings.yourProgress}</h1>
<p class="lede">${strings.whatYouHaveDone}</p>
<progress-overview>
<section class="next-step" aria-labelledby="next"><h2 id="next">${strings.whatToDoNext}</h2>
<p class="next-words">${strings.startWith(`<a href="../${site.lessons[0]?.slug ?? ''}/">${strings.chapter1}</a>`)}</p></section>
${chapters}
<section class="keep-file" aria-labelledby="file"><h2 id="file">${strings.takeItWithYou}</h2>
<p>${strings.aFileHoldsEverything}</p>
<p class="unreadable" hidden></p>
<div class="file-row"><button type="button" class="export">${strings.saveAsAFile}</button>
<button type="button" class="import">${strings.openAFile}</button>
<input type="file" accept=".json,application/json" aria-label="${strings.aFileOfProgress}" hidden>
<button type="button" class="forget">${strings.forgetEverything}</button></div>
<p class="file-said" role="status"></p>
<noscript><p>${strings.countingSavingAndOpening}</p></noscript></section>
<dialog class="forget-dialog" aria-labelledby="forget-title"><h2 id="forget-title">${strings.forgetEverything2}</h2>
<p class="forget-words"></p>
<p>${strings.itCannotBeUndone}</p>
<div class="file-row"><button type="button" class="keep">${strings.keepIt}</button>
<button type="button" class="export">${strings.saveAsAFile}</button>
<button type="button" class="really">${strings.forgetEverything3}</button></div></dialog>
</progress-overview>`;
  return shell(site, {
    root: '../', title: strings.yourProgressLaymanz, kind: 'progress', place: strings.yourProgress, main,
    description: strings.whatYouHaveRead,
  });
}

/** @type {(site: Site, lesson: Lesson) => string} */
function progressEntry(site, lesson) {
  const { slug } = lesson;
  const counted = tallies().map(([name, label]) => `<div data-tally="${name}"><dt>${label}</dt><dd></dd></div>`).join('');
  const sections = lesson.sections.map(({ id, title }) => `<li data-read="${slug}/${id}"><span class="tag">${strings.section}</span> ` +
    `<a href="../${slug}/#${id}">${escape(title)}</a> <small class="map-state"></small></li>`);
  const labs = [...new Set(lesson.labs)].map((name) => labItem(site, name, `../${slug}/#lab-${name}`, lesson));
  const challenges = [...new Set(lesson.challenges)].map((name) => challengeItem(site, name, `../${slug}/#challenge-${name}`, lesson));
  return `<section class="past" data-chapter="${slug}" aria-labelledby="of-${slug}">
<h2 id="of-${slug}"><i>${lesson.number}</i> <a href="../${slug}/">${escape(lesson.title)}</a></h2>
<dl class="tally">${counted}</dl>
<details><summary>${strings.oneByOne}<span class="visually-hidden">: ${escape(lesson.title)}</span></summary>
<ul class="map-things">${sections.join('')}${labs.join('')}${challenges.join('')}</ul></details></section>`;
}

/**
 * @param {Site} site
 * @param {import('./ml-api.mjs').ApiEntry[]} api
 */
export function libraryPage(site, api) {
  const main = `<h1>${strings.theLibraryInC}</h1>
<p class="lede">${strings.everyPublicNameOf}</p>
${libraryHtml(api)}`;
  return shell(site, {
    root: '../', title: strings.libraryLaymanz, description: strings.everyFunctionTypeAnd,
    kind: 'library', place: strings.library, main,
  });
}

/** What narrows the map down; it works with JavaScript alone, and is not shown without. @param {Site} site */
function mapFilter(site) {
  const levels = [...new Set([...site.challenges.values()].map(({ level }) => level))].sort();
  const topics = site.lessons.map((lesson) => {
    const held = lesson.sections.filter(({ id }) => [...lesson.places.values()].includes(id));
    return `<optgroup label="${lesson.number} · ${escape(lesson.title)}"><option value="${lesson.slug}/">${strings.allOfChapter(lesson.number)}</option>` +
      `${held.map(({ id, title }) => `<option value="${lesson.slug}/${id}">${escape(title)}</option>`).join('')}</optgroup>`;
  });
  const kinds = [['', strings.everything], ['lab', strings.labs], ['challenge', strings.challenges]].map(([value, label]) =>
    `<label><input type="radio" name="show" value="${value}"${value ? '' : ' checked'}>${label}</label>`);
  return `<form class="map-filter" aria-label="${strings.whatTheMapShows}">
<fieldset><legend>${strings.show}</legend>${kinds.join('')}</fieldset>
<label>${strings.level} <select name="level"><option value="">${strings.any}</option>${levels.map((level) => `<option>${level}</option>`).join('')}</select></label>
<label>${strings.topic} <select name="topic"><option value="">${strings.any}</option>${topics.join('')}</select></label>
<label><input type="checkbox" name="open" value="1">${strings.notDoneYet}</label>
<button type="reset" class="pill" hidden>${strings.showAll}</button>
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
  const home = loose.length === 0 ? '' : `<section class="map-group"><${heading}>${strings.onTheHomePage}</${heading}>\n<ol><li class="map-chapter">` +
    `<ul class="map-things">${loose.map((name) => labItem(site, name, `${root || './'}?lab=${name}`)).join('')}</ul></li></ol></section>`;
  return `<site-map>${before}${groups.join('\n')}${home}</site-map>\n`;
}

/** @type {(site: Site, root: string, planned: import('./outline.mjs').Planned) => string} */
function mapEntry(site, root, planned) {
  const lesson = site.lessons.find(({ slug }) => slug === planned.slug);
  if (!lesson) {
    return `<li class="map-chapter planned"><i>${planned.number}</i><p class="map-title">${escape(planned.title)} ` +
      `<small>${strings.beingWritten2}</small></p></li>`;
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
  return `<li data-lab="${escape(name)}"${topic(lesson, `lab-${name}`)}><span class="tag">${strings.lab}</span> <a href="${escape(href)}">${escape(lab.title)}</a> ` +
    `<small class="map-state">${strings.thingsToTry(lab.goals.length)}</small></li>`;
}

/** @type {(site: Site, slug: string, href: string, lesson: Lesson) => string} */
function challengeItem(site, slug, href, lesson) {
  const challenge = site.challenges.get(slug);
  return `<li data-challenge="${escape(slug)}" data-level="${challenge.level}"${topic(lesson, `challenge-${slug}`)}><span class="tag">${strings.challenge}</span> <a href="${escape(href)}">` +
    `${escape(challenge.title)}</a> <small class="map-state">${strings.levelMin(challenge.level, challenge.minutes)}</small></li>`;
}

const BARE_STYLE = `
:root{color-scheme:light dark}
body{max-width:34rem;margin:18vh auto;padding:0 1.25rem;background:light-dark(#fbfaf7,#14161a);color:light-dark(#1f2328,#e9e6df);font:1.125rem/1.6 Georgia,serif}
a{color:light-dark(#b83a15,#ff8a5c)}
`;

/** The page for addresses that do not exist. @returns {string} */
export function notFoundPage() {
  return barePage(strings.notHere, `<h1>${strings.thisBoxIsEmpty}</h1>
<p>${strings.thereIsNoPage}</p>
<p>${strings.usuallyTheWayHome(`<a href="../">${strings.oneLevelUp}</a>`)}</p>`);
}

/** The page in place of one that was never fetched and cannot be now. @returns {string} */
export function offlinePage() {
  return barePage(strings.notKeptYet, `<h1>${strings.thisBoxIsStill}</h1>
<p>${strings.thisPageHasNot}</p>
<p>${strings.tryAgainOrGo(`<a href="">${strings.tryAgain}</a>`, `<a href="../">${strings.oneLevelUpLinked}</a>`)}</p>`);
}

/**
 * A page that is shown at any depth, so it can rely on no other file.
 * @param {string} title
 * @param {string} main
 */
function barePage(title, main) {
  const hash = createHash('sha256').update(BARE_STYLE).digest('base64');
  return `<!doctype html>
<html lang="${language.code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<title>${strings.laymanz2(title)}</title>
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
