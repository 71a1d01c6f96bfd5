/** What to look at again in this chapter, from what the reader has done. Light DOM: it is text of the page. */
import { followCourse, goalsOf, isSolved } from '../lib/course.js';
import { progress } from '../lib/progress.js';
import { chapterRecap as strings } from '../strings/strings.js';

/** @typedef {import('../lib/course.js').Course} Course */

export class ChapterRecap extends HTMLElement {
  constructor() {
    super();
    this.following = false;
  }

  connectedCallback() {
    if (this.following) return;
    this.following = true;
    followCourse((course) => this.show(course)).catch(() => {}); // without the map its one sentence stays
  }

  /** @param {Course} course */
  show(course) {
    const chapter = course.chapters.find(({ slug }) => slug === this.getAttribute('chapter'));
    if (!chapter) return;
    const questions = chapter.quizzes.map((id) => document.getElementById(id)).filter((quiz) => quiz !== null);
    const kept = (/** @type {Element} */ quiz) => progress.get('quiz', quiz.id);
    const wrong = questions.filter((quiz) => kept(quiz) && !kept(quiz).first);
    const open = questions.filter((quiz) => !kept(quiz));
    const far = [...document.querySelectorAll('prediction-card')].filter((card) => progress.get('prediction', card.id)?.far);
    const unsolved = chapter.challenges.filter((slug) => !isSolved(slug));
    const labs = chapter.labs.filter((name) => goalsOf(course, name).done < goalsOf(course, name).all);
    const parts = [
      group(strings.answeredOtherwiseAtFirst, wrong.map(wrongItem)),
      group(strings.guessedFarOff, far.map((card) => item(`#${card.id}`, questionOf(card)))),
      open.length > 0 ? group(strings.notAnsweredYet, [openItem(open)]) : [],
      group(strings.challengesToSolve, unsolved.map((slug) => item(`#challenge-${slug}`, titleOf(`challenge-${slug}`)))),
      group(strings.labsWithSomethingLeft, labs.map((name) => labItem(course, name))),
    ].flat();
    const made = element('div', ...(parts.length > 0 ? parts : [element('p', strings.nothingEveryQuestionRight)]));
    if (made.innerHTML !== this.innerHTML) this.replaceChildren(...made.childNodes); // else a link that has the focus would lose it
  }
}

/** @type {(tag: string, ...children: (string | Node)[]) => HTMLElement} */
function element(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

/** @type {(title: string, items: HTMLElement[]) => HTMLElement[]} */
const group = (title, items) => (items.length > 0 ? [element('h3', title), element('ul', ...items)] : []);

/** @type {(href: string, ...words: (string | Node)[]) => HTMLElement} */
function item(href, ...words) {
  return element('li', link(href, ...words));
}

/** @type {(href: string, ...words: (string | Node)[]) => HTMLElement} */
function link(href, ...words) {
  const made = /** @type {HTMLAnchorElement} */ (element('a', ...words));
  made.href = href;
  return made;
}

/** The question's words, formulas included, without its tag. @param {Element} card */
function questionOf(card) {
  const words = /** @type {Element} */ (card.querySelector('legend')?.cloneNode(true) ?? document.createElement('span'));
  for (const inner of words.querySelectorAll('.tag, a')) inner.replaceWith(...(inner.matches('.tag') ? [] : inner.childNodes));
  return element('span', ...words.childNodes);
}

/** @param {HTMLElement} quiz */
function wrongItem(quiz) {
  const section = quiz.closest('section');
  const line = item(`#${quiz.id}`, questionOf(quiz));
  line.append(element('p', ...explanation(quiz)));
  const title = section?.querySelector('h2')?.cloneNode(true);
  if (!section || !(title instanceof Element)) return line;
  title.querySelector('.anchor')?.remove();
  line.append(element('p', strings.section, link(`#${section.id}`, title.textContent?.trim() ?? '')));
  return line;
}

/** What explains the right answer. @param {HTMLElement} quiz */
function explanation(quiz) {
  if (quiz.getAttribute('kind') === 'order') return [strings.itsStepsAreExplained];
  return [...quiz.querySelectorAll('.options > li[data-right]')].flatMap((option) => {
    const why = /** @type {Element | undefined} */ (option.querySelector('.why')?.cloneNode(true));
    why?.querySelector('.mark')?.remove();
    const text = option.querySelector('label span')?.cloneNode(true);
    return [...(text ? [element('strong', text), ': '] : []), ...(why?.childNodes ?? []), ' '];
  });
}

/** @param {HTMLElement[]} open */
function openItem(open) {
  const count = open.length === 1 ? strings.oneQuestion : strings.questions(open.length);
  return element('li', count, link(`#${open[0].id}`, open.length === 1 ? strings.goToIt : strings.goToTheFirst));
}

/** @type {(course: Course, name: string) => HTMLElement} */
function labItem(course, name) {
  const { done, all } = goalsOf(course, name);
  const line = item(`#lab-${name}`, titleOf(`lab-${name}`));
  line.append(strings.ofDone(done, all));
  return line;
}

/** @param {string} id of a card */
const titleOf = (id) => document.querySelector(`#${CSS.escape(id)} .fallback h3`)?.textContent ?? id;

customElements.define('chapter-recap', ChapterRecap);
