/** Fills the static map with the reader's progress. */
import { countsOf, followCourse, goalsOf, isSolved } from '../lib/course.js';

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
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('[data-lab]'))) {
      const { done, all } = goalsOf(course, item.dataset.lab ?? '');
      if (done > 0) setState(item, done === all, `${done} of ${all} tried`);
    }
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('[data-challenge]'))) {
      if (isSolved(item.dataset.challenge ?? '')) setState(item, true, 'solved');
    }
  }
}

/** @type {(item: HTMLElement, done: boolean, text: string) => void} */
function setState(item, done, text) {
  const state = item.querySelector('.map-state');
  if (state) state.textContent = done ? `✓ ${text}` : text;
  state?.classList.toggle('done', done);
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
