// Suggested answers: what the bot would say to a question, waiting for one key of a person; and what had no answer.

import { Component } from "preact";
import { effect, signal } from "@preact/signals";
import { send } from "./commands.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t, word } from "./i18n.js";
import { clip, langOf, tame } from "./text.js";
import { age } from "./time.js";

const FRESH = 60_000; // milliseconds after which an answer comes too late: its question has scrolled away
const MOST = 20; // suggestions in the page; the rest are counted
const SETTLE = 250; // a press this soon after rows moved by themselves was meant for what stood there before
const GOING = 5000; // how long a command may stay unanswered by the feed before its suggestion comes back
const ASKED = 120; // code points of a question in the list
const HIDDEN = new Set(["hidden", "hiding"]);

const same = (one, other) => one.length === other.length && one.every((id, at) => other[at] === id);

/** The suggestions of a room in the order in which they came, and the one that the keys act on. */
export class Offers {
  constructor(room, desk, composer) {
    Object.assign(this, { room, desk, composer });
    this.ids = signal([]);
    this.chosen = signal(null);
    this.late = signal(0);
    this.opened = signal(false); // from the first suggestion on the pane keeps its height, so that nothing jumps
    this.pulse = signal(null);
    this.gaps = signal(false); // whether the reasons of the gaps are shown
    this.going = new Map(); // id → when I sent or declined it
    this.slidAt = -Infinity;
    effect(() => {
      const { actions, queue, head } = room.paint;
      [actions.value, queue.value, head.value]; // ages run with the ticks
      this.arrange();
    });
  }

  find(id) {
    return this.room.actions.get(`${id} post`);
  }

  arrange() {
    const now = this.room.now();
    for (const [id, at] of this.going) {
      if (this.find(id)?.st !== "proposed" || now - at > GOING) this.going.delete(id);
    }
    const seen = [...this.room.actions.values()].filter(
      (action) => action.op === "post" && !HIDDEN.has(this.room.comments.get(action.c)?.status),
    );
    const open = seen.filter((action) => action.st === "proposed" && !this.going.has(action.id));
    const ids = open.filter((action) => now - Date.parse(action.at) <= FRESH).map((action) => action.id);
    const before = this.ids.peek();
    const lapsed = seen.filter((action) => action.offered && action.st === "withdrawn");
    this.late.value = open.length - ids.length + lapsed.length;
    if (ids.length) this.opened.value = true;
    if (same(before, ids)) return;
    if (before.some((id, at) => ids[at] !== id)) this.slidAt = performance.now();
    this.ids.value = ids;
    const chosen = this.chosen.peek();
    if (!ids.includes(chosen)) this.chosen.value = this.successor(chosen, before, ids);
  }

  successor(id, before, ids) {
    const after = before.slice(before.indexOf(id) + 1).find((each) => ids.includes(each));
    return after ?? ids.at(before.includes(id) ? -1 : 0) ?? null;
  }

  /** Choose the suggestion so many places further on. */
  move(steps) {
    const ids = this.ids.peek();
    if (!ids.length) return;
    const place = ids.indexOf(this.chosen.peek());
    this.chosen.value = ids[Math.min(ids.length - 1, Math.max(0, place + steps))];
  }

  /** Post a suggestion as it stands. */
  async send(id, via) {
    const action = this.leave(id);
    if (!action) return;
    const reply = await send(this.room.name, { act: "send", target: id, via });
    if (reply.status === 202) this.desk.said.value = t("composer.sent");
    else this.stay(id);
    if (reply.status === 422 && reply.findings?.length) this.composer.refused(about(this.room, action), action.said, reply.findings);
    else this.desk.answer(reply);
  }

  async decline(id, via) {
    if (!this.leave(id)) return;
    const reply = await send(this.room.name, { act: "dismiss", target: id, via });
    if (reply.status !== 202) this.stay(id);
    this.desk.answer(reply);
  }

  edit(id) {
    const action = this.find(id);
    if (action) this.composer.open(about(this.room, action), action.said);
  }

  /** Take a suggestion out of the list at once, for my command is on its way; null if nothing may be sent now. */
  leave(id) {
    const action = this.ids.peek().includes(id) && this.desk.ready() ? this.find(id) : null;
    if (!action) return null;
    if (performance.now() - this.slidAt < SETTLE) {
      this.pulse.value = id;
      setTimeout(() => (this.pulse.value = null), 600);
      return null;
    }
    this.going.set(id, this.room.now());
    this.arrange();
    return action;
  }

  stay(id) {
    this.going.delete(id);
    this.arrange();
  }
}

/** What the composer needs to know of a suggestion. */
const about = (room, action) => ({
  kind: "offer",
  id: action.id,
  comment: action.c,
  about: action.c ?? action.question,
  name: action.u,
  text: room.comments.get(action.c)?.x ?? action.x,
  l: room.comments.get(action.c)?.l,
});

const Verbs = ({ action, offers }) => {
  const off = !offers.desk.canAct;
  const press = (act) => (event) => {
    event.stopPropagation();
    act.call(offers, action.id, event.detail ? "pointer" : "key");
  };
  return html`<span class="verbs">
    <button class="verb allow" disabled=${off} onClick=${press(offers.send)}><kbd>S</kbd> ${t("act.send")}</button>
    <button class="verb" disabled=${off} onClick=${press(offers.edit)}><kbd>E</kbd> ${t("act.edit")}</button>
    <button class="verb" disabled=${off} onClick=${press(offers.decline)}><kbd>X</kbd> ${t("act.decline")}</button>
  </span>`;
};

const Offer = ({ action, offers, current }) => {
  const { room } = offers;
  const asked = room.comments.get(action.c);
  return html`<li
    class=${`offer ${current ? "current" : ""} ${offers.pulse.value === action.id ? "pulse" : ""}`}
    data-id=${action.id}
    tabindex=${current ? 0 : -1}
    aria-current=${current ? "true" : undefined}
    onClick=${() => (offers.chosen.value = action.id)}
    onFocus=${() => (offers.chosen.value = action.id)}
  >
    <div class="line">
      <time><${Icon} name="held" />${age(room.now() - Date.parse(action.at))}</time>
      ${action.u && html`<bdi class="name">${tame(clip(action.u, 40))}</bdi>`}
      ${(asked?.x ?? action.x) && html`<q class="asked"><bdi class="said" dir="auto" lang=${langOf(asked?.l)}>${tame(clip(asked?.x ?? action.x, ASKED))}</bdi></q>`}
      ${action.item && html`<span class="chip">#${action.item}</span>`}
      ${action.language && html`<span class="chip" title=${t("answers.language")}>${action.language}</span>`}
    </div>
    <p class="says"><bdi dir="auto" lang=${langOf(action.language)}>${tame(action.said)}</bdi></p>
    ${current &&
    html`<div class="line foot">
      <span class="muted reason">${action.intent && word("intent", action.intent)}</span>
      <${Verbs} action=${action} offers=${offers} />
    </div>`}
  </li>`;
};

/** How many questions had no answer, and on demand why. */
const Gaps = ({ room, open }) => {
  const gaps = Object.entries(room.room?.gaps ?? {}).sort((one, other) => other[1] - one[1]);
  const n = gaps.reduce((sum, [, each]) => sum + each, 0);
  if (!n) return null;
  return html`<span class="gaps end">
    <button class="quiet" aria-expanded=${open.value ? "true" : "false"} onClick=${() => (open.value = !open.value)}>
      ${t("gaps.title", { n })}
    </button>
    ${open.value &&
    html`<ul class="pop" aria-label=${t("gaps.why")}>
      ${gaps.map(([reason, each]) => html`<li key=${reason}><b>${each}</b> ${word("gap", reason)}</li>`)}
    </ul>`}
  </span>`;
};

export class Answers extends Component {
  componentDidUpdate() {
    const chosen = this.props.offers.chosen.peek();
    if (chosen === this.reached) return;
    this.reached = chosen;
    const item = chosen && this.list?.querySelector(`[data-id="${CSS.escape(chosen)}"]`);
    if (!item) return;
    if (this.list.contains(document.activeElement)) item.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  }

  render({ room, offers }) {
    room.paint.head.value; // ages and gaps run with the ticks
    const ids = offers.ids.value;
    const chosen = offers.chosen.value;
    const shown = ids.slice(0, Math.max(MOST, ids.indexOf(chosen) + 5));
    return html`<section class=${`pane answers ${offers.opened.value ? "opened" : ""}`} aria-label=${t("answers.title")}>
      <h2>
        ${t("answers.title")} <b class="count">${ids.length}</b>
        ${offers.late.value > 0 && html`<span class="muted">${t("answers.late", { n: offers.late.value })}</span>`}
        <${Gaps} room=${room} open=${offers.gaps} />
      </h2>
      ${offers.opened.value &&
      html`<ul class="scroll" ref=${(list) => (this.list = list)}>
        ${shown.map((id) => html`<${Offer} key=${id} action=${offers.find(id)} offers=${offers} current=${id === chosen} />`)}
      </ul>`}
      ${offers.opened.value && ids.length === 0 && html`<p class="empty">${t("answers.empty")}</p>`}
    </section>`;
  }
}
