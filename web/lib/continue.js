/** The home page's first button: "start", or the place to go on. */
import { followCourse, nextSection } from './course.js';
import { siteUrl } from './site.js';
import { continueReading as strings } from '../strings/strings.js';

/** @param {HTMLAnchorElement} link */
export function followPlace(link) {
  const show = (/** @type {import('./course.js').Course} */ course) => {
    const next = nextSection(course);
    if (!next?.started) return;
    link.href = siteUrl(`${next.chapter.slug}/#${next.section.id}`);
    link.textContent = strings.continue(next.section.title);
  };
  followCourse(show).catch(() => {}); // without the data it still leads to the start
}
