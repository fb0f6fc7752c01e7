// What one room's page knows: plain maps that messages change, and one signal a pane that says "paint again". A component
// that reads any signal is painted by signals and its own props alone, so each reads the signal of what it shows.

import { batch, signal } from "@preact/signals";

export const FEED_ROWS = 5000;
const SLACK = 500; // rows over the limit before the oldest are let go, so that this happens rarely
const PAINT = 100; // milliseconds between paints
const WAITS = new Set(["waiting", "todo"]);
const ACTIONS = 2000; // actions kept; the log has the rest
const PENDING = 5000; // how long a command may stay unanswered by the feed before its comment comes back

/** Whether a comment waits for a person. */
export const waits = (comment) => WAITS.has(comment.status);

export class Room {
  constructor(name, { onChange = () => {} } = {}) {
    this.name = name;
    this.onChange = onChange;
    this.seq = null;
    this.room = null; // ROOM of the contract, kept up to date by ticks
    this.me = null;
    this.skew = 0; // server time minus this screen's
    this.lag = null;
    this.rate = 0;
    this.comments = new Map();
    this.feed = []; // comment ids, oldest first; a gap is {gap: true, …}
    this.first = 0; // the absolute number of feed[0], so that rows keep their number when old ones go
    this.snaps = 0; // how often everything was replaced
    this.queue = new Set();
    this.pending = new Map(); // comment id → {act, rev, at} of my own command on its way
    this.questions = [];
    this.actions = new Map();
    this.balance = { off: 0, decided: -1, since: 0 };
    this.paint = { feed: signal(0), queue: signal(0), questions: signal(0), actions: signal(0), head: signal(0) };
    this.dirty = new Set();
    this.last = 0;
    document.addEventListener("visibilitychange", () => this.flush());
  }

  now() {
    return Date.now() + this.skew;
  }

  /** Take one message of the live channel. Returns "resync" when a snapshot is needed. */
  take(message) {
    if (message.room && message.room !== this.name) return undefined;
    switch (message.t) {
      case "hello":
        this.me = message.me;
        this.skew = Date.parse(message.now) - Date.now();
        this.room = message.rooms.find((room) => room.id === this.name) ?? this.room;
        this.touch("head", "queue", "actions");
        return undefined;
      case "snap":
        return this.snap(message);
      case "delta":
        return this.delta(message);
      case "tick":
        return this.tick(message);
      case "gap":
        return "resync";
      default:
        return undefined;
    }
  }

  snap({ seq, feed, queue, questions, actions, stat }) {
    const hadRows = this.feed.length > 0;
    const lastSeen = this.comments.get(this.feed.at(-1))?.ts;
    const joined = feed.some((comment) => this.comments.has(comment.id));
    this.snaps += 1;
    this.seq = seq;
    this.room = { ...this.room, ...stat };
    this.comments = new Map([...feed, ...queue].map((comment) => [comment.id, comment]));
    this.first += this.feed.length;
    this.feed = feed.map((comment) => comment.id);
    // Rows that this screen never saw: say so instead of closing the ranks.
    if (hadRows && !joined && feed.length) this.feed.unshift({ gap: true, from: lastSeen, to: feed[0].ts });
    this.queue = new Set([...queue, ...feed].filter(waits).map((comment) => comment.id));
    this.pending.clear();
    this.questions = questions;
    this.actions = new Map(actions.map((action) => [`${action.id} ${action.op}`, action]));
    this.touch("feed", "queue", "questions", "actions", "head");
    return undefined;
  }

  delta({ from, to, ops }) {
    if (this.seq === null || from > this.seq + 1) return "resync";
    for (const op of ops) this.apply(op);
    this.seq = Math.max(this.seq, to);
    return undefined;
  }

  apply(op) {
    if (op.o === "c") this.comment(op.c);
    else if (op.o === "a") {
      this.actions.set(`${op.a.id} ${op.a.op}`, op.a);
      if (this.actions.size > ACTIONS) this.actions.delete(this.actions.keys().next().value);
      this.touch("actions", "queue");
    } else if (op.o === "q") {
      this.questions = op.q;
      this.touch("questions");
    } else if (op.o === "set" && op.k === "mode") {
      this.room = { ...this.room, mode: op.v };
      this.touch("head");
    } else if (op.o === "set" && (op.k === "item" || op.k === "scenario")) this.onAir(op.k, op.v);
  }

  /** Another item is on air, or its scenario is another; the next tick has the item's name. */
  onAir(key, value) {
    const { number = "", name = "", scenario = "regular" } = this.room?.item ?? {};
    const item = key === "scenario" ? { number, name, scenario: value } : { number: value, name: value === number ? name : "", scenario: "regular" };
    this.room = { ...this.room, item };
    this.touch("head");
  }

  comment(comment) {
    const known = this.comments.get(comment.id);
    if (known && known.rev > comment.rev) return;
    const pending = this.pending.get(comment.id);
    if (pending && comment.rev > pending.rev) this.pending.delete(comment.id);
    const oldest = this.comments.get(this.feed[0])?.ts;
    // A change to a row that scrolled away hours ago is no new row.
    const fresh = !known && !(oldest && this.feed.length >= FEED_ROWS && comment.ts < oldest);
    if (fresh) this.feed.push(comment.id);
    if (fresh || known || waits(comment)) this.comments.set(comment.id, comment);
    if (waits(comment)) this.queue.add(comment.id);
    if (waits(comment) || this.queue.delete(comment.id)) this.touch("queue");
    this.touch("feed");
  }

  tick({ now, rooms }) {
    this.skew = Date.parse(now) - Date.now();
    const tick = rooms[this.name];
    if (!tick) return undefined;
    const { n, lag_ms: lag, rate, link, link_detail, rules_only_since, item, gaps } = tick;
    this.lag = lag;
    this.rate = rate;
    this.room = { ...this.room, n, link, link_detail, rules_only_since, item, gaps };
    this.balance = balance(n, this.balance, this.now());
    for (const [id, pending] of this.pending) {
      if (this.now() - pending.at > PENDING) {
        this.pending.delete(id);
        this.touch("queue");
      }
    }
    this.touch("head");
    return undefined;
  }

  /** Let go of the oldest rows over `limit`; their comments too, unless they wait. */
  trim(limit = FEED_ROWS) {
    if (this.feed.length <= limit + SLACK) return;
    const gone = this.feed.splice(0, this.feed.length - limit);
    this.first += gone.length;
    for (const id of gone) if (!this.queue.has(id)) this.comments.delete(id);
  }

  /** The comments that wait for a person and that no command of mine is on its way for. */
  waiting() {
    return [...this.queue].filter((id) => !this.pending.has(id)).map((id) => this.comments.get(id));
  }

  /** The action that waits to be done by hand for a comment, if any. */
  todo(id) {
    return [...this.actions.values()].find((action) => action.c === id && action.st === "todo");
  }

  touch(...panes) {
    for (const pane of panes) this.dirty.add(pane);
    this.onChange();
    if (this.scheduled || document.hidden) return;
    this.scheduled = true;
    const wait = Math.max(0, PAINT - (performance.now() - this.last));
    setTimeout(() => requestAnimationFrame(() => this.flush()), wait);
  }

  flush() {
    this.scheduled = false;
    this.last = performance.now();
    const panes = [...this.dirty];
    this.dirty.clear();
    batch(() => panes.forEach((pane) => this.paint[pane].value++));
  }
}

/**
 * Whether the counters add up: received = decided + duplicates + rejected + in flight. `off` is what is missing or too
 * many once that is sure: more than received at any time, or comments in flight while nothing has been decided for 5 s.
 */
export function balance(n, before, now) {
  const flight = n.received - n.decided - n.duplicates - n.rejected;
  const moving = flight === 0 || n.decided !== before.decided;
  const since = moving ? now : before.since;
  const off = flight < 0 || (flight > 0 && now - since >= 5000) ? flight : 0;
  return { off, flight: Math.max(0, flight), decided: n.decided, since };
}
