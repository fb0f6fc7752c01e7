// Each state has a shape and a word, never a colour alone. Shapes are drawn, because a symbol font may be missing.

import { html } from "./html.js";

const PATHS = {
  allow: "M3 8.5 6.5 12 13 4.5",
  hide: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M3.8 3.8l8.4 8.4",
  mute: "M2.5 6v4h2.5L9 13V3L5 6zM11.5 6l3 4M14.5 6l-3 4",
  held: "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 4.8V8l2.4 1.6",
  question: "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.4 8.6 8 9 8 10M8 12.5v.5",
  failed: "M8 2 14.5 13.5h-13zM8 6.5v3.2M8 11.6v.4",
  todo: "M2.5 2.5h11v11h-11z",
  sent: "M2 8h11M9 4l4 4-4 4",
  pin: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
  undo: "M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M6 3 2.8 6.5 6 10",
};

/** A 16-unit line drawing in the colour of the text; the word beside it is what is read out. */
export const Icon = ({ name }) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
