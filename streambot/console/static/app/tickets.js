// What viewers complained about or asked about an order, the most urgent first, until a person has settled it.

import { signal } from "@preact/signals";
import { get, order } from "./commands.js";
import { html } from "./html.js";
import { reason, t } from "./i18n.js";
import { language } from "./language.js";
import { data, fetched, query, start, tell } from "./screen.js";
import { langOf, tame } from "./text.js";
import { Clock, setTime, tick } from "./ticket_clock.js";
import { Details } from "./ticket_details.js";
import { clock } from "./time.js";

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

const shown = signal(null); // the chosen ticket with everything around it
const chosenId = signal(query.get("ticket") ?? "");
const filters = signal(Object.fromEntries(Object.entries(FILTERS).map(([name, usual]) => [name, query.get(name) ?? usual])));

const tickets = () => data.value?.tickets ?? [];
const chosen = () => tickets().find(({ id }) => id === chosenId.value) ?? shown.value?.ticket;

/** What the address says is what the page shows: a link to a view, and to one ticket, can be passed on. */
function remember() {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(filters.value)) if (value !== FILTERS[name]) wanted.set(name, value || "any");
  if (chosenId.value) wanted.set("ticket", chosenId.value);
  if (query.get("lang")) wanted.set("lang", query.get("lang"));
  history.replaceState(null, "", `${location.pathname}${wanted.size ? `?${wanted}` : ""}`);
}

function asked() {
  const wanted = Object.entries(filters.value).filter(([, value]) => value && value !== "any");
  return new URLSearchParams(wanted.map(([name, value]) => [name, value === "me" ? (data.value?.me.id ?? "") : value]));
}

async function refresh() {
  const answer = await fetched(`/api/v1/tickets?${asked()}`);
  if (!answer) return;
  setTime(answer.now);
  data.value = answer;
  await look();
}

/** Fetch what stands around the chosen ticket. */
async function look() {
  const id = chosenId.value;
  if (!id) return void (shown.value = null);
  const answer = await get(`/api/v1/tickets/${encodeURIComponent(id)}`);
  if (chosenId.value !== id) return;
  if (answer.status === 200) shown.value = answer;
  else if (answer.status === 404) choose("");
}

function choose(id) {
  if (chosenId.value !== id) shown.value = null;
  chosenId.value = id;
  remember();
  return look();
}

function filter(name, value) {
  filters.value = { ...filters.value, [name]: value };
  remember();
  return refresh();
}

/** Do something about the chosen ticket. Returns whether it was done. */
async function act(what, value = "") {
  const ticket = chosen();
  if (!ticket) return false;
  const answer = await order(`/api/v1/tickets/${encodeURIComponent(ticket.id)}`, { act: what, value, seen: ticket.seen });
  if (answer.status === 0) tell("error", t("tickets.unreachable"));
  else if (answer.status === 409 && answer.by === "viewer") tell("warn", t("tickets.viewer_first"));
  else if (answer.status === 409) tell("warn", t("tickets.first", { by: answer.by, at: clock(Date.parse(answer.at)) }));
  else if (!answer.ok) tell("warn", reason(answer.told ?? answer.error));
  else if (answer.state === "noop") tell("info", t("tickets.noop"));
  else tell("info", t(`tickets.done_${what === "assign" && !value ? "leave" : what}`));
  await refresh();
  return Boolean(answer.ok);
}

const take = () => act("assign", data.value?.me.id);

const Row = ({ ticket }) => {
  const mine = ticket.id === chosenId.value;
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
  const value = filters.value[name];
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

/** Nothing to show: because nothing is there, or because of the filters; then they can be taken off. */
const Empty = () => {
  const narrowed = Object.entries(filters.value).some(([name, value]) => value !== FILTERS[name]);
  if (!narrowed) return html`<p class="empty">${t("tickets.empty")}</p>`;
  const clear = () => {
    filters.value = { ...FILTERS };
    remember();
    refresh();
  };
  return html`<p class="empty">${t("tickets.empty_filtered")} <button onClick=${clear}>${t("tickets.clear")}</button></p>`;
};

const draw = ({ found, me, pending, ...rest }) => {
  const ticket = chosen();
  return {
    title: html`${t("tickets.title")} <span class="number">${t("tickets.pending", { n: pending })}</span>`,
    keys: KEYS.map(([keys, name]) => [keys, t(`tickets.key_${name}`)]),
    links: html`
      <a href="/live">${t("head.rooms")}</a>
      <a href="/rules">${t("head.rules")}</a>
      <a href="/log?kind=ticket">${t("head.log")}</a>
    `,
    main: html`<main key=${language.value} class=${ticket ? "open" : ""}>
      <section class="list" aria-label=${t("tickets.title")}>
        <${Filters} data=${{ found, me, ...rest }} />
        ${tickets().length ? html`<ol>${tickets().map((each) => html`<${Row} key=${each.id} ticket=${each} />`)}</ol>` : html`<${Empty} />`}
        ${found > tickets().length && html`<p class="muted">${t("tickets.more", { n: found - tickets().length })}</p>`}
      </section>
      <section class="detail" aria-label=${t("tickets.one")}>
        ${ticket
          ? html`<${Details}
              key=${ticket.id}
              ticket=${ticket}
              shown=${shown.value}
              me=${me}
              act=${act}
              take=${take}
              close=${() => choose("")}
            />`
          : html`<p class="empty">${t("tickets.choose")}</p>`}
      </section>
    </main>`,
  };
};

function move(steps) {
  const ids = tickets().map(({ id }) => id);
  if (!ids.length) return;
  const place = ids.indexOf(chosenId.value);
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

async function open() {
  if (!(await start("tickets", { draw, refresh, bindings }))) return;
  // Who "me" is, is known from the first answer on.
  if (filters.value.assignee === "me") await refresh();
  setInterval(() => document.hidden || tick.value++, 1000);
}

open();
