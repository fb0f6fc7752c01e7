// The composer: one line to the chat, as a reply to a comment, to a hot question, or to nobody; Ctrl+Enter sends.

import { Component } from "preact";
import { signal } from "@preact/signals";
import { send } from "./commands.js";
import { html } from "./html.js";
import { count, t } from "./i18n.js";
import { instead, why } from "./reasons.js";
import { clip, langOf, tame } from "./text.js";

export const LONGEST = 200; // code points of one post, as LONGEST in core/answers.py
const AGAIN = 5000; // how often the server is told that somebody still types; it forgets after thirty seconds
const DRAFTS = 20;
export const NOBODY = { kind: "nobody", id: "" };
const QUOTED = /["“”「«]([^"“”「」«»]+)["”“」»]/g;

const keyOf = (target) => `${target.kind} ${target.id}`;
const oneLine = (text) => text.split(/\s+/).filter(Boolean).join(" ");

/** The wordings that a refusal offers: what stands in quotes, else the whole advice. */
export function wordings(text) {
  const quoted = [...text.matchAll(QUOTED)].map((match) => match[1].trim());
  return quoted.length ? quoted : [text].filter(Boolean);
}

/** A text with the words of a finding replaced, and where the new words stand in it (UTF-16 places, for a field). */
export function takeOver(text, words, wording) {
  const at = words ? text.indexOf(words) : -1;
  const start = at < 0 ? text.length + (text ? 1 : 0) : at;
  const before = at < 0 ? `${text}${text ? " " : ""}` : text.slice(0, at);
  const after = at < 0 ? "" : text.slice(at + words.length);
  const blank = wording.indexOf("…"); // what the person has to fill in
  const place = blank < 0 ? [start, start + wording.length] : [start + blank, start + blank + 1];
  return { text: before + wording + after, place };
}

export class Composer {
  constructor(room, desk) {
    Object.assign(this, { room, desk });
    this.target = signal(NOBODY);
    this.text = signal("");
    this.findings = signal([]);
    this.busy = signal(false);
    this.drafts = new Map();
    this.told = null; // {about, at}: what the server was told that I type about
    this.field = null;
    this.from = null; // where the focus was before
  }

  /** Write to somebody: what was being written stays as a draft, and so does what was written to them before. */
  open(target, text = "") {
    if (this.desk.can("post") === "none") return this.desk.tell("warn", t("composer.cannot"));
    if (keyOf(target) !== keyOf(this.target.peek())) {
      this.keep();
      this.quit();
      this.target.value = target;
      this.text.value = this.drafts.get(keyOf(target)) ?? text;
      this.findings.value = [];
    }
    this.focus();
  }

  keep() {
    const key = keyOf(this.target.peek());
    this.drafts.delete(key);
    if (this.text.peek().trim()) this.drafts.set(key, this.text.peek());
    if (this.drafts.size > DRAFTS) this.drafts.delete(this.drafts.keys().next().value);
  }

  focus() {
    if (document.activeElement !== this.field) this.from = document.activeElement;
    this.write();
  }

  /** Into the field at once, so that no letter is taken for a command; the caret waits for the field to be painted. */
  write(place) {
    this.field?.focus();
    requestAnimationFrame(() => {
      if (!this.field || document.activeElement !== this.field) return;
      const end = this.field.value.length;
      this.field.setSelectionRange(...(place ?? [end, end]));
    });
  }

  /** Leave the field; the draft stays in it. */
  leave() {
    this.field?.blur();
    if (this.from?.isConnected && this.from !== document.body) this.from.focus({ preventScroll: true });
    this.from = null;
  }

  /** A text was not posted: show it with the reasons. */
  refused(target, text, findings) {
    this.drafts.delete(keyOf(target));
    this.open(target, text);
    this.text.value = text;
    this.findings.value = findings.map((finding) => ({ ...finding, words: Array.from(text).slice(...finding.span).join("") }));
    this.desk.said.value = [t("composer.refused"), ...findings.map((finding) => finding.why)].join(" ");
  }

  typed(text) {
    this.text.value = text;
    const { about } = this.target.peek();
    if (!about || !text.trim() || !this.desk.canAct) return;
    if (this.told?.about === about && performance.now() - this.told.at < AGAIN) return;
    this.told = { about, at: performance.now() };
    send(this.room.name, { act: "typing", target: about, value: "1", via: "key" });
  }

  /** Nobody types here any more: the bot may answer again. */
  quit() {
    if (this.told && this.desk.canAct) send(this.room.name, { act: "typing", target: this.told.about, value: "0", via: "key" });
    this.told = null;
  }

  /** Put a wording in the place of what was refused, with the caret on it. */
  take(finding, wording) {
    const { text, place } = takeOver(this.text.peek(), finding.words, wording);
    this.text.value = text;
    this.findings.value = this.findings.peek().filter((each) => each !== finding);
    this.write(place);
  }

  async submit(via) {
    const text = oneLine(this.text.peek());
    if (!text || this.busy.peek() || !this.desk.ready()) return;
    if (Array.from(text).length > LONGEST) return this.desk.tell("warn", t("composer.long", { n: LONGEST }));
    const target = this.target.peek();
    this.busy.value = true;
    const act = target.kind === "offer" ? "send" : "post";
    const reply = await send(this.room.name, { act, target: target.id, value: text, via });
    this.busy.value = false;
    if (reply.status === 202) this.sent(target);
    else if (reply.status === 422 && reply.findings?.length) this.refused(target, text, reply.findings);
    else if (reply.status === 200) this.outrun(target, text);
    else this.desk.answer(reply);
  }

  sent(target) {
    this.desk.said.value = t("composer.sent");
    this.quit();
    this.drafts.delete(keyOf(target));
    if (keyOf(this.target.peek()) !== keyOf(target)) return;
    this.text.value = "";
    this.findings.value = [];
    this.target.value = NOBODY;
    this.leave();
  }

  /** Somebody else dealt with the suggestion meanwhile: the text is a reply of its own from here on. */
  outrun(target, text) {
    this.drafts.delete(keyOf(target));
    this.target.value = { ...target, kind: "comment", id: target.comment ?? "" };
    this.text.value = text;
    this.desk.tell("info", t("composer.outrun"));
  }
}

/** What the composer needs to know of a comment, and of a hot question. */
export const toComment = (comment) => ({
  kind: "comment",
  id: comment.id,
  comment: comment.id,
  about: comment.id,
  name: comment.u.n,
  text: comment.x,
  l: comment.l,
});
export const toQuestion = (question) => ({
  kind: "question",
  id: question.id,
  about: question.id,
  text: question.text,
  l: question.l,
  item: question.item,
});

const TITLES = { nobody: "composer.nobody", comment: "composer.to", question: "composer.question", offer: "composer.edit" };

const Target = ({ composer }) => {
  const target = composer.target.value;
  return html`<span class="to" id="composer-to">
    <b>${t(TITLES[target.kind === "offer" && !target.name ? "nobody" : target.kind])}</b>
    ${target.name && html`<bdi class="name">${tame(clip(target.name, 40))}</bdi>`}
    ${target.text && html`<q><bdi dir="auto" lang=${langOf(target.l)}>${tame(clip(target.text, 80))}</bdi></q>`}
    ${target.kind !== "nobody" &&
    html`<button class="quiet" aria-label=${t("composer.free")} title=${t("composer.free")} onClick=${() => composer.open(NOBODY)}>×</button>`}
  </span>`;
};

const Finding = ({ finding, composer }) => {
  const advice = instead(finding) ?? finding.instead;
  return html`<li>
    <span>
      ${finding.words && html`<mark><bdi dir="auto">${tame(clip(finding.words, 60))}</bdi></mark> `}
      ${why({ rule: finding.rule, reason: finding.why })}
      ${advice && html` <span class="advice">${t("why.instead", { text: advice })}</span>`}
    </span>
    <span class="verbs">
      ${wordings(advice ?? "").map(
        (wording) => html`<button key=${wording} class="allow" onClick=${() => composer.take(finding, wording)}>
          ${t("composer.use")} <q><bdi dir="auto">${clip(wording, 40)}</bdi></q>
        </button>`,
      )}
      ${finding.words && html`<button onClick=${() => composer.take(finding, "")}>${t("composer.cut")}</button>`}
    </span>
  </li>`;
};

export class Reply extends Component {
  render({ room, desk, composer }) {
    room.paint.head.value; // what the platform can do may change
    if (!room.room || desk.can("post") === "none") return null;
    const text = composer.text.value;
    const long = Array.from(oneLine(text)).length;
    const findings = composer.findings.value;
    const keys = (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === "Escape") {
        event.preventDefault();
        composer.leave();
      } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        composer.submit("key");
      } else if (event.key === "Enter" && !event.shiftKey) event.preventDefault(); // a post is one line
    };
    return html`<section class="composer" aria-label=${t("composer.title")}>
      <div role="alert">
        ${findings.length > 0 &&
        html`<ul class="findings" aria-label=${t("composer.refused")}>
          ${findings.map((finding) => html`<${Finding} key=${finding} finding=${finding} composer=${composer} />`)}
        </ul>`}
      </div>
      <div class="line">
        <${Target} composer=${composer} />
        <textarea
          rows="1"
          ref=${(field) => (composer.field = field)}
          value=${text}
          readonly=${composer.busy.value}
          aria-label=${t("composer.title")}
          aria-describedby="composer-to composer-count"
          placeholder=${t("composer.placeholder")}
          onInput=${(event) => composer.typed(event.target.value)}
          onKeyDown=${keys}
          onFocus=${(event) => (composer.from ??= event.relatedTarget)}
          onBlur=${() => composer.quit()}
        ></textarea>
        <span id="composer-count" class=${`length ${long > LONGEST ? "over" : ""}`}>
          ${long > LONGEST && t("composer.over", { n: long - LONGEST })} ${count(long)}/${count(LONGEST)}
        </span>
        <button
          class="main"
          disabled=${!desk.canAct || !long || long > LONGEST || composer.busy.value}
          onClick=${(event) => composer.submit(event.detail ? "pointer" : "key")}
        >
          ${t("act.send")} <kbd>Ctrl</kbd> <kbd>⏎</kbd>
        </button>
      </div>
    </section>`;
  }
}
