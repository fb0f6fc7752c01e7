// The action strip: what was done, by whom, and how far it got; newest first, what is left to do by hand before that.

import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t, word } from "./i18n.js";
import { langOf, tame } from "./text.js";
import { clock } from "./time.js";

const ICON = {
  queued: "held",
  sent: "sent",
  confirmed: "allow",
  not_confirmed: "failed",
  failed: "failed",
  todo: "todo",
  simulated: "sent",
  withdrawn: "undo",
};
const SHOWN = 50;
// A suggestion that was sent stands here as the post that it became; a declined or lapsed one was never more than an offer.
const OFFERED = new Set(["proposed", "ignored"]);
const isOffer = ({ st, offered }) => OFFERED.has(st) || (offered && st === "withdrawn");
const RETRY = new Set(["failed", "not_confirmed"]);

const Item = ({ action, room, desk }) => {
  if (action.until) room.paint.head.value; // the time left runs with the ticks
  const left = action.until ? Date.parse(action.until) - room.now() : 0;
  const waits = action.st === "queued" && left > 0;
  const off = !desk.canAct;
  return html`<li class=${action.st}>
    <time>${clock(Date.parse(action.at))}</time>
    <span class="who">${desk.who(action.by)}</span>
    <b>${word("act", action.op)}</b>
    <span class="what">
      ${action.u && html`<bdi class="name">${tame(action.u)}</bdi>`}
      ${action.said
        ? html`<q><bdi dir="auto" lang=${langOf(action.language)}>${tame(action.said)}</bdi></q>`
        : action.x && html`<q><bdi dir="auto" lang=${langOf(room.comments.get(action.c)?.l)}>${tame(action.x)}</bdi></q>`}
    </span>
    <span class=${`chip ${action.st}`} title=${action.detail || undefined}>
      <${Icon} name=${ICON[action.st] ?? "held"} />${word("state", action.st)}
    </span>
    <span class="detail muted">${action.st === "todo" ? t("strip.todo_how") : RETRY.has(action.st) ? action.detail : ""}</span>
    <span class="do">
      ${waits && html`<span class="left">${t("strip.left", { s: (left / 1000).toFixed(1) })}</span>`}
      ${action.undoable &&
      html`<button disabled=${off} onClick=${() => desk.undo(action, "pointer")}><${Icon} name="undo" />${t("act.undo")}</button>`}
      ${action.st === "todo" &&
      html`<button class="allow" disabled=${off} onClick=${() => desk.done(action, "pointer")}><${Icon} name="allow" />${t("act.done")}</button>`}
      ${RETRY.has(action.st) &&
      html`<button disabled=${off} onClick=${() => desk.retry(action, "pointer")}>${t("act.retry")}</button>`}
    </span>
  </li>`;
};

const rank = (action) => (action.st === "todo" ? 0 : 1);

export const Strip = ({ room, desk }) => {
  room.paint.actions.value;
  const actions = [...room.actions.values()]
    .filter((action) => (action.op === "post" ? !isOffer(action) : action.st !== "proposed"))
    .sort((a, b) => rank(a) - rank(b) || (a.at < b.at ? 1 : -1))
    .slice(0, SHOWN);
  const todo = actions.filter((action) => action.st === "todo").length;
  return html`<section class="pane strip" aria-label=${t("strip.title")}>
    <h2>${t("strip.title")} ${todo > 0 && html`<span class="chip todo"><${Icon} name="todo" />${t("strip.todo", { n: todo })}</span>`}</h2>
    <ul class="scroll">
      ${actions.map((action) => html`<${Item} key=${`${action.id} ${action.op}`} ...${{ action, room, desk }} />`)}
    </ul>
    ${actions.length === 0 && html`<p class="empty">${t("strip.empty")}</p>`}
  </section>`;
};
