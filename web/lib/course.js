/** The course as the rail and the map see it, and how much of it is done. */
import { progress } from './progress.js';
import { siteJson } from './site.js';

/**
 * @typedef {{ slug: string, number: number, title: string, sections: { id: string, title: string }[], labs: string[],
 *             challenges: string[], quizzes: string[], predictions: string[] }} Chapter
 * @typedef {{ chapters: Chapter[], labs: Record<string, string[]> }} Course labs: the names of each lab's goals
 * @typedef {{ done: number, all: number }} Count
 */

/** @type {Promise<Course> | undefined} */
let course;

/** @returns {Promise<Course>} */
export function readCourse() {
  course ??= siteJson('data/map.json').catch((error) => {
    course = undefined; // so that asking again tries again
    throw error;
  });
  return course;
}

/** @type {(items: string[], isDone: (item: string) => boolean) => Count} */
function count(items, isDone) {
  return { done: items.filter(isDone).length, all: items.length };
}

/** @type {(slug: string) => boolean} */
export const isSolved = (slug) => progress.get('challenge', slug)?.passed === true;

/** @type {(course: Course, name: string) => Count} */
export function goalsOf({ labs }, name) {
  return count(labs[name] ?? [], (goal) => progress.get('goal', `${name}/${goal}`) === true);
}

/**
 * @param {Course} all
 * @param {Chapter} chapter
 */
export function countsOf(all, chapter) {
  const goals = chapter.labs.map((name) => goalsOf(all, name));
  return {
    sections: count(chapter.sections.map(({ id }) => `${chapter.slug}/${id}`), (id) => progress.get('section', id) === true),
    goals: { done: sum(goals.map(({ done }) => done)), all: sum(goals.map((goal) => goal.all)) },
    challenges: count(chapter.challenges, isSolved),
    quizzes: count(chapter.quizzes, (id) => progress.get('quiz', id)?.right === true),
  };
}

/**
 * What is told only where there is room for it: questions answered, rightly or not, and predictions made.
 * @param {Chapter} chapter
 */
export function moreCountsOf(chapter) {
  return {
    answered: count(chapter.quizzes, (id) => progress.get('quiz', id) !== undefined),
    predictions: count(chapter.predictions, (id) => progress.get('prediction', id) !== undefined),
  };
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @type {(counts: Record<string, Count>) => boolean} */
export function isComplete(counts) {
  return Object.values(counts).every(({ done, all }) => done === all);
}

/**
 * Where the reader should go on: the first section that is not read.
 * @param {Course} all
 * @returns {{ chapter: Chapter, section: { id: string, title: string }, started: boolean } | null} null: all is read
 */
export function nextSection({ chapters }) {
  const started = progress.all('section').size > 0;
  for (const chapter of chapters) {
    const section = chapter.sections.find(({ id }) => !progress.get('section', `${chapter.slug}/${id}`));
    if (section) return { chapter, section, started };
  }
  return null;
}

/**
 * Calls back now and whenever what the reader has done changes; once for many changes at a time.
 * @param {(course: Course) => void} update
 * @returns {Promise<void>}
 */
export async function followCourse(update) {
  const [all] = await Promise.all([readCourse(), progress.ready]);
  let due = false;
  const now = () => {
    due = false;
    update(all);
  };
  now();
  progress.addEventListener('change', () => {
    if (!due) queueMicrotask(now);
    due = true;
  });
}
