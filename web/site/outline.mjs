/**
 * The whole course, in its order. A chapter whose folder exists in lessons/ is linked; the others stand on the map as
 * titles that are being written. A lesson's own title and number come from its front matter.
 */

/** @typedef {{ slug: string, number: number, title: string }} Planned */

/** @type {{ title: string, chapters: Planned[] }[]} */
export const outline = [
  {
    title: 'Chapters',
    chapters: [
      { slug: '01-overview', number: 1, title: 'Overview of ML systems' },
      { slug: '02-ml-system-design', number: 2, title: 'Intro to ML system design' },
      { slug: '03-data-engineering', number: 3, title: 'Data engineering' },
      { slug: '04-feature-engineering', number: 4, title: 'Feature engineering' },
      { slug: '05-model-development', number: 5, title: 'Model development and evaluation' },
      { slug: '06-model-deployment', number: 6, title: 'Model deployment' },
      { slug: '07-monitoring', number: 7, title: 'Monitoring and continual learning' },
    ],
  },
  {
    title: 'Case studies',
    chapters: [
      { slug: '08-rental-prices', number: 8, title: 'Rental prices' },
      { slug: '09-ad-clicks', number: 9, title: 'Ad clicks' },
      { slug: '10-fraud', number: 10, title: 'Fraud' },
      { slug: '11-recommendations', number: 11, title: 'Recommendations' },
    ],
  },
  {
    title: 'Interview',
    chapters: [{ slug: '12-interview-preparation', number: 12, title: 'Interview preparation' }],
  },
];

/**
 * The course with the lessons that stand in no plan, such as a host's own, after the others.
 * @param {import('./markdown.mjs').Lesson[]} lessons
 */
export function outlineWith(lessons) {
  const planned = new Set(outline.flatMap(({ chapters }) => chapters.map(({ slug }) => slug)));
  const more = lessons.filter(({ slug }) => !planned.has(slug));
  return more.length === 0 ? outline : [...outline, { title: 'More chapters', chapters: more }];
}
