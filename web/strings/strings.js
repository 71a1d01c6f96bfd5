/** All that the page and the site builder say: the only module that others import. See en.js for how it is translated. */
export * from './en.js';
