/** Leaves the way free for what the reader waits for. */

const QUIET_MS = 1500;

/** @param {() => void} act */
export function whenIdle(act) {
  if ('requestIdleCallback' in window) requestIdleCallback(act);
  else setTimeout(act, 1000); // Safari has none
}

/**
 * Once nothing has been fetched for a while: labs in sight come first.
 * @param {() => void} act
 */
export function whenQuiet(act) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const observer = new PerformanceObserver(() => wait());
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      observer.disconnect();
      whenIdle(act);
    }, QUIET_MS);
  };
  observer.observe({ type: 'resource' });
  wait();
}
