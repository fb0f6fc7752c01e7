// What viewers complained about or asked about an order, the most urgent first, until a person has settled it.

import { Component, render } from "preact";
import { signal } from "@preact/signals";
import { get, order, signIn } from "./commands.js";
import { html } from "./html.js";
import { LANGUAGES, NAMES, load, pick, t } from "./i18n.js";
import { listen } from "./keys.js";
import { langOf, tame } from "./text.js";
import { Clock, setTime, tick } from "./ticket_clock.js";
import { Details } from "./ticket_details.js";
import { clock } from "./time.js";

const EVERY = 3000; // how often the page asks; what a person does is shown at once
const NOTICE = 8000;
const FILTERS = { room: "", state: "pending", assignee: "", due: "" };
const STATES = ["pending", "open", "waiting", "reopened", "settled"];
const DUE = ["overdue", "soon", "later"];
const KEYS = [
  ["J K", "move"],
  ["A", "take"],
  ["W", "wait"],
  ["S", "settle"],
  ["R", "reopen"],
  ["N", "note"],
];
const page = document.getElementById("app");
const query = new URLSearchParams(location.search);

const state = {
  data: signal(null),
  shown: signal(null), // the chosen ticket with everything around it
  chosen: signal(query.get("ticket") ?? ""),
  filters: signal(Object.fromEntries(Object.entries(FILTERS).map(([name, usual]) => [name, query.get(name) ?? usual]))),
  reached: signal(true),
  refused: signal(false),
  notice: signal(null),
  language: signal(pick(query.get("lang"), localStorage.getItem("lang"), ...navigator.languages)),
  worded: signal(0),
};

const tickets = () => state.data.value?.tickets ?? [];
const chosen = () => tickets().find(({ id }) => id === state.chosen.value) ?? state.shown.value?.ticket;

/** What the address says is what the page shows: a link to a view, and to one ticket, can be passed on. */
function remember() {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(state.filters.value)) if (value !== FILTERS[name]) wanted.set(name, value || "any");
  if (state.chosen.value) wanted.set("ticket", state.chosen.value);
  if (query.get("lang")) wanted.set("lang", query.get("lang"));
  history.replaceState(null, "", `${location.pathname}${wanted.size ? `?${wanted}` : ""}`);
}

function asked() {
  const wanted = Object.entries(state.filters.value).filter(([, value]) => value && value !== "any");
  return new URLSearchParams(wanted.map(([name, value]) => [name, value === "me" ? (state.data.value?.me.id ?? "") : value]));
}

async function refresh() {
  const answer = await get(`/api/v1/tickets?${asked()}`);
  state.reached.value = answer.status === 200;
  state.refused.value = answer.status === 401 || answer.status === 403;
  if (answer.status !== 200) return;
  setTime(answer.now);
  state.data.value = answer;
  await look();
}

/** Fetch what stands around the chosen ticket. */
async function look() {
  const id = state.chosen.value;
  if (!id) return void (state.shown.value = null);
  const answer = await get(`/api/v1/tickets/${encodeURIComponent(id)}`);
  if (state.chosen.value !== id) return;
  if (answer.status === 200) state.shown.value = answer;
  else if (answer.status === 404) choose("");
}

function choose(id) {
  if (state.chosen.value !== id) state.shown.value = null;
  state.chosen.value = id;
  remember();
  return look();
}

function filter(name, value) {
  state.filters.value = { ...state.filters.value, [name]: value };
  remember();
  return refresh();
}

let clearing;
function tell(level, text) {
  clearTimeout(clearing);
  state.notice.value = { level, text };
  clearing = setTimeout(() => (state.notice.value = null), NOTICE);
}

/** Do something about the chosen ticket. Returns whether it was done. */
async function act(what, value = "") {
  const ticket = chosen();
  if (!ticket) return false;
  const answer = await order(`/api/v1/tickets/${encodeURIComponent(ticket.id)}`, { act: what, value, seen: ticket.seen });
  if (answer.status === 0) tell("error", t("tickets.unreachable"));
  else if (answer.status === 409 && answer.by === "viewer") tell("warn", t("tickets.viewer_first"));
  else if (answer.status === 409) tell("warn", t("tickets.first", { by: answer.by, at: clock(Date.parse(answer.at)) }));
  else if (!answer.ok) tell("warn", answer.error);
  else if (answer.state === "noop") tell("info", t("tickets.noop"));
  else tell("info", t(`tickets.done_${what === "assign" && !value ? "leave" : what}`));
  await refresh();
  return Boolean(answer.ok);
}

const take = () => act("assign", state.data.value?.me.id);

const Row = ({ ticket }) => {
  const mine = ticket.id === state.chosen.value;
  return html`<li>
    <button
      class=${`ticket ${mine ? "chosen" : ""} ${ticket.state}`}
      data-ticket=${ticket.id}
      aria-current=${mine ? "true" : undefined}
      onClick=${() => choose(ticket.id)}
    >
      <span class="line">
        <span class=${`chip concern ${ticket.concern}`}>${t(`tickets.concern_${ticket.concern}`)}</span>
        ${ticket.complaints > 1 && html`<span class="chip again">${t("tickets.complaints", { n: ticket.complaints })}</span>`}
        ${ticket.state !== "open" && html`<span class="chip state">${t(`tickets.state_${ticket.state}`)}</span>`}
        <${Clock} ticket=${ticket} />
      </span>
      <span class="text" dir="auto" lang=${langOf(ticket.language)}>${tame(ticket.text)}</span>
      <span class="line muted">
        <bdi>${tame(ticket.author_name || ticket.author)}</bdi>
        <span>${ticket.room}</span>
        <span class="who">${ticket.assignee ? t("tickets.with", { who: ticket.assignee }) : t("tickets.nobody")}</span>
      </span>
    </button>
  </li>`;
};

const Choice = ({ name, options }) => {
  const value = state.filters.value[name];
  return html`<label>
    <span>${t(`tickets.filter_${name}`)}</span>
    <select value=${value || "any"} onChange=${(event) => filter(name, event.target.value === "any" ? "" : event.target.value)}>
      ${[["any", t("tickets.any")], ...options].map(
        ([key, label]) => html`<option key=${key} value=${key} selected=${key === (value || "any")}>${label}</option>`,
      )}
    </select>
  </label>`;
};

const Filters = ({ data }) => {
  const people = data.assignees.filter((id) => id !== data.me.id).map((id) => [id, id]);
  return html`<form class="filters" role="search" onSubmit=${(event) => event.preventDefault()}>
    <${Choice} name="room" options=${data.rooms.map((room) => [room, room])} />
    <${Choice} name="state" options=${STATES.map((each) => [each, t(`tickets.state_${each}`)])} />
    <${Choice} name="due" options=${DUE.map((each) => [each, t(`tickets.due_${each}`)])} />
    <${Choice} name="assignee" options=${[["me", t("tickets.me")], ["none", t("tickets.nobody")], ...people]} />
    <span class="found" role="status">${t("tickets.found", { n: data.found })}</span>
  </form>`;
};

const Header = ({ data }) => html`<header class="top">
  <a href="/live" class="brand">streambot</a>
  <h1>${t("tickets.title")} <span class="number">${t("tickets.pending", { n: data.pending })}</span></h1>
  ${!state.reached.value && html`<span class="lost" role="alert">${t("link.none")}</span>`}
  <span class="keys">
    ${KEYS.map(([keys, name]) => html`<span key=${name}>${keys.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd> `)}${t(`tickets.key_${name}`)}</span>`)}
  </span>
  <nav>
    <a href="/live">${t("tickets.rooms")}</a>
    <a href="/rules">${t("head.rules")}</a>
    <a href="/log?kind=ticket">${t("head.log")}</a>
  </nav>
  <select aria-label=${t("head.language")} value=${state.language.value} onChange=${(event) => setLanguage(event.target.value)}>
    ${LANGUAGES.map((each) => html`<option key=${each} value=${each} selected=${each === state.language.value}>${NAMES[each]}</option>`)}
  </select>
</header>`;

/** Nothing to show: because nothing is there, or because of the filters; then they can be taken off. */
const Empty = ({ data }) => {
  const narrowed = Object.entries(state.filters.value).some(([name, value]) => value !== FILTERS[name]);
  if (!narrowed) return html`<p class="empty">${t("tickets.empty")}</p>`;
  const clear = () => {
    state.filters.value = { ...FILTERS };
    remember();
    refresh();
  };
  return html`<p class="empty">${t("tickets.empty_filtered")} <button onClick=${clear}>${t("tickets.clear")}</button></p>`;
};

class App extends Component {
  render() {
    state.worded.value;
    const data = state.data.value;
    if (state.refused.value) return html`<p class="empty">${t("link.refused")}</p>`;
    if (!data) return html`<p class="empty">${t("feed.loading")}</p>`;
    const ticket = chosen();
    return html`<div class="tickets">
      <${Header} data=${data} />
      <main class=${ticket ? "open" : ""}>
        <section class="list" aria-label=${t("tickets.title")}>
          <${Filters} data=${data} />
          ${tickets().length
            ? html`<ol>${tickets().map((each) => html`<${Row} key=${each.id} ticket=${each} />`)}</ol>`
            : html`<${Empty} data=${data} />`}
          ${data.found > tickets().length && html`<p class="muted">${t("tickets.more", { n: data.found - tickets().length })}</p>`}
        </section>
        <section class="detail" aria-label=${t("tickets.one")}>
          ${ticket
            ? html`<${Details}
                key=${ticket.id}
                ticket=${ticket}
                shown=${state.shown.value}
                me=${data.me}
                act=${act}
                take=${take}
                close=${() => choose("")}
              />`
            : html`<p class="empty">${t("tickets.choose")}</p>`}
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
  const ids = tickets().map(({ id }) => id);
  if (!ids.length) return;
  const place = ids.indexOf(state.chosen.value);
  choose(ids[place < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, place + steps))]);
  document.querySelector(".ticket.chosen")?.scrollIntoView({ block: "nearest" });
}

const bindings = {
  KeyJ: () => move(1),
  ArrowDown: () => move(1),
  KeyK: () => move(-1),
  ArrowUp: () => move(-1),
  KeyA: take,
  KeyW: () => act("wait"),
  KeyS: () => act("settle"),
  KeyR: () => act("reopen"),
  KeyN: () => document.querySelector(".note-form textarea")?.focus(),
  Escape: () => choose(""),
};

async function start() {
  await load(state.language.value);
  render(html`<${App} />`, page);
  if (!(await signIn())) return void (state.refused.value = true);
  await refresh();
  // Who "me" is, is known from the first answer on.
  if (state.filters.value.assignee === "me") await refresh();
  listen(bindings, () => localStorage.getItem("single-keys") !== "off");
  setInterval(() => document.hidden || refresh(), EVERY);
  setInterval(() => document.hidden || tick.value++, 1000);
}

start();
