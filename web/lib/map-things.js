/** How far the reader is with each lab, challenge and section of a static list (web/site/templates.mjs writes it). */
import { goalsOf, isSolved } from './course.js';
import { progress } from './progress.js';
import { mapThings as strings } from '../strings/strings.js';

/**
 * @param {Element} root
 * @param {import('./course.js').Course} course
 */
export function markThings(root, course) {
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-lab]'))) {
    const { done, all } = goalsOf(course, item.dataset.lab ?? '');
    setState(item, done === all, done > 0 ? strings.ofTried(done, all) : '');
  }
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-challenge]')))
    setState(item, true, isSolved(item.dataset.challenge ?? '') ? 'solved' : '');
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[data-read]')))
    setState(item, true, progress.get('section', item.dataset.read ?? '') ? 'read' : '');
}

/** Nothing done: the words of the page. @type {(item: HTMLElement, done: boolean, text: string) => void} */
function setState(item, done, text) {
  const state = /** @type {HTMLElement | null} */ (item.querySelector('.map-state'));
  if (!state) return;
  state.dataset.before ??= state.textContent ?? '';
  state.textContent = text ? `${done ? '✓ ' : ''}${text}` : state.dataset.before;
  state.classList.toggle('done', done && text !== '');
}
