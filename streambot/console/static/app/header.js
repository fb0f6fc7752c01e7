// The header: which room, who acts in it, whether data flows, whether the numbers add up, and what time it is on air.

import { html } from "./html.js";
import { Icon } from "./icons.js";
import { count, t, word } from "./i18n.js";
import { Languages } from "./language.js";
import { OnAir } from "./onair.js";
import { TicketsLink } from "./ticket_count.js";
import { clock, lag, tplus } from "./time.js";

const MODES = ["observe", "assist", "auto"];
const DOT = { live: "●", connecting: "○", reconnecting: "◐", ended: "■" };

/** The mode switch: by pointer (or Tab), with one question before it changes who acts. Never a single key. */
const Modes = ({ room, desk, asked }) => {
  room.paint.head.value;
  const now = room.room?.mode;
  const ask = asked.value;
  const answer = (yes) => () => {
    asked.value = null;
    if (yes) desk.set("mode", ask, "pointer");
  };
  return html`<div class="modes" role="group" aria-label=${t("mode.title")}>
    ${MODES.map(
      (mode) => html`<button
        key=${mode}
        aria-pressed=${mode === now ? "true" : "false"}
        disabled=${!desk.canAct}
        title=${t(`mode.${mode}_why`)}
        onClick=${() => (asked.value = mode === now ? null : mode)}
      >
        ${t(`mode.${mode}`)}
      </button>`,
    )}
    ${ask &&
    html`<div class="ask" role="dialog" aria-label=${t("mode.title")} onKeyDown=${(event) => event.key === "Escape" && (asked.value = null)}>
      <p><b>${t("mode.confirm", { from: t(`mode.${now}`), to: t(`mode.${ask}`) })}</b></p>
      <p>${t(`mode.${ask}_why`)}</p>
      <button class="main" ref=${(button) => button?.focus()} onClick=${answer(true)}>${t("mode.switch")}</button>
      <button onClick=${answer(false)}>${t("act.cancel")}</button>
    </div>`}
  </div>`;
};

/** received = decided + duplicates + rejected, in words; a red chip as soon as it does not hold. */
const Counts = ({ room }) => {
  const n = room.room?.n;
  if (!n) return null;
  const { off, flight } = room.balance;
  return html`<div class="counts">
    <span><b>${count(n.received)}</b> ${t("n.received")}</span> <i>=</i>
    <span><b>${count(n.decided)}</b> ${t("n.decided")}</span> <i>+</i>
    <span><b>${count(n.duplicates)}</b> ${t("n.duplicates")}</span> <i>+</i>
    <span><b>${count(n.rejected)}</b> ${t("n.rejected")}</span>
    ${flight > 0 && !off && html`<i>+</i> <span><b>${count(flight)}</b> ${t("n.flight")}</span>`}
    ${off !== 0 && html`<span class="chip alarm" role="img"><${Icon} name="failed" />${t("n.mismatch", { n: off })}</span>`}
    <span class="sub"><b>${count(n.hidden)}</b> ${t("n.hidden")}</span>
    ${n.degraded > 0 && html`<span class="sub"><b>${count(n.degraded)}</b> ${t("n.degraded")}</span>`}
  </div>`;
};

export const Header = ({ room, desk, asked, typed, keysOpen }) => {
  room.paint.head.value;
  const { link = "connecting", link_detail: detail, platform, t0, pack } = room.room ?? {};
  const lost = desk.link.value !== "open";
  return html`<header class="top">
    <div class="room">
      <a href="/live" class="brand">streambot</a>
      <h1>${room.name}</h1>
      ${platform && html`<span class="muted">${platform}</span>`}
    </div>
    <${Modes} ...${{ room, desk, asked }} />
    <span class=${`link ${lost ? "lost" : link}`} title=${detail || undefined}>
      <span aria-hidden="true">${lost ? "○" : DOT[link]}</span>
      ${lost ? t("link.none") : word("link", link)}
      ${!lost && room.lag && html` <span class="muted">${t("head.lag", { p50: lag(room.lag.p50), p99: lag(room.lag.p99) })}</span>`}
    </span>
    <span class="time"><b>${t0 ? tplus(room.now(), Date.parse(t0)) : "T+–"}</b> <span class="muted">${clock(room.now())}</span></span>
    <span class="tools">
      <a href=${`/rules?room=${encodeURIComponent(room.name)}`} title=${pack}>${t("head.rules")}</a>
      <${TicketsLink} room=${room.name} />
      <a href=${`/log?room=${encodeURIComponent(room.name)}`}>${t("head.log")}</a>
      <${Languages} />
      <button onClick=${() => (keysOpen.value = true)} title=${t("keys.title")}><kbd>?</kbd></button>
    </span>
    <div class="second"><${OnAir} ...${{ room, desk, typed }} /><${Counts} room=${room} /></div>
  </header>`;
};

/** One line under the header for what changes how far the screen can be trusted. */
export const Bars = ({ room, desk }) => {
  room.paint.head.value;
  const link = desk.link.value;
  const { link: source, link_detail: detail, rules_only_since: since } = room.room ?? {};
  const newest = room.comments.get(room.feed.at(-1))?.ts;
  return html`<div class="bars">
    <div role="alert">
      ${(link === "lost" || link === "refused") &&
      html`<p class="bar lost">${t(link === "lost" ? "link.lost" : "link.refused")}</p>`}
    </div>
    ${link === "open" &&
    source === "reconnecting" &&
    html`<p class="bar warn">
      ${t("link.source_lost", { at: newest ? clock(Date.parse(newest)) : "–" })}${detail ? ` ${detail}` : ""}
    </p>`}
    ${link === "open" && since && html`<p class="bar warn">${t("link.rules_only", { at: clock(Date.parse(since), false) })}</p>`}
  </div>`;
};
