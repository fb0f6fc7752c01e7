// In what order things stand, and when they may move. Pure: no DOM, no clock.

const SEVERE = ["hate", "sexual", "violence", "minors"];

/** The severity band of a waiting comment, most urgent first: escalated, severe, the rest. */
export function band(comment) {
  if (comment.escalate) return 0;
  return SEVERE.some((label) => label in comment.labels) ? 1 : 2;
}

const byUrgency = (a, b) => band(a) - band(b) || (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);

/**
 * The queue as it is shown: severity band, then age. Nothing moves under a hand:
 * - with `still` (the pointer is over the queue) everything keeps its place, what is gone leaves a ghost, and what is
 *   new goes to the end;
 * - otherwise the item with the cursor (`held`) keeps its place and the others sort around it.
 * `shown` is the order on screen now. Returns ids; null is an empty place that keeps the held item where it is.
 */
export function queueOrder(waiting, shown, { still = false, held = null } = {}) {
  const ids = [...waiting].sort(byUrgency).map((comment) => comment.id);
  if (still) {
    const known = new Set(shown);
    return [...shown, ...ids.filter((id) => !known.has(id))];
  }
  const place = shown.indexOf(held);
  if (place < 0 || !ids.includes(held)) return ids;
  const others = ids.filter((id) => id !== held);
  while (others.length < place) others.unshift(null);
  return [...others.slice(0, place), held, ...others.slice(place)];
}

/**
 * The host's list: hottest first, but an item moves at most once in `rest` milliseconds and never while a finger is
 * down. What was answered goes at once, because a person asked for it.
 */
export class StickyRanks {
  constructor(rest = 10_000) {
    this.rest = rest;
    this.order = [];
    this.moved = new Map();
  }

  /** `wanted` are ids, hottest first. Returns the ids in the order to show. */
  update(wanted, now, down = false) {
    if (down) return this.order;
    const open = new Set(wanted);
    const kept = this.order.filter((id) => open.has(id));
    const places = new Array(wanted.length).fill(null);
    const resting = (id) => now - (this.moved.get(id) ?? -Infinity) < this.rest;
    kept.forEach((id, place) => {
      if (resting(id)) places[place] = id;
    });
    const placed = new Set(places);
    const rest = wanted.filter((id) => !placed.has(id));
    const order = places.map((id) => id ?? rest.shift());
    const before = new Map(kept.map((id, place) => [id, place]));
    order.forEach((id, place) => {
      if (before.get(id) !== place) this.moved.set(id, now);
    });
    for (const id of this.moved.keys()) if (!open.has(id)) this.moved.delete(id);
    this.order = order;
    return order;
  }
}
