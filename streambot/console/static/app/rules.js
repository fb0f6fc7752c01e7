// Which rules are in force, room by room; rules for tonight; and the way back when a pack was a mistake.

import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { order } from "./commands.js";
import { html } from "./html.js";
import { count, reason, t, word } from "./i18n.js";
import { language } from "./language.js";
import { Form, focusForm } from "./rule_form.js";
import { data, fetched, query, start, tell } from "./screen.js";
import { tame } from "./text.js";
import { TicketsLink } from "./ticket_count.js";
import { age, clock } from "./time.js";

const KEYS = [
  ["N", "new"],
  ["J K", "move"],
  ["B", "back"],
  ["U", "undo"],
];

let skew = 0;
const chosen = signal(query.get("room") ?? ""); // the room that keys are about
const asking = signal(null); // what a press would do, until it is confirmed

const now = () => Date.now() + skew;
const rooms = () => data.value?.rooms ?? [];
const mine = () => data.value?.rules.find((rule) => rule.by === data.value.me.id);

async function refresh() {
  const answer = await fetched("/api/v1/rules");
  if (!answer) return;
  skew = Date.parse(answer.now) - Date.now();
  data.value = answer;
  if (!rooms().some((room) => room.room === chosen.value)) chosen.value = rooms()[0]?.room ?? "";
}

/** Tell what came of a request and show how things are now. Returns whether it was done. */
async function settle(answer, done) {
  if (answer.status === 0) tell("error", t("rules.unreachable"));
  else if (answer.ok) tell("info", answer.message || done);
  else tell("warn", reason(answer.told ?? answer.error));
  await refresh();
  return Boolean(answer.ok);
}

async function activate(room, version, shadow = false) {
  asking.value = null;
  await settle(await order("/api/v1/packs/activate", { room, version, shadow }), t("rules.done"));
}

async function takeBack(rule) {
  if (rule) await settle(await order(`/api/v1/rules/${rule.event}/undo`, {}), t("rules.taken_back"));
  else tell("info", t("notice.nothing_to_undo"));
}

const moment = (iso) => clock(Date.parse(iso), false);
const left = (iso) => age(Date.parse(iso) - now());

const Air = ({ rule }) => {
  const words = [...rule.terms, ...rule.patterns];
  return html`<li class="air">
    <div class="words">${words.map((each) => html`<bdi key=${each} dir="auto">${tame(each)}</bdi>`)}</div>
    <span class=${`chip ${rule.action}`}>${word("act", rule.action)}</span>
    ${rule.label && html`<span class="chip">${word("label", rule.label)}</span>`}
    <span class="where">${rule.room === "all" ? t("rules.everywhere") : rule.room}</span>
    <span class="muted">${t("rules.by", { by: rule.by, at: moment(rule.at) })}</span>
    <span class="hits">${t("rules.found", { n: rule.found })}</span>
    <span class="ends">${t("rules.ends", { left: left(rule.expires_at) })}</span>
    <button onClick=${() => takeBack(rule)}>${t("rules.take_back")}</button>
  </li>`;
};

const Shadow = ({ room }) => {
  const { pack, seen, changed, at } = room.shadow;
  const would = Object.values(changed).reduce((sum, n) => sum + n, 0);
  return html`<div class="shadow">
    <p><b>${t("rules.shadow_title", { pack })}</b> <span class="muted">${t("rules.since", { at: moment(at) })}</span></p>
    <p>${t("rules.shadow_score", { n: seen, would: count(would) })}</p>
    ${would > 0 &&
    html`<ul>
      ${Object.entries(changed).map(([what, n]) => {
        const [before, after] = what.split("→");
        return html`<li key=${what}><b>${count(n)}</b> ${word("act", before)} → ${word("act", after)}</li>`;
      })}
    </ul>`}
    <p class="row">
      <button onClick=${() => (asking.value = { room: room.room, version: pack })}>${t("rules.activate")}</button>
      <button class="quiet" onClick=${() => activate(room.room, "none", true)}>${t("rules.shadow_stop")}</button>
    </p>
  </div>`;
};

/** The button that confirms; it has the cursor from the moment it is there. */
const Yes = ({ act }) => {
  const button = useRef();
  useEffect(() => button.current.focus(), []);
  return html`<button class="main" ref=${button} onClick=${act}>${t("rules.activate")}</button>`;
};

/** The packs that a room may be given: its own name's, newest first, the one in force left out. */
const choices = (room) => data.value.packs.filter(({ id, name }) => name === room.name && id !== room.pack);

const Room = ({ room }) => {
  const here = chosen.value === room.room;
  const asked = asking.value?.room === room.room ? asking.value : null;
  const others = choices(room);
  const may = data.value.me.everywhere;
  return html`<li
    class=${`card ${here ? "chosen" : ""}`}
    data-room=${room.room}
    tabindex="-1"
    onClick=${() => (chosen.value = room.room)}
  >
    <h3>${room.room} <span class="muted">${t("rules.count", { n: room.rules })}</span></h3>
    <p class="pack">
      <b>${room.pack}</b>
      ${room.pinned && html`<span class="chip waiting">${t("rules.pinned", { by: room.by })}</span>`}
      <span class="muted">${t("rules.since", { at: moment(room.at) })}</span>
    </p>
    ${room.refused &&
    html`<p class="bad" role="alert"><b>${t("rules.refused", { at: moment(room.refused.at) })}</b> <bdi>${reason(room.refused.told)}</bdi></p>`}
    ${room.waiting && html`<p>${t("rules.waits", { pack: room.waiting.pack, at: new Date(room.waiting.from).toLocaleString(language.value) })}</p>`}
    ${room.pinned && room.file !== room.pack && html`<p>${t("rules.file_has", { pack: room.file })}</p>`}
    ${room.shadow && html`<${Shadow} room=${room} />`}
    ${asked
      ? html`<p class="row ask">
          <b>${t("rules.ask", { from: room.pack, to: asked.version })}</b>
          <${Yes} act=${() => activate(room.room, asked.version)} />
          <button onClick=${() => (asking.value = null)}>${t("act.cancel")}</button>
        </p>`
      : may &&
        html`<p class="row">
          ${room.before &&
          html`<button class="back" onClick=${() => activate(room.room, "previous")}>
            ← ${room.before} ${here && html`<kbd>B</kbd>`}
          </button>`}
          ${room.pinned && html`<button onClick=${() => activate(room.room, "file")}>${t("rules.follow")}</button>`}
          ${others.length > 0 &&
          html`<select
              aria-label=${t("rules.other")}
              onChange=${(event) => {
                const [how, version] = event.target.value.split(" ");
                event.target.value = "";
                if (how === "shadow") activate(room.room, version, true);
                else asking.value = { room: room.room, version };
              }}
            >
              <option value="">${t("rules.other")}</option>
              <optgroup label=${t("rules.activate")}>
                ${others.map(({ id }) => html`<option key=${id} value=${`force ${id}`}>${id}</option>`)}
              </optgroup>
              <optgroup label=${t("rules.shadow_try")}>
                ${others.map(({ id }) => html`<option key=${id} value=${`shadow ${id}`}>${id}</option>`)}
              </optgroup>
            </select>`}
        </p>`}
  </li>`;
};

const draw = ({ rules, rooms: open, ...rest }) => ({
  title: t("rules.title"),
  keys: KEYS.map(([keys, name]) => [keys, t(`rules.key_${name}`)]),
  links: html`
    <a href="/live">${t("head.rooms")}</a>
    <${TicketsLink} room="" />
    <a href="/log?kind=setting">${t("head.log")}</a>
    ${open.map(({ room }) => html`<a key=${room} href=${`/live/${encodeURIComponent(room)}`}>${room}</a>`)}
  `,
  main: html`<main key=${language.value}>
    <section class="now" aria-label=${t("rules.air_title")}>
      <h2>${t("rules.air_title")}</h2>
      <p class="muted">${t("rules.air_why")}</p>
      <${Form} data=${{ rooms: open, ...rest }} room=${chosen} settle=${settle} asked=${query.get("word") ?? ""} />
      ${rules.length
        ? html`<ul class="airs">${rules.map((rule) => html`<${Air} key=${rule.event} rule=${rule} />`)}</ul>`
        : html`<p class="empty">${t("rules.air_empty")}</p>`}
    </section>
    <section aria-label=${t("rules.packs_title")}>
      <h2>${t("rules.packs_title")}</h2>
      <p class="muted">${t("rules.packs_why")}</p>
      ${open.length
        ? html`<ul class="cards">${open.map((room) => html`<${Room} key=${room.room} room=${room} />`)}</ul>`
        : html`<p class="empty">${t("rules.no_rooms")}</p>`}
    </section>
  </main>`,
});

function move(steps) {
  const names = rooms().map(({ room }) => room);
  const place = names.indexOf(chosen.value);
  chosen.value = names[Math.min(names.length - 1, Math.max(0, place + steps))] ?? "";
  document.querySelector(".card.chosen")?.scrollIntoView({ block: "nearest" });
}

function back() {
  const room = rooms().find((each) => each.room === chosen.value);
  if (room?.before && data.value.me.everywhere) activate(room.room, "previous");
  else tell("info", t("rules.no_before"));
}

const bindings = {
  KeyN: focusForm,
  KeyJ: () => move(1),
  ArrowDown: () => move(1),
  KeyK: () => move(-1),
  ArrowUp: () => move(-1),
  KeyB: back,
  KeyU: () => takeBack(mine()),
  Escape: () => (asking.value = null),
};

start("rules", { draw, refresh, bindings });
