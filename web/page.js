/**
 * The page's entry. Small on purpose: the text is already there; this brings it to life. Each custom element is fetched
 * when one of its kind comes near the viewport.
 */
import './elements/site-nav.js';
import './elements/scheme-switch.js';
import { copyAnchors } from './lib/anchors.js';
import { setFar } from './lib/far.js';
import { bringPart } from './lib/fetching.js';
import { offerSearch } from './lib/find.js';
import { followLabLinks } from './lib/lab-links.js';
import { fetchLabParts } from './lib/lab-parts.js';
import { fetchEarly } from './lib/lab-site.js';
import { trackReading } from './lib/reading.js';
import { holdHash } from './lib/hold.js';
import { whenIdle, whenQuiet } from './lib/idle.js';
import { notice } from './lib/notice.js';
import { progress } from './lib/progress.js';
import { reachScrollers } from './lib/scrollers.js';
import { placeSharedLab } from './lib/shared-lab.js';
import { hasSimd } from './lib/simd.js';
import { siteUrl } from './lib/site.js';
import { showTerms } from './lib/terms.js';
import { page as strings } from './strings/strings.js';

/** @type {Record<string, () => Promise<unknown>>} */
const elements = {
  'chapter-recap': () => import('./elements/chapter-recap.js'),
  'progress-overview': () => import('./elements/progress-overview.js'),
  'quiz-question': () => import('./elements/quiz-question.js'),
  'site-map': () => import('./elements/site-map.js'),
};

/** @type {Record<string, () => Promise<unknown>>} */
const wasmElements = {
  'prediction-card': () => import('./elements/prediction-card.js'),
  'lab-card': () => {
    fetchLabParts();
    fetchEarly();
    return import('./elements/lab-card.js');
  },
  'challenge-card': async () => {
    await null; // labs that came near at the same moment stand before it
    await labsDrawn;
    return import('./elements/challenge-card.js');
  },
};

const LONGEST_WAIT_MS = 1500;

/** What has to wait until a lab in sight has its first picture: an editor is large, and nobody types at once. */
let labsDrawn = Promise.resolve();

function waitForLab() {
  labsDrawn = new Promise((resolve) => {
    addEventListener('lab-drawn', () => resolve(), { once: true });
    setTimeout(resolve, LONGEST_WAIT_MS);
  });
}

/**
 * Defines elements as they come near.
 * @param {Record<string, () => Promise<unknown>>} registry
 */
function defineWhenNear(registry) {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target, boundingClientRect: { top, bottom } } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      if (target.localName === 'lab-card' && top < innerHeight && bottom > 0 && !asked.has('lab-card')) waitForLab();
      load(target.localName, registry[target.localName]);
    }
  }, { rootMargin: '900px 0px' });
  for (const element of document.querySelectorAll(Object.keys(registry).join(','))) observer.observe(element);
}

/** @type {Record<string, string>} what a failure is said of */
const NAMES = {
  'chapter-recap': strings.theRecap, 'progress-overview': strings.whatIsDone, 'quiz-question': strings.whatTheQuestionsRun,
  'site-map': strings.whatIsDoneOn, 'prediction-card': strings.whatThePredictionsRun, 'lab-card': strings.whatTheLabsRun,
  'challenge-card': strings.whatTheChallengesRun,
};

/** @type {Set<string>} */
const asked = new Set();

/**
 * @param {string} tag
 * @param {() => Promise<unknown>} fetchElement
 */
async function load(tag, fetchElement) {
  if (asked.has(tag)) return;
  asked.add(tag);
  try {
    await bringPart(NAMES[tag], fetchElement);
    notice(null, `failed-${tag}`);
  } catch (error) {
    asked.delete(tag);
    const { message } = /** @type {Error} */ (error);
    notice(strings.theTextIsAll(message), `failed-${tag}`, { label: strings.tryAgain, act: () => load(tag, fetchElement) });
  }
}

progress.addEventListener('problem', () => notice(progress.problem, 'storage'));
if (progress.problem) notice(progress.problem, 'storage');

placeSharedLab();
holdHash();
defineWhenNear(elements);
if (hasSimd()) {
  defineWhenNear(wasmElements);
  followLabLinks();
} else {
  document.documentElement.classList.add('inert'); // no card will open: no room is kept for it
  const why = typeof WebAssembly === 'object' ? strings.lacksWebassemblySimd : strings.hasWebassemblySwitchedOff;
  notice(strings.thisBrowserSoLabs(why), 'simd');
  for (const needs of document.querySelectorAll('.fallback .needs'))
    needs.textContent = strings.itCannotRunHere(why);
}
showTerms();
copyAnchors();
for (const address of document.querySelectorAll('.on-paper .address')) // the build knows of no host
  address.textContent = new URL(address.textContent ?? '', siteUrl('./')).href;
offerSearch();
trackReading();
const start = /** @type {HTMLAnchorElement | null} */ (document.querySelector('.continue a'));
if (start) import('./lib/continue.js').then(({ followPlace }) => followPlace(start));
reachScrollers();
addEventListener('load', () => whenIdle(() => labsDrawn.then(setFar)));
// Not before all that the first sight needs is there; an embed is another site's page.
if (!document.documentElement.classList.contains('embed'))
  addEventListener('load', () => whenQuiet(() => import('./lib/offline.js').then(({ workOffline }) => workOffline(), () => {})));
dispatchEvent(new Event('page-awake')); // early.js waits for it
