// The queue: what waits for a person, with the reason in words and the verbs beside it.

import { Component } from "preact";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t, word } from "./i18n.js";
import { band } from "./order.js";
import { Instead, Labels, Name, Reason, Said, Verbs, isOwn, reasons } from "./rows.js";
import { age } from "./time.js";

const MOST = 60; // items in the page; the rest are counted below them

/** A proposed action of the bot for a comment in words, so that a person knows what Allow sets aside. */
const Wanted = ({ comment }) =>
  comment.act !== "review" && comment.act !== "allow" && html`<span class="muted">${t("queue.proposed", { act: word("act", comment.act) })}</span>`;

const Item = ({ comment, desk, room, current, pulse, tab }) => {
  const [first, ...others] = reasons(comment);
  const severe = band(comment) < 2;
  return html`<li
    class=${`item ${current ? "current" : ""} ${severe ? "severe" : ""} ${pulse ? "pulse" : ""}`}
    data-id=${comment.id}
    tabindex=${tab ? 0 : -1}
    aria-current=${current ? "true" : undefined}
    onClick=${() => desk.select("queue", comment.id)}
    onFocus=${() => !current && desk.select("queue", comment.id)}
  >
    <div class="line">
      <time><${Icon} name="held" /> ${age(room.now() - Date.parse(comment.ts))}</time>
      <${Name} author=${comment.u} />
      ${comment.escalate && html`<span class="chip alarm"><${Icon} name="failed" />${t("queue.escalated")}</span>`}
      ${isOwn(comment) && html`<span class="chip">${t("why.own")}</span>`}
      ${comment.status === "todo" && html`<span class="chip todo"><${Icon} name="todo" />${t("state.todo")}</span>`}
      <${Labels} comment=${comment} />
    </div>
    <div class=${isOwn(comment) ? "own" : undefined}>
      <p class="text"><${Said} comment=${comment} /></p>
      <${Instead} comment=${comment} />
    </div>
    <div class="line foot">
      ${first ? html`<${Reason} why=${first} />` : html`<span class="reason muted">${t("queue.no_reason")}</span>`}
      ${others.length > 0 && html`<span class="muted">+${others.length}</span>`}
      ${!current && html`<${Wanted} comment=${comment} />`}
      ${current && html`<${Verbs} desk=${desk} comment=${comment} />`}
    </div>
  </li>`;
};

/** The place of a comment that somebody else handled, kept until the person moves on. */
const Ghost = ({ comment, desk }) => html`<li class="item ghost">
  <p>${t("queue.handled", { by: desk.who(comment?.by ?? "bot") })}</p>
</li>`;

export class Queue extends Component {
  componentDidUpdate() {
    const { desk } = this.props;
    const cursor = desk.cursor.peek();
    if (cursor === this.reached) return;
    this.reached = cursor;
    if (cursor?.pane !== "queue") return;
    const item = this.list.querySelector(`[data-id="${CSS.escape(cursor.id)}"]`);
    // Focus follows the cursor, but is never taken from somebody who is busy elsewhere.
    const active = document.activeElement;
    const free = !active || active === document.body || this.list.contains(active) || !active.isConnected;
    if (free) item?.focus({ preventScroll: true });
    item?.scrollIntoView({ block: "nearest" });
  }

  render({ room, desk }) {
    room.paint.queue.value;
    room.paint.head.value; // ages run with the ticks
    const shown = desk.shown.value;
    const cursor = desk.cursor.value;
    const waiting = room.waiting();
    const ids = new Set(waiting.map((comment) => comment.id));
    const oldest = waiting.reduce((least, comment) => (comment.ts < least ? comment.ts : least), "~");
    const place = cursor?.pane === "queue" && ids.has(cursor.id) ? cursor.id : shown.find((id) => ids.has(id));
    const most = Math.max(MOST, shown.indexOf(place) + 10);
    return html`<section class="pane queue" aria-label=${t("queue.title")}>
      <h2>
        ${t("queue.title")} <b class="count">${waiting.length}</b>
        ${waiting.length > 0 &&
        html`<span class="muted">${t("queue.oldest", { age: age(room.now() - Date.parse(oldest)) })}</span>`}
      </h2>
      <ol
        class="scroll"
        ref=${(list) => (this.list = list)}
        onPointerEnter=${(event) => event.pointerType !== "touch" && (desk.still.value = true)}
        onPointerLeave=${() => (desk.still.value = false)}
      >
        ${shown.slice(0, most).map((id) => {
          if (!ids.has(id)) return html`<${Ghost} key=${id} comment=${room.comments.get(id)} desk=${desk} />`;
          const comment = room.comments.get(id);
          const current = cursor?.pane === "queue" && cursor.id === id;
          return html`<${Item}
            key=${id}
            ...${{ comment, desk, room, current, pulse: desk.pulse.value === id, tab: place === id }}
          />`;
        })}
        ${shown.length > most && html`<li class="more muted">${t("queue.more", { n: shown.length - most })}</li>`}
      </ol>
      ${waiting.length === 0 && html`<p class="empty">${t("queue.empty", { n: room.room?.n?.decided ?? 0 })}</p>`}
    </section>`;
  }
}
