/** What the search offers to do: go on, go to something on this page or to a page, change how the pages look. */
import { nextSection, readCourse } from './course.js';
import { progress } from './progress.js';
import { siteUrl } from './site.js';
import { setSlash, slashOpens } from './slash-key.js';
import { commands as strings } from '../strings/strings.js';

/** @typedef {import('./search.js').Place} Place */
/** @typedef {{ title: string, commands: Place[] }} CommandGroup */

export const HERE = strings.onThisPage;

/** @type {(title: string, place: string, also: string, what: { href?: string, run?: () => void }) => Place} */
const command = (title, place, also, { href = '', run }) => ({ kind: 'command', title, place, also, text: '', href, run });

/** @returns {Promise<CommandGroup[]>} those that make sense on this page, now */
export async function commandGroups() {
  const groups = [
    { title: strings.goOn, commands: [...(await continuing()), ...neighbours()] },
    { title: HERE, commands: cards() },
    { title: strings.pages, commands: pages() },
    { title: strings.lookAndKeys, commands: [...schemes(), slash()] },
  ];
  return groups.filter(({ commands }) => commands.length > 0);
}

async function continuing() {
  const [course] = await Promise.all([readCourse().catch(() => null), progress.ready]);
  const next = course && nextSection(course);
  if (!next) return [];
  const { chapter, section, started } = next;
  const href = siteUrl(`${chapter.slug}/#${section.id}`);
  return [command(started ? strings.continueWhereYouWere : strings.startReading, `${chapter.number} · ${chapter.title} > ${section.title}`,
    strings.alsoContinue, { href })];
}

/** The chapters before and after this one. */
function neighbours() {
  return ['next', 'prev'].flatMap((rel) => {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(`.pager a[rel=${rel}]`));
    if (!link) return [];
    return [command(rel === 'next' ? strings.nextChapter : strings.previousChapter, link.lastChild?.textContent ?? '', 'go', { href: link.href })];
  });
}

/** The labs and challenges that stand on this page. */
function cards() {
  const here = `${location.pathname}${location.search}`;
  return [...document.querySelectorAll('lab-card[id], challenge-card[id]')].map((card) => {
    const title = card.querySelector('.fallback h3')?.textContent ?? card.getAttribute('name') ?? '';
    const goTo = card.localName === 'lab-card' ? strings.goToTheLab : strings.goToTheChallenge;
    const section = card.closest('section')?.querySelector('h2')?.firstChild?.textContent ?? '';
    return command(goTo(title), section.trim(), strings.alsoJump, { href: new URL(`${here}#${card.id}`, location.href).href });
  });
}

/** Every page that the rail leads to. */
function pages() {
  const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll('.rail-links a')]);
  return links.map((link) => command(link.textContent ?? '', '', strings.alsoOpen(new URL(link.href).pathname), { href: link.href }));
}

function schemes() {
  const change = /** @type {import('../elements/scheme-switch.js').SchemeSwitch | null} */ (document.querySelector('scheme-switch'));
  if (!change) return [];
  const now = change.scheme;
  return [['light', strings.lightColours, strings.brightDay], ['dark', strings.darkColours, strings.nightBlack], ['auto', strings.coloursAsTheSystem, strings.automatic]]
    .map(([scheme, title, also]) => command(title, scheme === now ? strings.asItIsNow : '', strings.alsoScheme(scheme, also), { run: () => change.set(scheme) }));
}

function slash() {
  const opens = slashOpens();
  return command(opens ? strings.keyOff : strings.keyOn, opens ? strings.opensThisSearchNow : strings.ctrlKOpensThis,
    strings.alsoSlash, { run: () => setSlash(!opens) });
}
