/** Fills the static map with the reader's progress. */
import { countsOf, followCourse } from '../lib/course.js';
import { markThings } from '../lib/map-things.js';

/** @typedef {import('../lib/course.js').Course} Course */

export class SiteMap extends HTMLElement {
  connectedCallback() {
    followCourse((course) => this.fill(course)).catch(() => {}); // without the data the map is still a map
  }

  /** @param {Course} course */
  fill(course) {
    for (const chapter of course.chapters) {
      const place = this.querySelector(`[data-chapter="${chapter.slug}"] .map-count`);
      if (place) place.textContent = sentence(countsOf(course, chapter));
    }
    markThings(this, course);
  }
}

/** @param {ReturnType<typeof countsOf>} counts */
function sentence({ sections, goals, challenges, quizzes }) {
  const parts = [
    `${sections.done} of ${sections.all} sections read`,
    goals.all > 0 ? `${goals.done} of ${goals.all} goals met` : '',
    challenges.all > 0 ? `${challenges.done} of ${challenges.all} challenges solved` : '',
    quizzes.all > 0 ? `${quizzes.done} of ${quizzes.all} questions right` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

customElements.define('site-map', SiteMap);
