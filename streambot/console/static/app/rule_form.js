// A rule for now: what it would have done is shown before it can be added, so that nobody bans "hello".

import { useEffect, useRef, useState } from "preact/hooks";
import { order } from "./commands.js";
import { html } from "./html.js";
import { count, reason, t, word } from "./i18n.js";
import { clip, tame } from "./text.js";

const EXAMPLE = 120; // code points of a comment that are shown
const TIMES = [30, 60, 180, 720, 1440, 10080]; // minutes

/** Put the cursor where a new rule is written. */
export function focusForm() {
  document.querySelector(".rule-form textarea")?.focus();
}

const lines = (text) => [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];

const duration = (minutes) =>
  minutes < 60 ? t("rules.minutes", { n: minutes }) : minutes < 1440 ? t("rules.hours", { n: minutes / 60 }) : t("rules.days", { n: minutes / 1440 });

const Found = ({ found, add, cancel }) => {
  const first = useRef();
  // Once: a page that refreshes itself must not pull the cursor back. Enter is for Cancel where the word is an everyday one.
  useEffect(() => first.current.focus(), []);
  const keys = (event) => {
    // Whoever still holds the Enter that tried it has not looked yet.
    if (event.key === "Enter" && event.repeat) event.preventDefault();
    if (event.key === "Escape") cancel();
  };
  return html`<div class=${`found ${found.broad ? "broad" : ""}`} role="alert" onKeyDown=${keys}>
  <p><b>${found.of ? t("rules.would", { n: found.hits, of: count(found.of), changed: count(found.changed) }) : t("rules.would_nothing")}</b></p>
  ${found.broad && html`<p class="bad">${t("rules.broad")}</p>`}
  ${found.examples.length > 0 &&
  html`<ul>
    ${found.examples.map(
      ({ text, act }, place) => html`<li key=${place}><span class=${`chip ${act}`}>${word("act", act)}</span> <bdi dir="auto">${tame(clip(text, EXAMPLE))}</bdi></li>`,
    )}
  </ul>`}
  <p class="row">
    <button type="button" class=${found.broad ? "alarm" : "main"} ref=${found.broad ? undefined : first} onClick=${add}>
      ${t(found.broad ? "rules.add_anyway" : "rules.add")}
    </button>
    <button type="button" ref=${found.broad ? first : undefined} onClick=${cancel}>${t("act.cancel")}</button>
  </p>
</div>`;
};

export const Form = ({ data, room, settle, asked }) => {
  const [text, setText] = useState(asked);
  const [pattern, setPattern] = useState(false);
  const [action, setAction] = useState("hide");
  const [label, setLabel] = useState("spam");
  const [minutes, setMinutes] = useState(180);
  const [everywhere, setEverywhere] = useState(false);
  const [found, setFound] = useState(null);
  const [wrong, setWrong] = useState("");
  const where = everywhere ? "all" : room.value;
  const form = { room: where, action, label, minutes, [pattern ? "patterns" : "terms"]: lines(text) };
  // What was tried is another rule as soon as anything of it changes.
  useEffect(() => (setFound(null), setWrong("")), [text, pattern, action, label, minutes, where]);

  const attempt = async () => {
    if (!form.terms?.length && !form.patterns?.length) return focusForm();
    const answer = await order("/api/v1/rules/preview", form);
    setFound(answer.ok ? answer : null);
    setWrong(answer.ok ? "" : reason(answer.told ?? answer.error) || t("rules.unreachable"));
  };
  const add = async () => {
    const done = await settle(await order("/api/v1/rules", { ...form, confirm: found.confirm }), t("rules.added"));
    setFound(null);
    if (done) setText("");
  };
  const cancel = () => (setFound(null), focusForm());
  const keys = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!event.repeat) attempt();
    }
    if (event.key === "Escape") event.target.blur();
  };
  return html`<form class="rule-form" onSubmit=${(event) => (event.preventDefault(), attempt())}>
    <label class="wide">
      ${t(pattern ? "rules.pattern" : "rules.words")}
      <textarea rows=${Math.min(6, Math.max(2, text.split("\n").length))} dir="auto" spellcheck="false" autocomplete="off" value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${keys}></textarea>
    </label>
    <label>
      ${t("rules.does")}
      <select value=${action} onChange=${(event) => setAction(event.target.value)}>
        ${data.form.actions.map((each) => html`<option key=${each} value=${each} selected=${each === action}>${word("act", each)}</option>`)}
      </select>
    </label>
    <label>
      ${t("rules.label")}
      <select value=${label} onChange=${(event) => setLabel(event.target.value)}>
        ${data.form.labels.map((each) => html`<option key=${each} value=${each} selected=${each === label}>${word("label", each)}</option>`)}
      </select>
    </label>
    <label>
      ${t("rules.for")}
      <select value=${minutes} onChange=${(event) => setMinutes(Number(event.target.value))}>
        ${TIMES.map((each) => html`<option key=${each} value=${each} selected=${each === minutes}>${duration(each)}</option>`)}
      </select>
    </label>
    <label>
      ${t("rules.where")}
      <select
        value=${where}
        onChange=${(event) => {
          setEverywhere(event.target.value === "all");
          if (event.target.value !== "all") room.value = event.target.value;
        }}
      >
        ${data.rooms.map((each) => html`<option key=${each.room} value=${each.room} selected=${each.room === where}>${each.room}</option>`)}
        ${data.me.everywhere && html`<option value="all" selected=${everywhere}>${t("rules.everywhere")}</option>`}
      </select>
    </label>
    <label class="check"><input type="checkbox" checked=${pattern} onChange=${(event) => setPattern(event.target.checked)} /> ${t("rules.is_pattern")}</label>
    ${!found && html`<button class="main" disabled=${!where}>${t("rules.try")} <kbd>Enter</kbd></button>`}
    ${wrong && html`<p class="bad wide" role="alert">${wrong}</p>`}
    ${found && html`<${Found} found=${found} add=${add} cancel=${cancel} />`}
  </form>`;
};
