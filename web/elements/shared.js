/** Styles that several elements share. Colours and fonts come from styles/tokens.css and reach into every shadow root. */
import { css } from 'lit';

/** The ground rules inside a shadow root: box model, focus ring, hidden, reduced motion. Every element starts with it. */
export const base = css`
  :host {
    display: block;
    color: var(--ink);
    font: 400 0.9rem/1.45 var(--ui);
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.18em;
    text-decoration-thickness: 1px;
  }
  code,
  kbd {
    font: 0.92em var(--mono);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
  @media (forced-colors: active) {
    input[type='range'],
    input[type='checkbox'],
    input[type='radio'] {
      accent-color: auto;
    }
    .mark,
    .sample {
      forced-color-adjust: none;
    }
    button.go:enabled,
    .button.go,
    .badge {
      forced-color-adjust: none;
      border-color: Highlight !important;
      background: Highlight !important;
      color: HighlightText !important;
    }
    button.quiet {
      border-color: ButtonBorder;
    }
    button:disabled {
      border-color: GrayText;
      color: GrayText;
      opacity: 1;
    }
  }
`;

/**
 * Buttons. Plain `button`: bordered. `.go`: the one main action of a card. `.quiet`: no border, for rows of lesser
 * actions. `.link`: looks like a link in a sentence.
 */
export const buttons = css`
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4rem;
    min-height: 2.25rem;
    padding: 0.4rem 0.8rem;
    border: 1px solid var(--field);
    border-radius: var(--radius-small);
    background: var(--card);
    color: var(--ink);
    font: 600 0.85rem/1.2 var(--ui);
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
  }
  button:hover {
    background: var(--soft);
  }
  button:disabled {
    opacity: 0.55;
    cursor: not-allowed;
  }
  button.go,
  .button.go {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-ink);
  }
  button.go:hover {
    background: color-mix(in srgb, var(--accent) 88%, var(--ink));
  }
  button.quiet {
    padding-inline: 0.5rem;
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-weight: 500;
  }
  button.quiet:hover {
    background: var(--soft);
    color: var(--ink);
  }
  button.link {
    min-height: 1.5rem;
    padding: 0;
    border: 0;
    background: none;
    color: var(--accent);
    text-decoration: underline 1px;
    text-underline-offset: 0.18em;
  }
`;

/** A card that breaks out of the text column: `.card` > `.head` (.tag, h3, p, .corner) and rows under it. */
export const cards = css`
  .card {
    background: var(--card);
    border: 1px solid var(--rule);
    border-radius: var(--radius);
    overflow: clip;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem 0.75rem;
    align-items: baseline;
    padding: 0.9rem 1.1rem 0.75rem;
    border-bottom: 1px solid var(--rule);
  }
  .head h3 {
    margin: 0;
    font: 600 1.02rem/1.35 var(--ui);
  }
  .head p {
    margin: 0;
    color: var(--muted);
  }
  .head .corner {
    margin-left: auto;
    white-space: nowrap;
  }
  .tag {
    color: var(--accent);
    font: 600 0.68rem/1.4 var(--ui);
    letter-spacing: 0.07em;
    text-transform: uppercase;
    white-space: nowrap;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
    padding: 0.65rem 1.1rem;
    border-top: 1px solid var(--rule);
  }
  .spacer {
    flex: 1;
  }
  .problem {
    margin: 0;
    padding: 0.6rem 1.1rem;
    border-top: 1px solid var(--rule);
    background: var(--bad-soft);
    color: var(--ink);
  }
`;

/** Highlighted C: the classes of @lezer/highlight's classHighlighter, and numbered lines (`.code` > `.line`). */
export const code = css`
  .tok-keyword {
    color: var(--tok-keyword);
  }
  .tok-typeName {
    color: var(--tok-type);
  }
  .tok-number,
  .tok-bool,
  .tok-literal {
    color: var(--tok-number);
  }
  .tok-string,
  .tok-string2 {
    color: var(--tok-string);
  }
  .tok-comment {
    color: var(--tok-comment);
    font-style: italic;
  }
  .tok-meta,
  .tok-macroName {
    color: var(--tok-meta);
  }
  pre.code {
    margin: 0;
    padding: 0.7rem 0;
    overflow-x: auto;
    background: var(--code-ground);
    font: 0.8rem/1.55 var(--mono);
    tab-size: 4;
  }
  pre.code code {
    display: block;
    min-width: max-content;
    font: inherit;
  }
  pre.code .line {
    display: block;
    padding-right: 1rem;
  }
  pre.code .line::before {
    content: attr(data-n);
    display: inline-block;
    width: 3.2rem;
    padding-right: 1rem;
    color: var(--muted);
    text-align: right;
    user-select: none;
  }
`;
