// The hot list: what most viewers want to know now, and what a controller does about it.

import { Component } from "preact";
import { signal } from "@preact/signals";
import { toQuestion } from "./composer.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { count, t, word } from "./i18n.js";
import { clip, langOf, tame } from "./text.js";

const WORDING = 120; // code points of a wording in the list

/** Askers by language, most first: "th 30 · zh 7". */
const Languages = ({ question }) => {
  const all = Object.entries(question.languages ?? {}).sort((one, other) => other[1] - one[1]);
  if (!all.length) return null;
  const words = all.length === 1 ? all[0][0] : all.map(([code, n]) => `${code} ${count(n)}`).join(" · ");
  return html`<small class="languages" title=${t("questions.languages")}>${words}</small>`;
};

const Split = ({ question, desk, done }) => html`<ul class="wordings" aria-label=${t("questions.split_which")}>
  ${question.wordings.map(
    ({ text, language, askers }) => html`<li key=${text}>
      <span>
        <small>${count(askers)}</small>
        <bdi dir="auto" lang=${langOf(language)}>${tame(clip(text, WORDING))}</bdi>
      </span>
      <button disabled=${!desk.canAct} onClick=${() => done(() => desk.question("split", question, text))}>${t("act.split")}</button>
    </li>`,
  )}
</ul>`;

class Question extends Component {
  render({ question, place, desk, composer, list, into }) {
    const { open: opened, splitting } = list;
    const open = question.st === "open";
    const off = !desk.canAct;
    const act = (verb, value) => () => desk.question(verb, question, value);
    const more = opened.value === question.id;
    const button = (verb, props = {}) => html`<button disabled=${off} onClick=${act(verb)} ...${props}>${t(`act.${verb}`)}</button>`;
    return html`<li class=${`hot ${question.st} ${question.pinned ? "pinned" : ""}`} data-id=${question.id}>
      <span class="rank" aria-hidden="true">${open ? place : ""}</span>
      <b class="askers" title=${t("questions.askers", { n: question.n })}>${count(question.n)}</b>
      <div class="body">
        <p class="ask">
          ${question.pinned && html`<span class="chip pin"><${Icon} name="pin" />${t("questions.pinned")}</span>`}
          ${question.pushed && html`<span class="chip sent">${t("questions.pushed")}</span>`}
          ${question.item && html`<span class="chip">#${question.item}</span>`}
          <bdi dir="auto" lang=${langOf(question.l)}>${tame(question.text)}</bdi>
        </p>
        ${question.hint && html`<p class="hint"><bdi dir="auto">${tame(question.hint)}</bdi></p>`}
        <p class="line">
          <small class="muted">${word("intent", question.intent)}${!open ? ` · ${t("questions.answered")}` : ""}</small>
          <${Languages} question=${question} />
        </p>
        ${into === null &&
        html`<div class="line do">
          ${desk.can("post") !== "none" && html`<button disabled=${off} onClick=${() => composer.open(toQuestion(question))}>${t("act.post")}</button>`}
          ${open
            ? html`<button disabled=${off} onClick=${act("answered")}><${Icon} name="allow" />${t("act.answered")}</button>`
            : html`<button disabled=${off} onClick=${act("reopen")}>${t("act.reopen")}</button>`}
          ${open &&
          html`<button
            class="quiet"
            aria-expanded=${more ? "true" : "false"}
            aria-label=${t("questions.more")}
            title=${t("questions.more")}
            onClick=${() => list.toggle(question.id)}
          >
            ⋯
          </button>`}
        </div>`}
        ${into === null &&
        more &&
        html`<div class="line do more">
          ${!question.pushed && button("push", { title: t("questions.push_why") })}
          ${button(question.pinned ? "unpin" : "pin", { title: t("questions.pin_why") })}
          <button disabled=${off} onClick=${() => list.merge(question.id)}>${t("act.merge")}</button>
          ${question.wordings?.length > 1 &&
          html`<button
            aria-expanded=${splitting.value === question.id ? "true" : "false"}
            onClick=${() => (splitting.value = splitting.value === question.id ? null : question.id)}
          >
            ${t("act.split")}…
          </button>`}
          ${button("drop", { title: t("questions.drop_why") })}
        </div>`}
        ${into === null && more && splitting.value === question.id && html`<${Split} question=${question} desk=${desk} done=${list.done} />`}
        ${into !== null &&
        html`<div class="line do">
          ${into === question.id
            ? html`<button onClick=${() => list.merge(null)}>${t("act.cancel")}</button>`
            : open &&
              html`<button class="allow" disabled=${off} onClick=${() => list.done(() => desk.question("merge", { id: into }, question.id))}>
                ${t("questions.into")}
              </button>`}
        </div>`}
      </div>
    </li>`;
  }
}

/** Which row shows more, which one waits to be merged or split, and in what order the rows stand. */
export class HotList {
  constructor() {
    this.still = false; // the pointer is over the list
    this.order = [];
    this.open = signal(null);
    this.merging = signal(null);
    this.splitting = signal(null);
    this.done = (act) => {
      this.close();
      act();
    };
  }

  /** The questions as they are to be shown: hottest first, but nothing changes places while a hand is at the list. */
  arrange(questions) {
    const busy = this.still || this.merging.value !== null || this.open.value !== null;
    const ids = questions.map((question) => question.id);
    const kept = busy ? this.order.filter((id) => ids.includes(id)) : [];
    this.order = [...kept, ...ids.filter((id) => !kept.includes(id))];
    return this.order.map((id) => questions[ids.indexOf(id)]);
  }

  toggle(id) {
    const open = this.open.peek() === id ? null : id;
    this.close();
    this.open.value = open;
  }

  merge(id) {
    this.merging.value = id;
    this.splitting.value = null;
  }

  /** Close the innermost of what is open. Returns whether anything was. */
  close() {
    const was = this.merging.peek() ?? this.splitting.peek() ?? this.open.peek();
    this.merging.value = this.splitting.value = this.open.value = null;
    return was !== null;
  }
}

export const Questions = ({ room, desk, composer, list }) => {
  room.paint.questions.value;
  const open = room.questions.filter((question) => question.st === "open");
  const answered = room.questions.filter((question) => question.st !== "open");
  const shown = list.arrange([...open, ...answered]);
  // What is to be merged may have been answered by the host meanwhile.
  const merging = room.questions.find((question) => question.id === list.merging.value);
  return html`<section class="pane questions" aria-label=${t("questions.title")}>
    <h2>
      ${t("questions.title")} <b class="count">${open.length}</b>
      <a class="end" href=${`/host/${encodeURIComponent(room.name)}`} target="_blank" rel="noopener">${t("questions.host")}</a>
    </h2>
    ${merging &&
    html`<p class="merging" role="status"><span>${t("questions.merging")} <q><bdi dir="auto">${tame(clip(merging.text, 60))}</bdi></q></span></p>`}
    <ul class="scroll" onPointerEnter=${() => (list.still = true)} onPointerLeave=${() => (list.still = false)}>
      ${shown.map(
        (question) =>
          html`<${Question} key=${question.id} place=${open.indexOf(question) + 1} ...${{ question, desk, composer, list, into: merging?.id ?? null }} />`,
      )}
    </ul>
    ${room.questions.length === 0 && html`<p class="empty">${t("questions.empty")}</p>`}
  </section>`;
};
