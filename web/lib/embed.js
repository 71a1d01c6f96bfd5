/**
 * A lab alone in another site's page (?lab=NAME&embed). All that it ever says to that page is how tall it is, and it
 * listens to nothing:
 *
 *   { type: 'laymanz:height', lab: 'batching-queue', height: 1043 }   height in CSS pixels of the frame
 */

/** @typedef {{ type: 'laymanz:height', lab: string, height: number }} HeightMessage */

/**
 * Tells the page around this one the card's height, now and whenever it changes.
 * @param {Element} card
 * @param {string} lab
 */
export function tellHeight(card, lab) {
  if (window.parent === window) return;
  const told = { height: 0, frameWidth: 0, frameHeight: 0 };
  const tell = () => {
    const height = Math.ceil(card.getBoundingClientRect().bottom + scrollY);
    // In a taller frame the card may lay itself out lower. That is an answer to what was told last, and to answer it
    // in turn could go on forever.
    const isAnswer = innerHeight !== told.frameHeight && innerWidth === told.frameWidth && height < told.height;
    told.frameHeight = innerHeight;
    told.frameWidth = innerWidth;
    if (height === 0 || height === told.height || isAnswer) return;
    told.height = height;
    /** @type {HeightMessage} */
    const message = { type: 'laymanz:height', lab, height };
    window.parent.postMessage(message, '*'); // whoever embeds it: the message holds nothing that is theirs or secret
  };
  new ResizeObserver(tell).observe(card);
  addEventListener('resize', tell);
}

/**
 * What an author pastes into another page.
 * @param {string} link to the lab with its settings
 * @param {string} title
 * @param {number} height of the frame until the page around it listens to the lab's own
 */
export function embedCode(link, title, height) {
  const url = new URL(link);
  url.searchParams.set('embed', '');
  const src = escaped(url.href.replace('embed=', 'embed'));
  return `<iframe src="${src}" title="${escaped(title)}" width="100%" height="${Math.ceil(height)}" ` +
    'style="border: 0" loading="lazy" allow="fullscreen; clipboard-write"></iframe>';
}

/** @param {string} text */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
