// The controller's hands: where the cursor is, what was asked for, and what people must be told.

import { effect, signal } from "@preact/signals";
import { send } from "./commands.js";
import { has, reason, t, told, word } from "./i18n.js";
import { queueOrder } from "./order.js";

const SETTLE = 250; // a press this soon after things moved by themselves was meant for what stood there before
const NOTICE = 6000;
const NOTICES = 4;
const COME_BACK = 3000; // how long the cursor waits for an undone comment to come back
const NEEDS = { hide: "hide", mute: "mute", ban: "ban", post: "post" };

export class Desk {
  constructor(room) {
    this.room = room;
    this.link = signal("connecting");
    this.cursor = signal(null); // {pane: "queue" | "feed", id}
    this.shown = signal([]); // ids in the queue as shown; one that waits no more is a ghost that keeps its place
    this.still = signal(false); // the pointer is over the queue
    this.pulse = signal(null); // id of the row whose press was not taken
    this.notices = signal([]);
    this.said = signal(""); // the last thing worth announcing
    this.mine = []; // my own commands, newest last, for Undo
    this.acted = new Set(); // comments that left the queue by my own hand
    this.awaited = { id: null, until: 0 };
    this.movedAt = 0; // when rows last changed places under the pointer
    this.jumpedAt = 0; // when the cursor last went elsewhere by itself
    this.serial = 0;
    effect(() => {
      room.paint.queue.value;
      this.arrange(this.still.value);
    });
  }

  get canAct() {
    return this.link.value === "open";
  }

  /** Put the queue in order after a change, and the cursor on something that is there. */
  arrange(still = this.still.peek()) {
    const waiting = this.room.waiting();
    const ids = new Set(waiting.map((comment) => comment.id));
    const before = this.shown.peek();
    const held = this.cursor.peek()?.pane === "queue" ? this.cursor.peek().id : null;
    const place = before.indexOf(held);
    // What others handled leaves its place behind where closing it would move what is under a hand.
    const kept = before.filter((id, at) => ids.has(id) || (!this.acted.has(id) && (still || at < place)));
    const shown = queueOrder(waiting, kept, { still, held });
    if (before.some((id, at) => shown[at] !== id)) this.movedAt = performance.now();
    this.shown.value = shown;
    this.keepCursor(ids, before);
  }

  /** Close the places that others' comments left behind: the person's own move is the moment to. */
  close() {
    const ids = new Set(this.room.waiting().map((comment) => comment.id));
    this.shown.value = this.shown.peek().filter((id) => ids.has(id));
  }

  keepCursor(ids, before) {
    const cursor = this.cursor.peek();
    if (cursor?.pane === "feed") {
      if (!this.room.comments.has(cursor.id)) this.cursor.value = null;
      return;
    }
    if (cursor && ids.has(cursor.id)) return;
    if (cursor && cursor.id === this.awaited.id && performance.now() < this.awaited.until) return;
    if (cursor && !this.acted.has(cursor.id)) {
      const by = this.room.comments.get(cursor.id)?.by;
      if (by) this.tell("info", t("queue.handled", { by: this.who(by) }));
    }
    const next = this.successor(before.indexOf(cursor?.id), before, ids);
    this.jumpedAt = performance.now();
    this.cursor.value = next && { pane: "queue", id: next };
  }

  /** The item that takes the place of one that went: what stood below it, else the last one. */
  successor(place, before, ids) {
    const shown = this.shown.peek().filter((id) => ids.has(id));
    if (place < 0) return shown[0] ?? null;
    return before.slice(place).find((id) => ids.has(id)) ?? shown.at(-1) ?? null;
  }

  /** Move the cursor by steps through the queue or, when it is there, the feed. */
  move(steps) {
    const cursor = this.cursor.value;
    const feed = cursor?.pane === "feed";
    if (!feed) this.close();
    const list = feed ? this.room.feed.filter((id) => typeof id === "string") : this.shown.peek();
    if (!list.length) return;
    const place = list.indexOf(cursor?.id);
    const next = place < 0 ? 0 : Math.min(list.length - 1, Math.max(0, place + steps));
    this.select(feed ? "feed" : "queue", list[next]);
  }

  select(pane, id) {
    this.cursor.value = id ? { pane, id } : null;
    this.close();
    this.arrange();
  }

  /** The comment under the cursor. */
  get current() {
    return this.cursor.value && this.room.comments.get(this.cursor.value.id);
  }

  /** What the platform lets this account do: "api", "manual" or "none". */
  can(verb) {
    return NEEDS[verb] ? (this.room.room?.caps?.[NEEDS[verb]] ?? "none") : "api";
  }

  /** Hide, mute or allow a comment; `via` is "key" or "pointer". */
  async act(verb, comment, via) {
    if (!comment || !this.ready(comment.id, via)) return;
    if (verb === "hide" && comment.status === "todo") {
      const todo = this.room.todo(comment.id);
      if (todo) return void (await this.done(todo, via));
    }
    if (this.can(verb) === "none") return this.tell("warn", t("notice.cannot", { act: word("act", verb) }));
    this.leave(comment, verb);
    const reply = await send(this.room.name, { act: verb, target: comment.id, via });
    if (reply.status === 202) this.mine.push({ event: reply.event, comment: comment.id, act: verb });
    else this.stay(comment.id);
    this.answer(reply);
  }

  /** Take a comment out of the queue at once, for my command is on its way, and the cursor to the next. */
  leave(comment, act) {
    this.room.pending.set(comment.id, { act, rev: comment.rev, at: this.room.now() });
    this.acted.add(comment.id);
    const cursor = this.cursor.peek();
    if (cursor?.pane === "feed") this.move(1);
    const before = this.shown.peek();
    const ids = new Set(this.room.waiting().map((each) => each.id));
    if (cursor?.pane === "queue" && cursor.id === comment.id) {
      const next = this.successor(before.indexOf(comment.id), before, ids);
      this.cursor.value = next && { pane: "queue", id: next };
    }
    this.shown.value = before.filter((id) => ids.has(id));
    // The next row slides under the pointer: a second press of the same click must not act on it.
    this.movedAt = performance.now();
    this.arrange();
  }

  /** My command was not carried out: the comment is where it was. */
  stay(id) {
    this.room.pending.delete(id);
    this.acted.delete(id);
    this.room.touch("queue");
  }

  /** Take back my own last command, or the given action. */
  async undo(action, via) {
    if (!this.ready()) return;
    const last = action ? null : this.mine.pop();
    const found = action ?? (last ? { id: last.event, c: last.comment } : this.lastUndoable());
    if (!found) return this.tell("info", t("notice.nothing_to_undo"));
    this.mine = this.mine.filter((each) => each.event !== found.id);
    if (found.c) {
      this.stay(found.c);
      this.awaited = { id: found.c, until: performance.now() + COME_BACK };
      this.select("queue", found.c);
    }
    const reply = await send(this.room.name, { act: "undo", target: found.id, via });
    if (reply.status === 202 || reply.status === 200) this.said.value = t("notice.undone");
    else if (last && reply.status === 0) this.mine.push(last);
    this.answer(reply);
  }

  lastUndoable() {
    const me = this.room.me?.id;
    return [...this.room.actions.values()].findLast((action) => action.by === me && action.undoable);
  }

  async done(action, via) {
    if (!this.ready()) return;
    const comment = this.room.comments.get(action.c);
    if (comment) this.leave(comment, "done");
    const reply = await send(this.room.name, { act: "done", target: action.id, via });
    if (reply.status !== 202) this.stay(action.c);
    this.answer(reply);
  }

  async retry(action, via) {
    if (action.op === "post") {
      if (!this.ready()) return;
      const command = { act: "post", target: action.c ?? action.question ?? "", value: action.said, via };
      return this.answer(await send(this.room.name, command));
    }
    const comment = this.room.comments.get(action.c) ?? { id: action.c, rev: 0 };
    await this.act(action.op, comment, via);
  }

  /** Set something of the room: its mode, the item on air, the scenario. */
  async set(act, value, via) {
    if (this.ready()) this.answer(await send(this.room.name, { act, value, via }));
  }

  async question(verb, question, value = "") {
    if (this.ready()) this.answer(await send(this.room.name, { act: verb, target: question.id, value, via: "pointer" }));
  }

  /** Whether a command may go out now: there is a link, and what is pressed did not move there by itself just now. */
  ready(id, via) {
    if (!this.canAct) {
      this.tell("warn", t("link.lost_short"));
      return false;
    }
    const slid = via === "pointer" ? this.movedAt : this.jumpedAt;
    if (id && performance.now() - slid < SETTLE) {
      this.pulse.value = id;
      setTimeout(() => (this.pulse.value = null), 600);
      return false;
    }
    return true;
  }

  /** Tell the person what became of a command, when it did not simply work. */
  answer(reply) {
    if (reply.status === 200 || reply.status === 202) return;
    if (reply.status === 409) {
      const ago = Math.max(0, Math.round((this.room.now() - Date.parse(reply.at)) / 1000));
      const key = ago < 3600 ? "conflict.ago" : "conflict.earlier";
      return this.tell("info", t(key, { by: this.who(reply.by), did: word("did", reply.act), n: ago }));
    }
    if (reply.status === 0) return this.tell("error", t("notice.unreachable"));
    this.tell("error", reason(reply.told ?? reply.error) ?? t("notice.refused", { status: String(reply.status) }));
  }

  /** A person as this screen names them. */
  who(id) {
    if (id === this.room.me?.id) return t("who.you");
    return id === "bot" ? t("who.bot") : id;
  }

  /**
   * Show a notice; errors stay until they are closed, a trouble with a topic until the same topic says it is over.
   * What the server's is about (`code`) stands above it; both are in the reader's language where it has words for them.
   */
  tell(level, text, { topic = "", code = "", say = "", values = {} } = {}) {
    const notice = { id: ++this.serial, level, text, topic, code, say, values };
    const kept = this.notices.value.filter((each) => each.text !== text && (!topic || each.topic !== topic));
    this.notices.value = [...kept, notice].slice(-NOTICES);
    this.said.value = has(`trouble.${code}`) ? `${t(`trouble.${code}`)}. ${told(notice)}` : told(notice);
    if (level === "info" || (level === "warn" && !topic)) setTimeout(() => this.dismiss(notice.id), NOTICE);
  }

  /** A new connection tells anew which troubles stand. */
  forgetTroubles() {
    this.notices.value = this.notices.value.filter((each) => !each.topic);
  }

  dismiss(id) {
    this.notices.value = this.notices.value.filter((each) => each.id !== id);
  }
}
