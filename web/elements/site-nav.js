/**
 * Brings the rail to life: ticks for what is done, and on narrow screens a sheet that the menu button opens.
 * Its content is static HTML in the light DOM.
 */
import { countsOf, followCourse, isComplete, isSolved } from '../lib/course.js';
import { progress } from '../lib/progress.js';
import { siteNav as strings } from '../strings/strings.js';

export class SiteNav extends HTMLElement {
  connectedCallback() {
    this.button = /** @type {HTMLButtonElement | null} */ (document.querySelector('button.menu'));
    this.button?.addEventListener('click', () => this.toggle(!this.isOpen));
    this.addEventListener('click', (event) => {
      if (event.target === this || /** @type {Element} */ (event.target).closest('a')) this.toggle(false);
    });
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.isOpen) this.toggle(false);
    });
    matchMedia('(min-width: 60rem)').addEventListener('change', () => this.toggle(false));
    followCourse((course) => this.mark(course)).catch(() => {}); // without the map the rail still leads everywhere
  }

  get isOpen() {
    return this.classList.contains('open');
  }

  /** @param {boolean} open */
  toggle(open) {
    if (open === this.isOpen) return;
    this.classList.toggle('open', open);
    this.button?.setAttribute('aria-expanded', String(open));
    document.documentElement.classList.toggle('sheet-open', open);
    for (const rest of document.querySelectorAll('main, .foot')) rest.toggleAttribute('inert', open);
    if (open) this.querySelector('a')?.focus();
    else this.button?.focus({ preventScroll: true });
  }

  /** @param {import('../lib/course.js').Course} course */
  mark(course) {
    for (const chapter of course.chapters) {
      const link = this.querySelector(`a[data-chapter="${chapter.slug}"]`);
      if (link) tick(link.querySelector('i'), isComplete(countsOf(course, chapter)), String(chapter.number));
    }
    for (const link of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('a[data-section]'))) {
      const read = progress.get('section', link.dataset.section ?? '') === true;
      link.classList.toggle('read', read);
      link.title = read ? 'read' : '';
    }
    countSolved(course);
  }
}

/**
 * @param {Element | null} mark
 * @param {boolean} done
 * @param {string} number
 */
function tick(mark, done, number) {
  if (!mark) return;
  mark.classList.toggle('done', done);
  mark.replaceChildren(done ? '✓' : number);
  if (!done) return;
  const spoken = document.createElement('span');
  spoken.className = 'visually-hidden';
  spoken.textContent = strings.done;
  mark.append(spoken);
}

/** @param {import('../lib/course.js').Course} course */
function countSolved(course) {
  const pill = document.querySelector('.solved');
  const challenges = course.chapters.flatMap((chapter) => chapter.challenges);
  if (pill && challenges.length > 0) pill.textContent = strings.ofSolved(challenges.filter(isSolved).length, challenges.length);
}

customElements.define('site-nav', SiteNav);
