/** How a lab's card is laid out: settings beside plots, and a dock with the figures and the run. */
import { css } from 'lit';

export const labCard = css`
  :host([full]) {
    position: fixed;
    z-index: 30;
    inset: 0;
    overflow: auto;
    width: auto !important;
    max-width: none !important;
    margin: 0 !important;
    background: var(--card);
    --bar-height: 0px;
  }
  :host([full]) .card {
    display: flex;
    flex-direction: column;
    min-height: 100%;
    border: 0;
    border-radius: 0;
  }
  :host([full]) .grid {
    flex: 1 0 auto;
  }
  .leave {
    min-height: 1.9rem;
  }
  .head > div {
    flex: 1 1 16rem;
    min-width: 0;
  }
  .notes {
    margin: 0;
    padding: 0.6rem 1.1rem;
    border-bottom: 1px solid var(--rule);
    background: var(--accent-soft);
  }
  .notes p {
    margin: 0.1rem 0;
  }
  :is(.driven, .pinned) {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem 0.8rem;
    align-items: center;
  }
  :is(.driven, .pinned) p {
    flex: 1 1 18rem;
  }
  .driven program-output {
    flex: 1 1 100%;
    min-width: 0;
  }
  .pinned button {
    min-height: 1.9rem;
  }
  .badge {
    margin-right: 0.3rem;
    padding: 0.1rem 0.45rem;
    border-radius: var(--radius-small);
    background: var(--accent);
    color: var(--accent-ink);
    font-size: 0.78rem;
    white-space: nowrap;
  }
  .grid {
    display: grid;
    grid-template: 'controls plots' auto 'controls more' 1fr / 16rem minmax(0, 1fr);
  }
  lab-controls {
    grid-area: controls;
    padding: 0.9rem 1.1rem 1rem;
    border-right: 1px solid var(--rule);
  }
  @media (min-width: 56.01rem) {
    .long lab-controls {
      position: sticky;
      top: var(--bar-height);
      align-self: start;
      border-right: 0;
    }
    .long :is(.plots, .more) {
      border-left: 1px solid var(--rule);
    }
  }
  .plots {
    grid-area: plots;
    display: grid;
    grid-auto-flow: dense;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.7rem 1.2rem;
    padding: 0.75rem 1.1rem 0.9rem;
  }
  lab-view {
    scroll-margin-top: calc(var(--bar-height) + 0.75rem);
  }
  .plots lab-view[place='full'] {
    grid-column: 1 / -1;
  }
  .plots lab-view[place='tall'] {
    grid-row: span 2;
  }
  .grid:not(:has(.more)) {
    grid-template: 'controls plots' / 16rem minmax(0, 1fr);
  }
  .plots lab-view[place='only'] {
    grid-column: 1 / -1;
    --plot-height: 19rem;
  }
  .plots:has([place='tall']) lab-view:not([place='tall']) {
    --plot-height: 10rem;
  }
  .readouts {
    padding: 0.55rem 1.1rem;
    border-top: 1px solid var(--rule);
    background: var(--soft);
  }
  .more {
    display: flex;
    flex-direction: column;
    grid-area: more;
    min-width: 0;
    padding: 0.7rem 1.1rem 0.9rem;
    border-top: 1px solid var(--rule);
  }
  .more > h4 {
    margin: 0 0 0.4rem;
    color: var(--muted);
    font: 600 0.68rem var(--ui);
    letter-spacing: 0.07em;
    text-transform: uppercase;
  }
  .strip {
    display: grid;
    flex: 1;
    max-height: 20rem;
    grid-auto-columns: minmax(15rem, calc((100% - 2.4rem) / 3));
    grid-auto-flow: column;
    gap: 1.2rem;
    overflow-x: auto;
    overscroll-behavior-x: contain;
    scroll-snap-type: x proximity;
    padding-bottom: 0.3rem;
  }
  .strip:has(> lab-view:only-child) {
    grid-auto-columns: 100%;
    max-height: none;
  }
  .strip lab-view {
    --plot-height: 10.5rem;
    scroll-snap-align: start;
  }
  .dock {
    position: sticky;
    z-index: 2;
    bottom: 0;
    background: var(--card);
  }
  .bar {
    display: flex;
    border-top: 1px solid var(--rule);
  }
  .bar .row {
    flex-wrap: nowrap;
    gap: 0.4rem;
    min-height: 3.4rem;
    padding-block: 0.5rem;
    border: 0;
  }
  .bar .tools {
    flex: 1;
    flex-wrap: wrap;
    justify-content: flex-end;
    padding-left: 0;
  }
  .steps {
    min-width: 4.6rem;
    padding-left: 0.3rem;
    color: var(--muted);
    font-size: 0.8rem;
    font-variant-numeric: tabular-nums;
  }
  .action {
    padding-inline: 0.5rem;
    font-size: 0.78rem;
    font-weight: 500;
  }
  .said {
    position: absolute;
    right: 0.8rem;
    bottom: calc(100% + 0.5rem);
    max-width: min(30rem, calc(100% - 1.6rem));
    padding: 0.4rem 0.75rem;
    border: 1px solid var(--field);
    border-radius: var(--radius-small);
    background: var(--card);
    box-shadow: var(--shadow);
    font-size: 0.82rem;
    line-height: 1.35;
    transition: opacity 0.3s;
    pointer-events: none;
  }
  .said.gone {
    opacity: 0;
  }
  .said:empty {
    visibility: hidden;
  }
  .go {
    min-width: 5.9rem;
  }
  .speed {
    display: flex;
    gap: 0.35rem;
    align-items: center;
    color: var(--muted);
    font-size: 0.82rem;
  }
  .speed select {
    min-height: 1.9rem;
    border: 1px solid var(--rule);
    border-radius: 6px;
    background: var(--card);
    color: var(--ink);
    font: 500 0.82rem var(--ui);
  }
  .problem {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3rem 0.8rem;
    align-items: center;
  }
  .problem button {
    min-height: 1.9rem;
  }
  .menu {
    position: relative;
  }
  .menu .items {
    position: absolute;
    z-index: 3;
    right: 0;
    bottom: calc(100% + 0.3rem);
    display: none;
    min-width: 10rem;
    padding: 0.3rem;
    border: 1px solid var(--rule);
    border-radius: var(--radius-small);
    background: var(--card);
    box-shadow: var(--shadow);
  }
  .menu .items[data-open] {
    display: grid;
    gap: 0;
  }
  .items button.quiet {
    justify-content: flex-start;
    color: var(--ink);
  }
  .opener::after {
    content: '▾';
    content: '▾' / ''; /* nothing to be read out */
  }
  .crowded .menu {
    margin-left: auto; /* its items open to the left */
  }
  @media (min-width: 56.01rem) and (max-width: 80rem) and (min-height: 40.01rem) {
    .bar:has(.crowded) {
      flex-wrap: wrap;
    }
    .bar .crowded {
      flex-basis: 100%;
      justify-content: flex-start;
      padding: 0 1.1rem 0.5rem;
      min-height: 0;
    }
  }
  @media (min-width: 34.01rem) {
    .tools:not(.crowded) .opener {
      display: none;
    }
    .tools:not(.crowded) .menu .items {
      position: static;
      display: flex;
      gap: 0.4rem;
      padding: 0;
      border: 0;
      background: none;
      box-shadow: none;
    }
    .tools:not(.crowded) .items button.quiet {
      color: var(--muted);
    }
  }
  .opener[aria-expanded='true'] {
    background: var(--soft);
    color: var(--ink);
  }
  .link-text {
    width: 100%;
    min-height: 2rem;
    border: 1px solid var(--field);
    border-radius: 6px;
    background: var(--card);
    color: var(--ink);
    font: 400 0.78rem var(--mono);
  }
  goal-list {
    padding: 0.8rem 1.1rem 1rem;
    border-top: 1px solid var(--rule);
  }
  .card[aria-busy] {
    min-height: inherit;
  }
  .card[aria-busy] .grid {
    min-height: var(--controls-height); /* which come once the plots are there, and those fill the same room */
  }
  .card[aria-busy] .more {
    visibility: hidden;
  }
  .skeleton {
    display: grid;
    gap: 0.8rem;
    min-height: 24rem;
    padding: 1.1rem;
  }
  .skeleton div {
    border-radius: 6px;
    background: var(--soft);
  }
  .skeleton div:first-child {
    width: 40%;
    height: 1.6rem;
  }
  @media (max-width: 56rem), (max-height: 40rem) {
    .card {
      display: flex;
      flex-direction: column;
    }
    .dock,
    .bar {
      display: contents;
    }
    .run,
    .tools {
      border-top: 1px solid var(--rule) !important;
    }
    .run {
      position: sticky;
      z-index: 2;
      bottom: 0;
      background: var(--card);
    }
    .tools {
      flex: none !important;
      justify-content: flex-start !important;
      padding-left: 1.1rem !important;
    }
    .said {
      position: fixed;
      z-index: 4;
      bottom: 4.5rem;
    }
  }
  @media (max-width: 56rem) {
    .grid {
      display: contents;
    }
    lab-controls {
      order: 2;
      border-right: 0;
      border-top: 1px solid var(--rule);
    }
    .more {
      order: 3;
    }
    .readouts {
      order: 1;
    }
    .problem,
    .run,
    .tools {
      order: 4;
    }
    goal-list {
      order: 5;
    }
  }
  @media (min-width: 34rem) and (max-width: 56rem) {
    lab-controls {
      grid-template-columns: 1fr 1fr;
      column-gap: 2rem;
    }
  }
  @media (max-width: 34rem) {
    .plots {
      grid-template-columns: minmax(0, 1fr);
      padding-inline: 0.8rem;
    }
    .plots lab-view[place='tall'] {
      grid-row: auto;
      --plot-height: min(88vw, 22rem);
    }
    .head,
    .readouts,
    .more,
    lab-controls,
    goal-list {
      padding-inline: 0.8rem;
    }
    .strip {
      grid-auto-columns: minmax(15rem, 84%);
    }
    .bar .row {
      flex-wrap: nowrap;
      padding: 0.45rem 0.8rem !important;
    }
    .bar .tools {
      flex-wrap: wrap;
    }
    .menu {
      margin-left: auto;
    }
    .run button {
      padding-inline: 0.55rem;
    }
    .go {
      min-width: 5.2rem;
    }
  }
  @media (min-width: 56.01rem) and (min-height: 40.01rem) {
    :host([full]) .plots {
      --plot-height: max(13rem, 32vh);
    }
    :host([full]) .plots lab-view[place='only'] {
      --plot-height: max(19rem, calc(100vh - 22rem));
    }
    :host([full]) .plots:has([place='tall']) lab-view:not([place='tall']) {
      --plot-height: max(10rem, 24vh);
    }
  }
  .handout,
  .unopened {
    display: none;
  }
  @media print {
    :host {
      break-inside: avoid;
    }
    :host,
    .card {
      overflow: visible;
      min-height: 0 !important;
    }
    .card {
      display: block;
    }
    .dock,
    .corner,
    .notes.still,
    .more > h4,
    .skeleton,
    goal-list,
    lab-controls {
      display: none;
    }
    .head {
      break-after: avoid;
    }
    .handout {
      display: block;
      padding: 0.4rem 1.1rem 0;
      break-after: avoid;
    }
    .handout p {
      margin: 0.15rem 0;
    }
    .unopened {
      display: block;
    }
    .card[aria-busy] {
      border: 0;
    }
    .grid {
      display: block;
    }
    .plots,
    .strip {
      display: block;
      max-height: none;
      overflow: visible;
      columns: 2;
      column-gap: 1.2rem;
    }
    .plots:has(> :only-child),
    .strip:has(> :only-child),
    .plots:has([place='only']) {
      columns: 1;
    }
    lab-view {
      display: block;
      margin-bottom: 0.8rem;
      break-inside: avoid;
    }
  }
`;
