/** What the search offers to do: go on, go to something on this page or to a page, change how the pages look. */
import { nextSection, readCourse } from './course.js';
import { progress } from './progress.js';
import { siteUrl } from './site.js';
import { setSlash, slashOpens } from './slash-key.js';

/** @typedef {import('./search.js').Place} Place */
/** @typedef {{ title: string, commands: Place[] }} CommandGroup */

export const HERE = 'On this page';

/** @type {(title: string, place: string, also: string, what: { href?: string, run?: () => void }) => Place} */
const command = (title, place, also, { href = '', run }) => ({ kind: 'command', title, place, also, text: '', href, run });

/** @returns {Promise<CommandGroup[]>} those that make sense on this page, now */
export async function commandGroups() {
  const groups = [
    { title: 'Go on', commands: [...(await continuing()), ...neighbours()] },
    { title: HERE, commands: cards() },
    { title: 'Pages', commands: pages() },
    { title: 'Look and keys', commands: [...schemes(), slash()] },
  ];
  return groups.filter(({ commands }) => commands.length > 0);
}

async function continuing() {
  const [course] = await Promise.all([readCourse().catch(() => null), progress.ready]);
  const next = course && nextSection(course);
  if (!next) return [];
  const { chapter, section, started } = next;
  const href = siteUrl(`${chapter.slug}/#${section.id}`);
  return [command(started ? 'Continue where you were' : 'Start reading', `${chapter.number} · ${chapter.title} > ${section.title}`,
    'resume go on next section', { href })];
}

/** The chapters before and after this one. */
function neighbours() {
  return ['next', 'prev'].flatMap((rel) => {
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector(`.pager a[rel=${rel}]`));
    if (!link) return [];
    return [command(rel === 'next' ? 'Next chapter' : 'Previous chapter', link.lastChild?.textContent ?? '', 'go', { href: link.href })];
  });
}

/** The labs and challenges that stand on this page. */
function cards() {
  const here = `${location.pathname}${location.search}`;
  return [...document.querySelectorAll('lab-card[id], challenge-card[id]')].map((card) => {
    const title = card.querySelector('.fallback h3')?.textContent ?? card.getAttribute('name') ?? '';
    const kind = card.localName === 'lab-card' ? 'lab' : 'challenge';
    const section = card.closest('section')?.querySelector('h2')?.firstChild?.textContent ?? '';
    return command(`Go to the ${kind}: ${title}`, section.trim(), 'on this page jump', { href: new URL(`${here}#${card.id}`, location.href).href });
  });
}

/** Every page that the rail leads to. */
function pages() {
  const links = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll('.rail-links a')]);
  return links.map((link) => command(link.textContent ?? '', '', `open go to page ${new URL(link.href).pathname}`, { href: link.href }));
}

function schemes() {
  const change = /** @type {import('../elements/scheme-switch.js').SchemeSwitch | null} */ (document.querySelector('scheme-switch'));
  if (!change) return [];
  const now = change.scheme;
  return [['light', 'Light colours', 'bright day'], ['dark', 'Dark colours', 'night black'], ['auto', 'Colours as the system has them', 'automatic']]
    .map(([scheme, title, also]) => command(title, scheme === now ? 'as it is now' : '', `scheme theme mode ${scheme} ${also}`, { run: () => change.set(scheme) }));
}

function slash() {
  const opens = slashOpens();
  return command(`Key / ${opens ? 'off' : 'on'}`, opens ? 'opens this search now; Ctrl-K always does' : 'Ctrl-K opens this search',
    'slash shortcut keyboard', { run: () => setSlash(!opens) });
}
