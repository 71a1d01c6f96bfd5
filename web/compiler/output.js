/* What a learner's program prints: capped, decoded, and told in order. */

/**
 * @typedef {{type: 'output', stream: number, text: string}} Printed stream 1 or 2
 * @typedef {{type: 'cut'}} Cut there was more than is shown
 */

const MAX_OUTPUT = 64 << 10; /* bytes shown of all that a run prints */
const MAX_POSTS = 200; /* one event for each write up to here; then they are gathered */
const GATHERED = 1 << 10;

export class Output {
  /** @param {(event: Printed | Cut) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.bytes = 0;
    this.posts = 0;
    this.stream = 1;
    this.held = '';
    this.cut = false;
    this.decoders = [new TextDecoder(), new TextDecoder()];
  }

  /** Another program prints from now on: a character that the last one left unfinished is none of its. */
  begin() {
    this.decoders = [new TextDecoder(), new TextDecoder()];
  }

  /**
   * @param {number} stream
   * @param {Uint8Array} bytes
   */
  write(stream, bytes) {
    const room = MAX_OUTPUT - this.bytes;
    this.bytes += bytes.length;
    if (room <= 0) return this.#tellCut();
    if (stream !== this.stream) this.flush();
    this.stream = stream;
    this.held += this.decoders[stream - 1].decode(bytes.subarray(0, room), { stream: true });
    if (this.posts < MAX_POSTS || this.held.length >= GATHERED) this.flush();
    if (bytes.length > room) this.#tellCut();
  }

  flush() {
    if (this.held === '') return;
    this.posts++;
    this.tell({ type: 'output', stream: this.stream, text: this.held });
    this.held = '';
  }

  #tellCut() {
    this.flush();
    if (!this.cut) this.tell({ type: 'cut' });
    this.cut = true;
  }
}
