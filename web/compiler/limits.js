/* How long things may take, for the page, the site's builder and the tests that do as the page does. */
import { compilerLimits as strings } from '../strings/strings.js';

/** A challenge's check, in seconds, unless its front matter says `time_limit`; and the most that it may say. */
export const TIME_LIMIT = 5,
  LONGEST_TIME_LIMIT = 60;

/** The compiler, at one request. */
export const BUILD_LIMIT_MS = 30_000;
export const TOO_SLOW = strings.theCompilerWasStopped;
