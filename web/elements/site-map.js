/** Fills the static map with the reader's progress, and narrows it down where it has a form for that. */
import { countsOf, followCourse } from '../lib/course.js';
import { markThings } from '../lib/map-things.js';
import { siteMap as strings } from '../strings/strings.js';

/** @typedef {import('../lib/course.js').Course} Course */

export class SiteMap extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form');
    if (this.form) this.filterBy(this.form);
    followCourse((course) => this.fill(course)).catch(() => {}); // without the data the map is still a map
  }

  /** @param {Course} course */
  fill(course) {
    for (const chapter of course.chapters) {
      const place = this.querySelector(`[data-chapter="${chapter.slug}"] .map-count`);
      if (place) place.textContent = sentence(countsOf(course, chapter));
    }
    markThings(this, course);
    if (this.form) this.narrow(this.form);
  }

  /** @param {HTMLFormElement} form the address remembers what it says */
  filterBy(form) {
    const asked = new URLSearchParams(location.search);
    for (const field of /** @type {NodeListOf<HTMLInputElement | HTMLSelectElement>} */ (form.querySelectorAll('input, select'))) {
      const value = asked.get(field.name);
      if (value === null) continue;
      if (field instanceof HTMLInputElement) field.checked = field.value === value;
      else if ([...field.options].some((option) => option.value === value)) field.value = value;
    }
    const change = () => {
      const said = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== '').map(([name, value]) => [name, String(value)]));
      history.replaceState(history.state, '', `${location.pathname}${said.size > 0 ? `?${said}` : ''}${location.hash}`);
      this.narrow(form);
    };
    form.addEventListener('input', change);
    form.addEventListener('reset', () => setTimeout(change)); // the fields are reset after this event
    form.addEventListener('submit', (event) => event.preventDefault());
    this.narrow(form);
  }

  /** @param {HTMLFormElement} form */
  narrow(form) {
    const data = new FormData(form);
    const [show, level, topic, open] = ['show', 'level', 'topic', 'open'].map((name) => String(data.get(name) ?? ''));
    const narrowed = Boolean(show || level || topic || open);
    const items = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.map-things > li')]);
    for (const item of items) {
      const { lab, level: own = '', topic: place = '' } = item.dataset;
      item.hidden = Boolean(
        (show && show !== (lab === undefined ? 'challenge' : 'lab')) || (level && own !== level) ||
        (topic && (topic.endsWith('/') ? !place.startsWith(topic) : place !== topic)) ||
        (open && item.querySelector('.map-state.done')));
    }
    const empty = (/** @type {Element} */ part) => ![...part.querySelectorAll('.map-things > li')].some((item) => !(/** @type {HTMLElement} */ (item).hidden));
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('.map-group, .map-chapter'))) part.hidden = narrowed && empty(part);
    sayHowMany(form, items.filter((item) => !item.hidden).length, items.length, narrowed);
  }
}

/** @type {(form: HTMLFormElement, shown: number, all: number, narrowed: boolean) => void} */
function sayHowMany(form, shown, all, narrowed) {
  const status = form.querySelector('[role=status]');
  const text = !narrowed ? '' : shown === 0 ? strings.nothingIsAllOf : strings.of(shown, all);
  if (status && status.textContent !== text) status.textContent = text;
  form.querySelector('[type=reset]')?.toggleAttribute('hidden', !narrowed);
}

/** @param {ReturnType<typeof countsOf>} counts */
function sentence({ sections, goals, challenges, quizzes }) {
  const parts = [
    strings.ofSectionsRead(sections.done, sections.all),
    goals.all > 0 ? strings.ofGoalsMet(goals.done, goals.all) : '',
    challenges.all > 0 ? strings.ofChallengesSolved(challenges.done, challenges.all) : '',
    quizzes.all > 0 ? strings.ofQuestionsRight(quizzes.done, quizzes.all) : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

customElements.define('site-map', SiteMap);
