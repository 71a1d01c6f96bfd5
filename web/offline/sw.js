/* The site without a network. Every file of one version is known by its hash (SITE_FILES); what is kept and what is
 * served is that version's or nothing, so that a page never meets files of another. A new version waits until no page
 * of the old one is open, or until the reader asks for it in the only one. Files are kept by Workbox's precaching; a host
 * that alters files on their way only loses the offline part. The compiler's pieces are kept by web/compiler/pieces.js. */
import { PrecacheController } from 'workbox-precaching/PrecacheController.js';
import { fetchPiece, openCache } from '../compiler/pieces.js';

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
const SITE_CACHE = `laymanz-site ${scope}`; // one host may have the site under several paths
const STRANGERS = `laymanz-strangers ${scope}`;
const OFFLINE_PAGE = 'offline.html';

const controller = new PrecacheController({ cacheName: SITE_CACHE });
controller.addToCacheList(SITE_FILES);
const address = (/** @type {string} */ url) => new URL(url, scope).href;
const files = new Map(SITE_FILES.map((file) => [address(file.url), file]));

/**
 * The file of this version that an address asks for.
 * @param {string} asked with or without a query, a hash, index.html
 */
function fileAt(asked) {
  const { origin, pathname } = new URL(asked);
  return files.get(origin + pathname.replace(/\/index\.html$/, '/'));
}

/* --- Keeping -------------------------------------------------------------------------------------------------------- */

/**
 * A file from what is kept, or from the network, and then it is kept. Rejects where neither has this version's.
 * @param {Request} request
 * @param {SiteFile} file
 * @param {ExtendableEvent} event
 * @returns {Promise<Response>}
 */
function obtain(request, { url, integrity }, event) {
  const params = { cacheKey: controller.getCacheKeyForURL(url), integrity };
  return controller.strategy.handle({ request, event, params });
}

/**
 * @param {SiteFile} file
 * @param {ExtendableEvent} event
 */
function keep(file, event) {
  const cache = file.revision === null ? 'default' : 'no-cache';
  const { integrity } = file;
  return obtain(new Request(address(file.url), { integrity, cache, credentials: 'same-origin' }), file, event);
}

/** A page and what its labs and challenges read. @param {SiteFile} page */
function withNeeds(page) {
  return [page, ...(page.needs ?? []).map((url) => /** @type {SiteFile} */ (files.get(address(url))))];
}

/** What the pages that are open now show. */
async function openNow() {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return windows.flatMap(({ url }) => {
    const page = fileAt(url);
    return page ? withNeeds(page) : [];
  });
}

/** What an older version has kept, so that nothing that worked offline stops to. */
async function keptBefore() {
  const cache = await caches.open(SITE_CACHE);
  return (await cache.keys()).flatMap(({ url }) => fileAt(url) ?? []);
}

/** @param {ExtendableEvent} event */
async function install(event) {
  const first = SITE_FILES.filter(({ when }) => when === 'first');
  const wanted = new Set([...first, ...(await openNow()), ...(await keptBefore())]);
  await Promise.all([...wanted].map((file) => keep(file, event)));
  await keepLibrary();
}

/** One file after the other, to be in nobody's way. @param {ExtendableEvent} event */
async function keepAll(event) {
  for (const file of SITE_FILES) if (file.when === 'idle') await keep(file, event);
  await keepLibrary();
}

/**
 * Where the reader has fetched the compiler, the library that it links with is kept up to date: 1 part in 200 of it.
 * The compiler itself is never fetched from here.
 */
async function keepLibrary() {
  const folder = address('compiler/');
  const cache = await openCache();
  const texts = await Promise.all(['manifest', 'library'].map((name) => controller.matchPrecache(`${folder}${name}.json`)));
  if (!cache || !texts.every((text) => text !== undefined)) return;
  const [{ clang, system }, { library }] = await Promise.all(texts.map((text) => text.json()));
  /** @type {import('../compiler/pieces.js').Piece[]} */
  const pieces = [...clang.pieces, ...system.pieces];
  const kept = await Promise.all(pieces.map(({ file }) => cache.match(folder + file)));
  if (kept.includes(undefined)) return;
  for (const piece of library.pieces) await fetchPiece(folder, piece, cache, () => {}).catch(() => {});
}

/* --- Serving -------------------------------------------------------------------------------------------------------- */

/* A stranger: a page that came from the network because its version was not this one's. It goes on with the network. */
const strangerKey = (/** @type {string} */ client) => address(`?client=${client}`);
const isStranger = async (/** @type {string} */ client) =>
  (await caches.match(strangerKey(client), { cacheName: STRANGERS })) !== undefined;

/** @param {string} client */
async function admitStranger(client) {
  const cache = await caches.open(STRANGERS);
  await cache.put(strangerKey(client), new Response());
  await worker.registration.update().catch(() => {}); // the network may be cut again by now
}

/**
 * @param {FetchEvent} event
 * @param {SiteFile} file
 */
async function servePage(event, file) {
  try {
    const response = await obtain(event.request, file, event);
    event.waitUntil(Promise.all(withNeeds(file).map((needed) => keep(needed, event))).catch(() => {}));
    return response;
  } catch {
    const response = await fetch(event.request).catch(() => null);
    if (!response) return (await controller.matchPrecache(OFFLINE_PAGE)) ?? Response.error();
    await admitStranger(event.resultingClientId).catch(() => {}); // full storage: as well as can be
    return response;
  }
}

/**
 * @param {FetchEvent} event
 * @param {SiteFile} file
 */
async function servePart(event, file) {
  if (await isStranger(event.clientId)) return fetch(event.request);
  return obtain(event.request, file, event).catch((error) => {
    if (error.name !== 'QuotaExceededError') throw error;
    return fetch(event.request, { integrity: file.integrity });
  });
}

/* --- Taking over ---------------------------------------------------------------------------------------------------- */

/** Takes over from the old version if only one page is open. @returns {Promise<number>} how many others are */
async function takeOver() {
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (windows.length <= 1) await worker.skipWaiting();
  return Math.max(0, windows.length - 1);
}

worker.addEventListener('install', (event) => event.waitUntil(install(event)));
worker.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([controller.activate(event), caches.delete(STRANGERS)])),
);

worker.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request;
  if (method !== 'GET') return;
  const file = fileAt(url);
  if (file) event.respondWith(mode === 'navigate' ? servePage(event, file) : servePart(event, file));
  else if (mode === 'navigate' && fileAt(`${url.replace(/[?#].*/, '')}/`))
    event.respondWith(Response.redirect(url.replace(/(?=[?#]|$)/, '/')));
});

worker.addEventListener('message', (event) => {
  if (event.data === 'keep all') event.waitUntil(keepAll(event).catch(() => {})); // goes on with the next page
  if (event.data === 'take over') event.waitUntil(takeOver().then((others) => event.ports[0]?.postMessage(others)));
});
