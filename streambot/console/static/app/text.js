// Comments are hostile text. What is stored stays untouched; what is painted is tamed here.

const MARK = /\p{M}/u;
const MARKS_IN_A_ROW = 4; // a Thai flood of marks paints over the rows above it

/**
 * Cut a text into runs of { text, hit }, where hit says that the run is evidence.
 * Spans are [start, end) in Unicode code points, as the server counts them. Combining marks beyond four in a row are
 * left out of what is shown.
 */
export function segments(text, spans = []) {
  const points = Array.from(text);
  const hit = new Uint8Array(points.length);
  for (const [start, end] of spans) hit.fill(1, Math.max(0, start), Math.max(0, end));
  const runs = [];
  let marks = 0;
  points.forEach((point, index) => {
    marks = MARK.test(point) ? marks + 1 : 0;
    if (marks > MARKS_IN_A_ROW) return;
    const last = runs.at(-1);
    if (last && last.hit === Boolean(hit[index])) last.text += point;
    else runs.push({ text: point, hit: Boolean(hit[index]) });
  });
  return runs;
}

/** A text as one tamed string. */
export const tame = (text) => segments(text).map((run) => run.text).join("");

/** At most so many code points, with an ellipsis when some were cut. */
export function clip(text, points) {
  const all = Array.from(text);
  return all.length > points ? `${all.slice(0, points).join("")}…` : text;
}

/** The lang attribute of a comment: undefined where the language is not known. */
export const langOf = (language) => (/^[a-z]{2}$/.test(language ?? "") ? language : undefined);
