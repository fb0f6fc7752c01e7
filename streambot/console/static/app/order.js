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
 * - with `still` (the pointer is over the queue) everything keeps its place and what is new goes to the end;
 * - otherwise the item with the cursor (`held`) and all above it keep their places, and the rest sorts below.
 * `shown` is the order on screen now, with ids that wait no more where their places are to be kept. Returns ids.
 */
export function queueOrder(waiting, shown, { still = false, held = null } = {}) {
  const ids = [...waiting].sort(byUrgency).map((comment) => comment.id);
  const place = ids.includes(held) ? shown.indexOf(held) : -1;
  const kept = still ? shown : shown.slice(0, place + 1);
  const known = new Set(kept);
  return [...kept, ...ids.filter((id) => !known.has(id))];
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
