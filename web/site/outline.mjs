/**
 * The whole course, in its order. A chapter whose folder exists in lessons/ is linked; the others stand on the map as
 * titles that are being written. A lesson's own title and number come from its front matter.
 */
import { siteOutline as strings } from '../strings/strings.js';

/** @typedef {{ slug: string, number: number, title: string }} Planned */

/** @type {() => { title: string, chapters: Planned[] }[]} */
const planned = () => [
  {
    title: strings.chapters,
    chapters: [
      { slug: '01-overview', number: 1, title: strings.overviewOfMlSystems },
      { slug: '02-ml-system-design', number: 2, title: strings.introToMlSystem },
      { slug: '03-data-engineering', number: 3, title: strings.dataEngineering },
      { slug: '04-feature-engineering', number: 4, title: strings.featureEngineering },
      { slug: '05-model-development', number: 5, title: strings.modelDevelopmentAndEvaluation },
      { slug: '06-model-deployment', number: 6, title: strings.modelDeployment },
      { slug: '07-monitoring', number: 7, title: strings.monitoringAndContinualLearning },
    ],
  },
  {
    title: strings.caseStudies,
    chapters: [
      { slug: '08-rental-prices', number: 8, title: strings.rentalPrices },
      { slug: '09-ad-clicks', number: 9, title: strings.adClicks },
      { slug: '10-fraud', number: 10, title: strings.fraud },
      { slug: '11-recommendations', number: 11, title: strings.recommendations },
    ],
  },
  {
    title: strings.interview,
    chapters: [{ slug: '12-interview-preparation', number: 12, title: strings.interviewPreparation }],
  },
];

/**
 * The course with the lessons that stand in no plan, such as a host's own, after the others.
 * @param {import('./markdown.mjs').Lesson[]} lessons
 */
export function outlineWith(lessons) {
  const outline = planned();
  const slugs = new Set(outline.flatMap(({ chapters }) => chapters.map(({ slug }) => slug)));
  const more = lessons.filter(({ slug }) => !slugs.has(slug));
  return more.length === 0 ? outline : [...outline, { title: strings.moreChapters, chapters: more }];
}
