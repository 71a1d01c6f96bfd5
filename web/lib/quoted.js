const LONGEST = 40; // characters

/** @param {string} text what a stranger may have put in a link, short enough for a sentence */
export const quoted = (text) => `“${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}”`;
