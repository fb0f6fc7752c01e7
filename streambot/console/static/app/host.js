// The host's panel: the questions most people ask, readable from where the host stands; a tap on a row answers it.

import { Component, render } from "preact";
import { signal } from "@preact/signals";
import { send, signIn } from "./commands.js";
import { html } from "./html.js";
import { count, load, pick, reason, t, word } from "./i18n.js";
import { StickyRanks } from "./order.js";
import { langOf, tame } from "./text.js";
import { clock, tplus } from "./time.js";
import { Channel } from "./ws.js";

// Sizes in css px for a tablet of 132 px an inch: 22 arc-minutes of Latin capital height (UX.md §3). `least` is what a
// long question may shrink to before it loses words.
const DISTANCES = {
  near: { size: 32, least: 22, items: 6 },
  "1m": { size: 56, least: 36, items: 4 },
  "1.5m": { size: 80, least: 52, items: 3 },
  "2m": { size: 104, least: 64, items: 2 },
};
// Thai letters stand lower in their line than Latin ones; Chinese nearly fills it.
const SCALE = { th: 1.15, zh: 0.95 };
const LINES = 2.5; // lines of the smallest size that a row must have room for
const CODES = 3; // languages named beside a question
const UNDO = 4000;
const WIDE = 1000; // css px of the longer side from which a screen is taken to be a tablet that stands a metre away
const BROAD = 700; // and of the shorter side: a dock beside another window is near

const page = document.getElementById("app");
const name = page.dataset.room;
const query = new URLSearchParams(location.search);
const tablet = Math.max(innerWidth, innerHeight) >= WIDE && Math.min(innerWidth, innerHeight) >= BROAD;
const distance = DISTANCES[query.get("distance")] ? query.get("distance") : tablet ? "1m" : "near";

const state = {
  link: signal("connecting"),
  lostAt: signal(0),
  questions: signal([]),
  order: signal([]),
  undo: signal(null), // {question, until}
  failed: signal(""),
  drawer: signal(false),
  second: signal(0), // rises once a second
  size: signal([innerWidth, innerHeight]),
};
const ranks = new StickyRanks();
const known = new Map(); // questions by id, kept while a finger holds a row that is gone
let room = null;
let seq = null;
let skew = 0;
let down = false;

const now = () => Date.now() + skew;

function rank() {
  const open = state.questions.value.filter((question) => question.st === "open");
  const waiting = state.undo.value?.question.id;
  state.order.value = [...ranks.update(open.map(({ id }) => id).filter((id) => id !== waiting), Date.now(), down)];
}

function questions(list) {
  const held = new Set(state.order.value);
  for (const id of known.keys()) if (!held.has(id)) known.delete(id);
  for (const question of list) known.set(question.id, question);
  state.questions.value = list;
  rank();
}

function take(message) {
  if (message.room && message.room !== name) return;
  if (message.t === "hello") {
    skew = Date.parse(message.now) - Date.now();
    const found = message.rooms.find((each) => each.id === name);
    if (found) follow(found);
  } else if (message.t === "snap") {
    seq = message.seq;
    follow(message.stat);
    questions(message.questions);
  } else if (message.t === "delta") {
    if (seq === null || message.from > seq + 1) return channel.subscribe();
    seq = Math.max(seq, message.to);
    for (const op of message.ops) if (op.o === "q") questions(op.q);
  } else if (message.t === "gap") channel.subscribe();
  else if (message.t === "tick") {
    skew = Date.parse(message.now) - Date.now();
    const tick = message.rooms[name];
    if (tick && seq === null) channel.subscribe();
    if (tick && room) room = { ...room, link: tick.link, link_detail: tick.link_detail, item: tick.item };
  }
}

/** Follow the room's own language, unless the link says which. */
async function follow(found) {
  const before = room?.host_language;
  room = found;
  if (!query.get("lang") && before !== found.host_language) {
    await load(pick(found.host_language, ...navigator.languages));
    state.second.value++;
  }
}

const channel = new Channel({
  rooms: [name],
  resume: () => (seq === null ? {} : { [name]: seq }),
  handle: take,
  state(link) {
    if (link === "lost" && state.link.value === "open") state.lostAt.value = Date.now();
    state.link.value = link;
  },
});

/** A tap answers a question at once; for four seconds one more tap brings it back. */
async function answered(question) {
  const undo = { question, until: Date.now() + UNDO };
  state.undo.value = undo;
  down = false;
  rank();
  setTimeout(() => state.undo.value === undo && (state.undo.value = null), UNDO);
  await tell("answered", question, () => state.undo.value === undo && (state.undo.value = null));
}

async function reopen(question) {
  state.undo.value = null;
  await tell("reopen", question);
}

async function tell(act, question, failed = () => {}) {
  const reply = await send(name, { act, target: question.id, via: "pointer" });
  if (reply.status === 202 || reply.status === 200 || reply.status === 409) return;
  failed();
  state.failed.value = reason(reply.told ?? reply.error) ?? t("notice.unreachable");
  setTimeout(() => (state.failed.value = ""), UNDO);
  rank();
}

/** The languages of those who ask, most first, unless all of them ask in that of the text. */
function codes(question) {
  const all = Object.entries(question.languages ?? {}).sort((one, other) => other[1] - one[1]);
  const told = all.map(([code]) => code).filter(langOf);
  if (told.length === 1 && told[0] === question.l && told[0] === room?.host_language) return "";
  return (told.length ? told : [langOf(question.l)]).slice(0, CODES).join(" ");
}

/** The largest size at which the text fits its row; a long question shrinks to `least` before it loses words. */
class Fit extends Component {
  componentDidMount() {
    this.fit();
  }

  componentDidUpdate() {
    this.fit();
  }

  fit() {
    const { most, least, text, hint, height } = this.props;
    const around = this.box.parentElement.clientHeight;
    const key = [text, hint, most, height, innerWidth, around].join(" ");
    if (key === this.key) return;
    this.key = key;
    const beside = this.box.nextElementSibling; // the hint goes before the question loses words
    this.text.style.webkitLineClamp = "";
    if (beside) {
      beside.style.display = "";
      if (this.shrink(least, most, around - beside.offsetHeight)) return;
      beside.style.display = "none";
    }
    if (this.shrink(least, most, around)) return;
    const line = parseFloat(getComputedStyle(this.text).lineHeight);
    this.text.style.webkitLineClamp = Math.max(1, Math.floor(around / line));
  }

  /** Take the largest size, in css px, at which the text is no higher than `space`. Returns whether there is one. */
  shrink(low, high, space) {
    const fits = (size) => {
      this.box.style.fontSize = `${size}px`;
      return this.text.offsetHeight <= space && this.text.scrollWidth <= this.box.clientWidth;
    };
    if (fits(high)) return true;
    while (high - low > 1) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return fits(low);
  }

  render({ text, language }) {
    return html`<span class="fit" ref=${(box) => (this.box = box)}>
      <bdi class="words" dir="auto" lang=${langOf(language)} ref=${(words) => (this.text = words)}>${tame(text)}</bdi>
    </span>`;
  }
}

const Row = ({ question, height }) => {
  const { size, least } = DISTANCES[distance];
  const most = Math.round(size * (SCALE[question.l] ?? 1));
  const off = state.link.value !== "open";
  const spoken = [
    question.pinned && t("host.pinned"),
    question.text,
    question.hint,
    t("host.askers", { n: question.n }),
    t("act.answered"),
  ];
  return html`<button class="row" data-id=${question.id} disabled=${off} aria-label=${spoken.filter(Boolean).join(". ")} onClick=${() => answered(question)}>
    <span class="n">
      ${count(question.n)}
      ${(question.pinned || question.item) && html`<small>${question.pinned && html`<b class="pin">★</b>`}${question.item && `#${question.item}`}</small>`}
      ${codes(question) && html`<small class="codes">${codes(question)}</small>`}
    </span>
    <span class="asked">
      <${Fit} ...${{ text: question.text, hint: question.hint, language: question.l, most, least, height }} />
      ${question.hint && html`<bdi class="hint" dir="auto" lang=${langOf(room?.host_language)} style=${{ fontSize: `${least}px` }}>${tame(question.hint)}</bdi>`}
    </span>
    <svg class="tick" viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8.5 6.5 12 13 4.5" /></svg>
  </button>`;
};

const Top = () => {
  state.second.value;
  const link = state.link.value;
  const source = link === "open" ? (room?.link ?? "connecting") : link;
  const { number, name: item } = room?.item ?? {};
  const wall = clock(now(), false);
  return html`<header>
    <span class=${`dot ${source}`}>${link === "open" ? word("link", source) : t("link.none")}</span>
    ${number ? html`<span class="item"><b>#${number}</b> <bdi>${item}</bdi></span>` : html`<span class="where">${name}</span>`}
    <span>${room?.t0 ? tplus(now(), Date.parse(room.t0)) : ""}</span>
    <b>${wall}</b>
  </header>`;
};

const Foot = () => {
  const undo = state.undo.value;
  const done = state.questions.value.filter((question) => question.st !== "open");
  if (undo) {
    return html`<footer>
      <button class="undo" onClick=${() => reopen(undo.question)}>
        <b>${t("act.undo")}</b> <bdi dir="auto">${tame(undo.question.text)}</bdi>
      </button>
    </footer>`;
  }
  return html`<footer>
    ${state.failed.value && html`<span class="warn" role="status">${state.failed.value}</span>`}
    ${done.length > 0 &&
    html`<button aria-expanded=${state.drawer.value} onClick=${() => (state.drawer.value = !state.drawer.value)}>
      ${t("host.answered", { n: done.length })}
    </button>`}
  </footer>`;
};

const Drawer = () => {
  const done = state.questions.value.filter((question) => question.st !== "open");
  const back = (question) => () => {
    state.drawer.value = false;
    reopen(question);
  };
  return html`<ul class="drawer">
    ${done.map(
      (question) => html`<li key=${question.id}>
        <bdi dir="auto" lang=${langOf(question.l)}>${tame(question.text)}</bdi>
        <button onClick=${back(question)}>${t("act.reopen")}</button>
      </li>`,
    )}
  </ul>`;
};

const Empty = () => {
  state.second.value;
  return html`<div class="empty"><b>${clock(now(), false)}</b><p>${t(room ? "host.empty" : "host.loading")}</p></div>`;
};

/** How many rows there is room for, and how high each is. */
function layout(height) {
  const { items, least } = DISTANCES[distance];
  const limit = Number(query.get("limit")) || items;
  const fit = Math.max(1, Math.floor(height / (least * 1.35 * LINES)));
  return Math.max(1, Math.min(items, limit, fit));
}

class App extends Component {
  componentDidMount() {
    addEventListener("resize", () => (state.size.value = [innerWidth, innerHeight]));
  }

  render() {
    const [, height] = state.size.value;
    const link = state.link.value;
    state.second.value;
    if (link === "refused") return html`<div class="empty"><p>${t("link.refused")}</p></div>`;
    const most = layout(height - 130);
    const shown = state.order.value.map((id) => known.get(id)).filter(Boolean).slice(0, most);
    const flip = query.get("flip") === "1" ? "flip" : "";
    return html`<div class=${`host ${flip} d-${distance.replace(".", "-")}`}>
      ${query.get("quiet") !== "1" && html`<${Top} />`}
      ${link === "lost" && html`<p class="stale" role="alert">${t("host.stale", { at: clock(state.lostAt.value || now(), false) })}</p>`}
      ${state.drawer.value
        ? html`<${Drawer} />`
        : html`<main
            class=${`rows of-${most}`}
            onPointerDown=${() => (down = true)}
          >
            ${shown.map((question, place) => html`<${Row} key=${`${question.id} ${place}`} question=${question} height=${height} />`)}
            ${shown.length === 0 && html`<${Empty} />`}
          </main>`}
      <${Foot} />
    </div>`;
  }
}

/** Keep the tablet awake where the browser allows it; it forgets whenever the page was hidden. */
async function stayAwake() {
  if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}

async function start() {
  await load(pick(query.get("lang"), ...navigator.languages));
  render(html`<${App} />`, page);
  for (const up of ["pointerup", "pointercancel"]) {
    // The click comes after the finger is up: ranks may move only when it has found its row.
    addEventListener(up, () => setTimeout(() => (down = false), 100));
  }
  setInterval(() => {
    state.second.value++;
    rank();
  }, 1000);
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
  if (await signIn()) channel.start();
  else state.link.value = "refused";
}

start();
