/** The workers of labs. One is started ahead, while the card's own code is on its way. */
import { siteUrl } from './site.js';

/** @type {Worker | null} */
let spare = null;

const start = () => new Worker(siteUrl('assets/lab-worker.js'), { type: 'module' });

/** Starts a worker for the next lab that opens. */
export function startEarly() {
  if (spare) return;
  const worker = (spare = start());
  worker.onerror = () => {
    if (spare === worker) spare = null; // the lab that needs one tries again, and tells
  };
}

/** @returns {Worker} for one lab alone */
export function labWorker() {
  const worker = spare ?? start();
  spare = null;
  return worker;
}
