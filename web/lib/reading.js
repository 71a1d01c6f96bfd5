/** Notes which sections were read, and marks the current one in the rail. */
import { progress } from './progress.js';

const LONG_ENOUGH_MS = 2000; // the end of a section must stay in view this long to count as read

/** Watches the sections of a chapter; does nothing on other pages. */
export function trackReading() {
  const sections = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('main section[data-section]')]);
  if (sections.length === 0) return;
  watchEnds(sections);
  watchPlace(sections);
}

/** @param {HTMLElement[]} sections */
function watchEnds(sections) {
  /** @type {Map<Element, ReturnType<typeof setTimeout>>} */
  const timers = new Map();
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => markRead(target, observer), LONG_ENOUGH_MS));
    }
  });
  for (const section of sections) if (section.lastElementChild) observer.observe(section.lastElementChild);
}

/**
 * @param {Element} end the last element of a section
 * @param {IntersectionObserver} observer
 */
function markRead(end, observer) {
  observer.unobserve(end);
  const id = /** @type {HTMLElement | null} */ (end.closest('section[data-section]'))?.dataset.section;
  if (id && !progress.get('section', id)) progress.set('section', id, true);
}

/** @param {HTMLElement[]} sections */
function watchPlace(sections) {
  const inBand = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) inBand.add(target);
      else inBand.delete(target);
    }
    const here = sections.findLast((section) => inBand.has(section));
    if (here) markPlace(here.dataset.section ?? '');
  }, { rootMargin: '-15% 0px -80% 0px' });
  for (const section of sections) observer.observe(section);
}

/** @param {string} id */
function markPlace(id) {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.rail a[data-section]'))) {
    const here = link.dataset.section === id;
    link.classList.toggle('now', here);
    if (here) link.setAttribute('aria-current', 'location');
    else link.removeAttribute('aria-current');
  }
}
