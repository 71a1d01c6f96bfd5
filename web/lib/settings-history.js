/** Undo and redo of a lab's settings. One drag of a slider is one step, however many moves it was. */

/** @typedef {import('./lab-types.js').LabSettings} LabSettings */

const MOST_STEPS = 100;

export class SettingsHistory {
  constructor() {
    /** @type {LabSettings[]} */
    this.before = [];
    /** @type {LabSettings[]} */
    this.after = [];
    this.moving = ''; // the setting that is being dragged
  }

  /**
   * Notes what the settings were before a change.
   * @param {LabSettings} settings
   * @param {string} [moving] the setting that moves; until `settle`, its further moves belong to the same step
   */
  note(settings, moving = '') {
    if (moving !== '' && moving === this.moving) return;
    this.moving = moving;
    this.before = [...this.before, settings].slice(-MOST_STEPS);
    this.after = [];
  }

  settle() {
    this.moving = '';
  }

  /**
   * The settings of one step back, or forth again; null where there is none.
   * @param {LabSettings} now
   * @param {'undo' | 'redo'} way
   */
  go(now, way) {
    const [from, to] = way === 'undo' ? [this.before, this.after] : [this.after, this.before];
    const settings = from.pop();
    if (!settings) return null;
    to.push(now);
    this.settle();
    return settings;
  }
}
