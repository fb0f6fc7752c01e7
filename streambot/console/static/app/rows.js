// What a comment looks like, wherever it stands.

import { Component } from "preact";
import { html } from "./html.js";
import { t, word } from "./i18n.js";
import { instead, why as told } from "./reasons.js";
import { clip, langOf, segments, tame } from "./text.js";

const SHORT = 300; // code points of a comment in a list; the whole text stands in the detail pane

// The model judges a text as a whole: marking or quoting all of it would point at nothing.
const points = (why) => why.span && why.source !== "model";

/** A comment's text with its evidence marked: text nodes only, isolated from the writing direction around it. */
export const Said = ({ comment, whole = false }) => {
  const spans = comment.why.filter(points).map((why) => why.span);
  const text = whole ? comment.x : clip(comment.x, SHORT);
  return html`<bdi class="said" dir="auto" lang=${langOf(comment.l)}>
    ${segments(text, spans).map((run) => (run.hit ? html`<mark>${run.text}</mark>` : run.text))}
  </bdi>`;
};

export const Name = ({ author }) => html`<bdi class="name" title=${tame(author.n)}>${tame(clip(author.n, 40))}</bdi>`;

/** The labels that hold, strongest first. */
export const labels = (comment) => Object.entries(comment.labels).sort((a, b) => b[1] - a[1]);

export const Labels = ({ comment, most = 2 }) => {
  const all = labels(comment);
  return html`<span class="labels">
    ${all.slice(0, most).map(([name]) => html`<span key=${name} class="chip hide">${word("label", name)}</span>`)}
    ${all.length > most && html`<span class="chip">+${all.length - most}</span>`}
  </span>`;
};

/** One reason in words: what was seen, by which rule or by the model, and how sure. */
export const Reason = ({ why }) => html`<span class="reason">
  ${why.label && html`<b>${word("label", why.label)}</b> `}
  ${why.text && points(why) && html`<q><bdi dir="auto">${tame(clip(why.text, 60))}</bdi></q> `}
  ${told(why) && html`<span>${told(why)}</span> `}
  <span class="muted">${source(why)}</span>
</span>`;

function source(why) {
  const score = typeof why.score === "number" ? ` ${why.score.toFixed(2)}` : "";
  return why.rule && why.source !== "model" ? t("why.rule", { rule: why.rule }) + score : t("why.model") + score;
}

const OWN = new Set(["host", "staff", "bot"]);

/** Whether the shop's own people wrote it: then nobody acts on it, and somebody tells them. */
export const isOwn = (comment) => comment.u.roles.some((role) => OWN.has(role));

/** For the shop's own words: what should be said instead. */
export const Instead = ({ comment }) => {
  const text = isOwn(comment) && comment.why.map(instead).find(Boolean);
  return text && html`<p class="instead">${t("why.instead", { text })}</p>`;
};

/** Every reason; where a verdict has labels but no evidence, the model alone says so. */
export const reasons = (comment) =>
  comment.why.length ? comment.why : labels(comment).map(([label, score]) => ({ label, score }));

/** Allow, hide and mute, with the key printed on each. */
export const Verbs = ({ desk, comment }) => {
  desk.room.paint.head.value; // what the platform can do may change
  const verbs = [
    ["allow", "A"],
    ["hide", "D"],
    ["mute", "M"],
  ];
  const press = (verb) => (event) => {
    event.stopPropagation();
    desk.act(verb, comment, event.detail ? "pointer" : "key");
  };
  return html`<span class="verbs">
    ${verbs.map(([verb, key]) => {
      const can = desk.can(verb);
      const todo = verb === "hide" && comment.status === "todo";
      const name = todo ? t("act.done") : word("act", verb);
      return html`<button
        key=${verb}
        class=${`verb ${verb}`}
        disabled=${!desk.canAct || can === "none"}
        title=${can === "manual" ? t("caps.manual") : can === "none" ? t("caps.none") : undefined}
        onClick=${press(verb)}
      >
        <kbd>${key}</kbd> ${name}
      </button>`;
    })}
  </span>`;
};

/** A component that paints again only when one of its props is another object. */
export class Still extends Component {
  shouldComponentUpdate(next) {
    return Object.keys({ ...next, ...this.props }).some((key) => key !== "children" && next[key] !== this.props[key]);
  }
}
