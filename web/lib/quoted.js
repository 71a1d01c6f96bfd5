const LONGEST = 40; // characters
const HALF = /[\uD800-\uDBFF]$/; // of a character that takes two places in a string

/** @param {string} text what a stranger may have put in a link, short enough for a sentence */
export const quoted = (text) => `“${text.length > LONGEST ? `${text.slice(0, LONGEST).replace(HALF, '')}…` : text}”`;
