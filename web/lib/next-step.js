/** One thing that the reader could do next. */
import { goalsOf, isSolved, nextSection } from './course.js';
import { progress } from './progress.js';
import { nextStep as strings } from '../strings/strings.js';

/** @typedef {import('./course.js').Course} Course */
/** @typedef {import('./course.js').Chapter} Chapter */
/** @typedef {{ chapter: Chapter, why: string, section?: string, challenge?: string, lab?: string, quiz?: string }} Step */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Which place of the site a step leads to, from the site's root. @param {Step} step */
export function placeOf({ chapter, section, challenge, lab, quiz }) {
  const id = section ?? (challenge && `challenge-${challenge}`) ?? (lab && `lab-${lab}`) ?? quiz;
  return `${chapter.slug}/#${id}`;
}

/**
 * What was begun and is fresh in mind comes first, then reading on, then what reading has left open.
 * @param {Course} course
 * @returns {Step | null} null: all is done
 */
export function nextStep(course) {
  const begun = begunChallenge(course);
  const fresh = begun && progress.changed('code', begun.challenge) > latestReading(course) - DAY_MS;
  if (fresh) return { ...begun, why: strings.youHaveBegunIt };
  const next = nextSection(course);
  if (next) {
    const why = next.started ? strings.itIsTheFirst : strings.itIsWhereThe;
    return { chapter: next.chapter, section: next.section.id, why };
  }
  return leftOpen(course);
}

/** @param {Course} course */
function latestReading({ chapters }) {
  return Math.max(0, ...chapters.flatMap(({ slug, sections }) => sections.map(({ id }) => progress.changed('section', `${slug}/${id}`))));
}

/** The challenge whose code was changed last, if it is not solved. @param {Course} course */
function begunChallenge({ chapters }) {
  const open = chapters.flatMap((chapter) => chapter.challenges.map((challenge) => ({ chapter, challenge })))
    .filter(({ challenge }) => progress.get('code', challenge) !== undefined && !isSolved(challenge));
  return open.sort((a, b) => progress.changed('code', b.challenge) - progress.changed('code', a.challenge))[0];
}

/** @type {(course: Course) => Step | null} */
function leftOpen(course) {
  const { chapters } = course;
  for (const chapter of chapters) {
    const challenge = chapter.challenges.find((slug) => !isSolved(slug));
    if (challenge) return { chapter, challenge, why: strings.allIsReadThis };
  }
  for (const chapter of chapters) {
    const lab = chapter.labs.find((name) => goalsOf(course, name).done < goalsOf(course, name).all);
    if (lab) return { chapter, lab, why: strings.itHasSomethingLeft };
    const id = chapter.quizzes.find((name) => progress.get('quiz', name)?.right !== true);
    if (id) return { chapter, quiz: id, why: strings.itIsTheFirstQuestion };
  }
  return null;
}
