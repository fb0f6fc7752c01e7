// The time that a ticket has left, by the server's clock.

import { signal } from "@preact/signals";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t } from "./i18n.js";
import { clock, hms } from "./time.js";

const SOON = 3600_000; // as on the server
const ICON = { overdue: "failed", soon: "held", later: "held" };

/** Counts the seconds: what shows a time is drawn again with it. */
export const tick = signal(0);
let skew = 0;

/** Take over the server's time (ISO 8601). */
export const setTime = (iso) => (skew = Date.parse(iso) - Date.now());
export const now = () => Date.now() + skew;

/** A moment as short as it can be: the time today, else the day with it. */
export function when(iso) {
  const at = new Date(iso);
  if (at.toDateString() === new Date(now()).toDateString()) return clock(at.getTime(), false);
  return at.toLocaleString(document.documentElement.lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
}

/** The time to the deadline: in words, with a sign of its own, never by colour alone. */
export const Clock = ({ ticket }) => {
  tick.value;
  if (!ticket.due) return html`<span class="clock">${t("tickets.settled_at", { at: when(ticket.changed_at) })}</span>`;
  const left = Date.parse(ticket.due_at) - now();
  const stage = left <= 0 ? "overdue" : left <= SOON ? "soon" : "later";
  return html`<time class=${`clock ${stage}`} datetime=${ticket.due_at}>
    <${Icon} name=${ICON[stage]} />${t(`tickets.clock_${stage}`, { time: hms(Math.abs(left)) })}
  </time>`;
};
