/** What of a chapter was far away when it was opened is not set yet (site/far.mjs). */
import { whenReleased } from './hold.js';
import { whenIdle } from './idle.js';

/** Sets it piece by piece while nothing else is to do, so that from then on nothing changes its height as it comes near. */
export async function setFar() {
  for (const section of document.querySelectorAll('main > section')) {
    await new Promise((resolve) => whenIdle(() => resolve(null)));
    await whenReleased();
    section.classList.add('set');
  }
}
