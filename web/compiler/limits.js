/* How long the compiler may take, for the page and for the tests that do as it does. */
export const BUILD_LIMIT_MS = 30_000;
export const TOO_SLOW = 'The compiler was stopped after 30 seconds. Is a macro, an array or an include very large?';
