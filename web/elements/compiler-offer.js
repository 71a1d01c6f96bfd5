/** Offers the download of the compiler, shows how far it is, and lets a failed one be tried again. */
import { css, html, LitElement, nothing } from 'lit';
import { compiler } from '../compiler/client.js';
import { base, buttons } from './shared.js';
import { compilerOffer as strings } from '../strings/strings.js';

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 9.95e6 ? 1 : 0);

/** @param {number} seconds */
function timeLeft(seconds) {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 1) return strings.almostThere;
  return seconds < 90 ? strings.aboutSLeft(Math.ceil(seconds)) : strings.aboutMinLeft(Math.ceil(seconds / 60));
}

export class CompilerOffer extends LitElement {
  constructor() {
    super();
    this.onChange = () => this.requestUpdate();
  }

  connectedCallback() {
    super.connectedCallback();
    compiler.addEventListener('change', this.onChange);
    this.requestUpdate();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    compiler.removeEventListener('change', this.onChange);
  }

  async focus() {
    await this.updateComplete;
    this.renderRoot.querySelector('button')?.focus();
  }

  #offer() {
    const part = compiler.missing < compiler.total;
    return html`<div>
      <p>
        <b>${strings.yourCIsCompiled}</b>${strings.byClangAndRuns}
      </p>
      <button class="go" @click=${() => compiler.open()}>
        ${
          part
            ? strings.fetchTheRestOf(megabytes(compiler.missing), megabytes(compiler.total))
            : strings.downloadTheCCompiler(megabytes(compiler.total))
        }
      </button>
    </div>`;
  }

  #bar() {
    const { received, total, secondsLeft } = compiler;
    const all = received >= total;
    return html`<p id="bar">
        ${
          all
            ? strings.allHereUnpacking
            : html`${strings.downloadingTheCCompiler}
                <span class="figure">${strings.ofMb(megabytes(received), megabytes(total))}</span>${timeLeft(secondsLeft)}`
        }
      </p>
      <progress aria-label="${strings.downloadOfTheC}" max=${total} value=${all ? nothing : received}></progress>
      ${all ? nothing : html`<p class="quiet">${strings.readOnOrWrite}</p>`}`;
  }

  #failure() {
    return html`<p><b>${strings.theCompilerCouldNot}</b> ${strings.yourCodeIsSafe(compiler.problem)}</p>
      <button class="go" @click=${() => compiler.open()}>${strings.tryAgain}</button>`;
  }

  render() {
    if (!compiler.offered) return nothing;
    if (compiler.status === 'absent') return this.#offer();
    return compiler.status === 'opening' ? this.#bar() : this.#failure();
  }

  static styles = [
    base,
    buttons,
    css`
      :host {
        padding: 0.8rem 1.1rem 0.9rem;
        border-top: 1px solid var(--rule);
        background: var(--soft);
      }
      p {
        margin: 0 0 0.6rem;
        max-width: 38rem;
      }
      .quiet {
        margin: 0.4rem 0 0;
        color: var(--muted);
      }
      .figure {
        font-family: var(--mono);
        font-size: 0.92em;
        font-variant-numeric: tabular-nums;
      }
      button {
        white-space: normal;
        text-align: left;
      }
      progress {
        appearance: none;
        display: block;
        width: 100%;
        height: 6px;
        border: 0;
        border-radius: 99px;
        overflow: hidden;
        background: color-mix(in srgb, var(--ink) 14%, transparent);
        color: var(--accent);
      }
      progress::-webkit-progress-bar {
        background: color-mix(in srgb, var(--ink) 14%, transparent);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
        transition: width 0.2s;
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
      progress:indeterminate {
        background: linear-gradient(90deg, transparent, var(--accent), transparent) 0 / 40% 100% no-repeat
          color-mix(in srgb, var(--ink) 14%, transparent);
        animation: slide 1.4s linear infinite;
      }
      progress:indeterminate::-webkit-progress-bar {
        background: none;
      }
      progress:indeterminate::-moz-progress-bar {
        background: none;
      }
      @keyframes slide {
        from {
          background-position:
            -70% 0,
            0 0;
        }
        to {
          background-position:
            170% 0,
            0 0;
        }
      }
    `,
  ];
}

customElements.define('compiler-offer', CompilerOffer);
