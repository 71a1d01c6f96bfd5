/**
 * One element over the whole screen: by the browser where it can, else over the whole window. Escape leaves; while it
 * covers the window nothing behind it can be reached.
 */

export class FullScreen {
  /**
   * @param {HTMLElement} element gets the attribute `full` meanwhile
   * @param {(on: boolean) => void} changed
   */
  constructor(element, changed) {
    this.element = element;
    this.changed = changed;
    this.on = false;
    /** @type {HTMLElement[]} */
    this.behind = []; // made inert
  }

  async enter() {
    if (this.on) return;
    this.set(true);
    document.addEventListener('fullscreenchange', this.follow);
    try {
      await this.element.requestFullscreen();
    } catch {
      if (this.on) this.cover(); // an embedding page may forbid it, a phone may not know it
    }
  }

  leave() {
    if (!this.on) return;
    document.removeEventListener('fullscreenchange', this.follow);
    if (document.fullscreenElement === this.element) document.exitFullscreen();
    document.removeEventListener('keydown', this.key);
    document.documentElement.classList.remove('covered');
    for (const element of this.behind) element.inert = false;
    this.behind = [];
    this.set(false);
  }

  cover() {
    document.addEventListener('keydown', this.key);
    document.documentElement.classList.add('covered');
    for (let node = this.element; node.parentElement && node !== document.body; node = node.parentElement)
      for (const other of node.parentElement.children)
        if (other !== node && other instanceof HTMLElement && !other.inert) this.behind.push(other);
    for (const element of this.behind) element.inert = true;
  }

  /** @param {boolean} on */
  set(on) {
    this.on = on;
    this.element.toggleAttribute('full', on);
    this.changed(on);
  }

  follow = () => {
    if (document.fullscreenElement !== this.element) this.leave();
  };

  key = (/** @type {KeyboardEvent} */ event) => {
    const inDialog = event.composedPath().some((node) => node instanceof HTMLDialogElement); // Escape closes that first
    if (event.key === 'Escape' && !inDialog) this.leave();
  };
}
