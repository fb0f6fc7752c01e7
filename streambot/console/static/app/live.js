// The controller's console for one room.

import { Component, render } from "preact";
import { effect, signal } from "@preact/signals";
import { Answers, Offers } from "./answers.js";
import { signIn } from "./commands.js";
import { Composer, NOBODY, Reply, toComment } from "./composer.js";
import { Desk } from "./desk.js";
import { Feed } from "./feed.js";
import { Bars, Header } from "./header.js";
import { HotList, Questions } from "./hot.js";
import { html } from "./html.js";
import { has, load, t, told } from "./i18n.js";
import { hold, listen } from "./keys.js";
import { language, worded } from "./language.js";
import { Queue } from "./queue.js";
import { ask } from "./reasons.js";
import { Sheet } from "./sheet.js";
import { Detail } from "./side.js";
import { Room } from "./store.js";
import { Strip } from "./strip.js";
import { age } from "./time.js";
import { Channel } from "./ws.js";

const SUMMARY = 5000; // the status region speaks at most this often
const page = document.getElementById("app");
const name = page.dataset.room;

const ui = {
  paused: signal(false),
  revealing: signal(false),
  keysOpen: signal(false),
  asked: signal(null), // the mode that waits for a yes
  typed: signal(null), // the number of an item being typed, null while nobody types one
  single: signal(localStorage.getItem("single-keys") !== "off"),
  private: signal(false),
  summary: signal(""),
};

const room = new Room(name, { onChange: () => title() });
const desk = new Desk(room);
const composer = new Composer(room, desk);
const offers = new Offers(room, desk, composer);
const list = new HotList();
const channel = new Channel({
  rooms: [name],
  resume: () => (room.seq === null ? {} : { [name]: room.seq }),
  handle(message) {
    if (message.t === "hello") desk.forgetTroubles();
    if (message.t === "notice") desk.tell(message.level, message.text, message);
    else if (message.t === "ping") channel.socket.send('{"t":"pong"}');
    else if (room.take(message) === "resync" || opened(message)) channel.subscribe();
  },
  state: (state) => (desk.link.value = state),
});

/** Whether a tick tells of our room for the first time: it was not open yet when this page was. */
const opened = (message) => message.t === "tick" && room.seq === null && name in message.rooms;

/** The count in the tab's title, kept even while the tab is hidden. */
function title() {
  const waiting = room.queue.size - [...room.pending.keys()].filter((id) => room.queue.has(id)).length;
  const words = `${waiting ? `(${waiting}) ` : ""}${name} · streambot`;
  if (document.title !== words) document.title = words;
}

const Notices = () => html`<div class="notices">
  ${desk.notices.value.map(
    (notice) => html`<p key=${notice.id} class=${`notice ${notice.level}`}>
      <span title=${notice.code ? notice.text : undefined}>${has(`trouble.${notice.code}`) && html`<b>${t(`trouble.${notice.code}`)}</b>`}${told(notice)}</span>
      <button class="quiet" aria-label=${t("act.close")} onClick=${() => desk.dismiss(notice.id)}>×</button>
    </p>`,
  )}
</div>`;

class App extends Component {
  render() {
    worded.value;
    const spoken = language.value;
    return html`<div class=${`app ${ui.private.value ? "private" : ""} ${desk.link.value === "open" ? "" : "stale"}`}>
      <${Header}
        ...${{ room, desk, asked: ui.asked, typed: ui.typed, keysOpen: ui.keysOpen }}
      />
      <${Bars} room=${room} desk=${desk} />
      <main class="panes">
        <div class="stack" key=${`stack ${spoken}`}>
          <${Feed} room=${room} desk=${desk} paused=${ui.paused} revealing=${ui.revealing} />
          <${Answers} room=${room} offers=${offers} />
        </div>
        <${Queue} room=${room} desk=${desk} key=${`queue ${spoken}`} />
        <div class="side" key=${`side ${spoken}`}>
          <${Detail} room=${room} desk=${desk} revealing=${ui.revealing} />
          <${Questions} ...${{ room, desk, composer, list }} />
        </div>
      </main>
      <${Reply} ...${{ room, desk, composer }} key=${`reply ${spoken}`} />
      <${Strip} room=${room} desk=${desk} key=${`strip ${spoken}`} />
      <${Notices} key=${`notices ${spoken}`} />
      <div role="status" aria-live="polite" class="spoken">${ui.summary.value}</div>
      <${Sheet} open=${ui.keysOpen} single=${ui.single} key=${`sheet ${spoken}`} />
    </div>`;
  }
}

/** Say how the queue stands and what happened last, at most once in five seconds and only when it changed. */
function speak() {
  const waiting = room.waiting();
  const oldest = waiting.reduce((least, { ts }) => Math.min(least, Date.parse(ts)), Infinity);
  const parts = [desk.said.value];
  if (waiting.length !== speak.count) {
    parts.push(
      waiting.length
        ? t("queue.spoken", { n: waiting.length, age: age(room.now() - oldest) })
        : t("queue.spoken_empty"),
    );
  }
  speak.count = waiting.length;
  desk.said.value = "";
  const words = parts.filter(Boolean).join(" ");
  if (words) ui.summary.value = words;
}
speak.count = 0;

function escape() {
  if (ui.asked.value) ui.asked.value = null;
  else if (list.close()) return;
  else if (offers.gaps.value) offers.gaps.value = false;
  else if (desk.cursor.value?.pane === "feed") desk.select("queue", desk.shown.value[0]);
  else ui.paused.value = false;
}

function toFeed() {
  const last = room.feed.findLast((id) => typeof id === "string");
  if (last && desk.cursor.value?.pane !== "feed") desk.select("feed", last);
}

/** Write a reply to the comment under the cursor; to everybody where there is none. */
const reply = () => composer.open(desk.current ? toComment(desk.current) : NOBODY);

const withOffer = (act) => () => act.call(offers, offers.chosen.value, "key");
const withCursor = (verb) => () => desk.act(verb, desk.current, "key");
const bindings = {
  KeyJ: () => desk.move(1),
  ArrowDown: () => desk.move(1),
  KeyK: () => desk.move(-1),
  ArrowUp: () => desk.move(-1),
  ArrowLeft: toFeed,
  ArrowRight: () => desk.cursor.value?.pane === "feed" && escape(),
  KeyA: withCursor("allow"),
  KeyD: withCursor("hide"),
  KeyM: withCursor("mute"),
  KeyS: withOffer(offers.send),
  KeyE: withOffer(offers.edit),
  KeyX: withOffer(offers.decline),
  "Shift+KeyJ": () => offers.move(1),
  "Shift+KeyK": () => offers.move(-1),
  KeyR: reply,
  "Shift+KeyR": () => composer.open(NOBODY),
  KeyI: () => desk.canAct && (ui.typed.value = ""),
  KeyU: () => desk.undo(null, "key"),
  "Mod+KeyZ": () => desk.undo(null, "key"),
  Space: () => (ui.paused.value = !ui.paused.value),
  Period: () => (ui.paused.value = false) || document.querySelector(".feed .pill")?.click(),
  "Shift+KeyP": () => (ui.private.value = !ui.private.value),
  "?": () => (ui.keysOpen.value = true),
  Escape: escape,
};

async function start() {
  await load(language.value);
  render(html`<${App} />`, page);
  if (!(await signIn())) return void (desk.link.value = "refused");
  effect(() => void ask(name, language.value));
  effect(() => localStorage.setItem("single-keys", ui.single.value ? "on" : "off"));
  const enabled = () => ui.single.value;
  listen(bindings, enabled);
  hold("KeyV", (held) => (ui.revealing.value = held), enabled);
  setInterval(speak, SUMMARY);
  channel.start();
}

start();
