/**
 * Starts the service worker (offline/sw.js), which keeps the site for days without a network, and tells of a new version
 * when one is ready. Where it cannot be had (no https, a file, a browser that refuses) the site is as it is without.
 */
import { whenIdle } from './idle.js';
import { notice } from './notice.js';
import { siteUrl } from './site.js';
import { offline as strings } from '../strings/strings.js';

const READY = strings.aNewVersionOf;

export async function workOffline() {
  try {
    const { serviceWorker } = navigator;
    const registration = await serviceWorker?.register(siteUrl('sw.js'), { updateViaCache: 'none' });
    if (!registration) return;
    tellOfNewVersion(registration);
    if (savesData()) return;
    const { active } = await serviceWorker.ready;
    whenIdle(() => active?.postMessage('keep all'));
  } catch {
    // Refused: nothing of what is on the page needs it.
  }
}

/** Whether the reader has asked the browser to fetch little. */
function savesData() {
  const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator);
  return connection?.saveData === true;
}

/** @param {ServiceWorkerRegistration} registration */
function tellOfNewVersion(registration) {
  const tell = () => {
    if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting, READY);
  };
  tell();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', tell));
}

/**
 * @param {ServiceWorker} waiting
 * @param {string} sentence
 */
function offer(waiting, sentence) {
  notice(sentence, 'version', { label: strings.reload, act: () => takeUp(waiting) });
}

/**
 * Two versions never share the site: the new one comes when this page is the only one, and the page with it.
 * @param {ServiceWorker} waiting
 */
function takeUp(waiting) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data: others }) => {
    if (others === 0) return;
    offer(waiting, strings.theOldVersionIs(others));
  };
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('take over', [port2]);
}
