// Which rules are in force, room by room; rules for tonight; and the way back when a pack was a mistake.

import { Component, render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";
import { get, order, signIn } from "./commands.js";
import { html } from "./html.js";
import { LANGUAGES, NAMES, count, load, pick, t, word } from "./i18n.js";
import { listen } from "./keys.js";
import { Form, focusForm } from "./rule_form.js";
import { tame } from "./text.js";
import { TicketsLink } from "./ticket_count.js";
import { age, clock } from "./time.js";

const EVERY = 3000; // how often the page asks; what people do is shown at once
const NOTICE = 8000;
const KEYS = [
  ["N", "new"],
  ["J K", "move"],
  ["B", "back"],
  ["U", "undo"],
];
const page = document.getElementById("app");
const query = new URLSearchParams(location.search);

const state = {
  data: signal(null),
  skew: 0,
  reached: signal(true),
  refused: signal(false),
  chosen: signal(query.get("room") ?? ""), // the room that keys are about
  asking: signal(null), // what a press would do, until it is confirmed
  notice: signal(null),
  language: signal(pick(query.get("lang"), localStorage.getItem("lang"), ...navigator.languages)),
  worded: signal(0),
};

const now = () => Date.now() + state.skew;
const rooms = () => state.data.value?.rooms ?? [];
const mine = () => state.data.value?.rules.find((rule) => rule.by === state.data.value.me.id);

async function refresh() {
  const answer = await get("/api/v1/rules");
  state.reached.value = answer.status === 200;
  state.refused.value = answer.status === 401 || answer.status === 403;
  if (answer.status !== 200) return;
  state.skew = Date.parse(answer.now) - Date.now();
  state.data.value = answer;
  if (!rooms().some((room) => room.room === state.chosen.value)) state.chosen.value = rooms()[0]?.room ?? "";
}

let clearing;
/** One line for what was done or refused; `level` is info, warn or error. */
function tell(level, text) {
  clearTimeout(clearing);
  state.notice.value = { level, text };
  clearing = setTimeout(() => (state.notice.value = null), NOTICE);
}

/** Tell what came of a request and show how things are now. Returns whether it was done. */
async function settle(answer, done) {
  if (answer.status === 0) tell("error", t("rules.unreachable"));
  else if (answer.ok) tell("info", answer.message || done);
  else tell("warn", answer.error);
  await refresh();
  return Boolean(answer.ok);
}

async function activate(room, version, shadow = false) {
  state.asking.value = null;
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
      <button onClick=${() => (state.asking.value = { room: room.room, version: pack })}>${t("rules.activate")}</button>
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
const choices = (room) => state.data.value.packs.filter(({ id, name }) => name === room.name && id !== room.pack);

const Room = ({ room }) => {
  const chosen = state.chosen.value === room.room;
  const asking = state.asking.value?.room === room.room ? state.asking.value : null;
  const others = choices(room);
  const may = state.data.value.me.everywhere;
  return html`<li
    class=${`card ${chosen ? "chosen" : ""}`}
    data-room=${room.room}
    tabindex="-1"
    onClick=${() => (state.chosen.value = room.room)}
  >
    <h3>${room.room} <span class="muted">${t("rules.count", { n: room.rules })}</span></h3>
    <p class="pack">
      <b>${room.pack}</b>
      ${room.pinned && html`<span class="chip waiting">${t("rules.pinned", { by: room.by })}</span>`}
      <span class="muted">${t("rules.since", { at: moment(room.at) })}</span>
    </p>
    ${room.refused &&
    html`<p class="bad" role="alert"><b>${t("rules.refused", { at: moment(room.refused.at) })}</b> <bdi>${room.refused.message}</bdi></p>`}
    ${room.waiting && html`<p>${t("rules.waits", { pack: room.waiting.pack, at: new Date(room.waiting.from).toLocaleString(state.language.value) })}</p>`}
    ${room.pinned && room.file !== room.pack && html`<p>${t("rules.file_has", { pack: room.file })}</p>`}
    ${room.shadow && html`<${Shadow} room=${room} />`}
    ${asking
      ? html`<p class="row ask">
          <b>${t("rules.ask", { from: room.pack, to: asking.version })}</b>
          <${Yes} act=${() => activate(room.room, asking.version)} />
          <button onClick=${() => (state.asking.value = null)}>${t("act.cancel")}</button>
        </p>`
      : may &&
        html`<p class="row">
          ${room.before &&
          html`<button class="back" onClick=${() => activate(room.room, "previous")}>
            ← ${room.before} ${chosen && html`<kbd>B</kbd>`}
          </button>`}
          ${room.pinned && html`<button onClick=${() => activate(room.room, "file")}>${t("rules.follow")}</button>`}
          ${others.length > 0 &&
          html`<select
              aria-label=${t("rules.other")}
              onChange=${(event) => {
                const [how, version] = event.target.value.split(" ");
                event.target.value = "";
                if (how === "shadow") activate(room.room, version, true);
                else state.asking.value = { room: room.room, version };
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

const Header = () => html`<header class="top">
  <a href="/live" class="brand">streambot</a>
  <h1>${t("rules.title")}</h1>
  ${!state.reached.value && html`<span class="lost" role="alert">${t("link.none")}</span>`}
  <span class="keys">${KEYS.map(([keys, name]) => html`<span key=${name}>${keys.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd> `)}${t(`rules.key_${name}`)}</span>`)}</span>
  <nav>
    ${rooms().map(({ room }) => html`<a key=${room} href=${`/live/${encodeURIComponent(room)}`}>${room}</a>`)}
    <${TicketsLink} room="" />
    <a href="/log?kind=setting">${t("head.log")}</a>
  </nav>
  <select aria-label=${t("head.language")} value=${state.language.value} onChange=${(event) => setLanguage(event.target.value)}>
    ${LANGUAGES.map((each) => html`<option key=${each} value=${each} selected=${each === state.language.value}>${NAMES[each]}</option>`)}
  </select>
</header>`;

class App extends Component {
  render() {
    state.worded.value;
    const data = state.data.value;
    if (state.refused.value) return html`<p class="empty">${t("link.refused")}</p>`;
    if (!data) return html`<p class="empty">${t("feed.loading")}</p>`;
    return html`<div class="rules">
      <${Header} />
      <main>
        <section class="now" aria-label=${t("rules.air_title")}>
          <h2>${t("rules.air_title")}</h2>
          <p class="muted">${t("rules.air_why")}</p>
          <${Form} key=${state.language.value} data=${data} room=${state.chosen} settle=${settle} asked=${query.get("word") ?? ""} />
          ${data.rules.length
            ? html`<ul class="airs">${data.rules.map((rule) => html`<${Air} key=${rule.event} rule=${rule} />`)}</ul>`
            : html`<p class="empty">${t("rules.air_empty")}</p>`}
        </section>
        <section aria-label=${t("rules.packs_title")}>
          <h2>${t("rules.packs_title")}</h2>
          <p class="muted">${t("rules.packs_why")}</p>
          ${data.rooms.length
            ? html`<ul class="cards">${data.rooms.map((room) => html`<${Room} key=${room.room} room=${room} />`)}</ul>`
            : html`<p class="empty">${t("rules.no_rooms")}</p>`}
        </section>
      </main>
      <div class="said" role="status" aria-live="polite">
        ${state.notice.value && html`<p class=${state.notice.value.level}>${state.notice.value.text}</p>`}
      </div>
    </div>`;
  }
}

async function setLanguage(language) {
  localStorage.setItem("lang", language);
  await load(language);
  state.language.value = language;
  state.worded.value++;
}

function move(steps) {
  const names = rooms().map(({ room }) => room);
  const place = names.indexOf(state.chosen.value);
  state.chosen.value = names[Math.min(names.length - 1, Math.max(0, place + steps))] ?? "";
  document.querySelector(".card.chosen")?.scrollIntoView({ block: "nearest" });
}

function back() {
  const room = rooms().find((each) => each.room === state.chosen.value);
  if (room?.before && state.data.value.me.everywhere) activate(room.room, "previous");
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
  Escape: () => (state.asking.value = null),
};

async function start() {
  await load(state.language.value);
  render(html`<${App} />`, page);
  if (!(await signIn())) return void (state.refused.value = true);
  await refresh();
  listen(bindings, () => localStorage.getItem("single-keys") !== "off");
  setInterval(() => document.hidden || refresh(), EVERY);
}

start();
