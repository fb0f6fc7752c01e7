// The side: the comment under the cursor in full, and the questions the room is asking.

import { html } from "./html.js";
import { Icon } from "./icons.js";
import { count, t, word } from "./i18n.js";
import { Instead, Name, Reason, Said, Verbs, labels, reasons } from "./rows.js";
import { langOf, tame } from "./text.js";
import { clock, tplus } from "./time.js";

/** The newest action on a comment that can be taken back. */
const undoable = (room, id) => [...room.actions.values()].findLast((action) => action.c === id && action.undoable);

export const Detail = ({ room, desk, revealing }) => {
  room.paint.queue.value;
  room.paint.feed.value;
  room.paint.actions.value;
  const cursor = desk.cursor.value;
  const comment = cursor && room.comments.get(cursor.id);
  if (!comment) {
    return html`<section class="pane detail" aria-label=${t("detail.title")}>
      <h2>${t("detail.title")}</h2>
      <p class="empty">${t("detail.empty")}</p>
    </section>`;
  }
  const ms = Date.parse(comment.ts);
  const t0 = room.room?.t0;
  const stub = (comment.status === "hidden" || comment.status === "hiding") && !revealing.value;
  const back = undoable(room, comment.id);
  return html`<section class="pane detail" aria-label=${t("detail.title")}>
    <h2>${t("detail.title")} <span class="chip">${word("status", comment.status)}</span></h2>
    <div class="scroll">
      <p class="line">
        <${Name} author=${comment.u} />
        ${comment.u.roles.map((role) => html`<span key=${role} class="chip">${word("role", role)}</span>`)}
        <time class="muted">${clock(ms)}${t0 && ` · ${tplus(ms, Date.parse(t0))}`}</time>
        ${langOf(comment.l) && html`<span class="muted">${comment.l}</span>`}
      </p>
      <p class="whole">${stub ? html`<span class="muted">${t("detail.stub")}</span>` : html`<${Said} comment=${comment} whole />`}</p>
      <${Instead} comment=${comment} />
      <ul class="why">
        ${reasons(comment).map((why, place) => html`<li key=${place}><${Reason} why=${why} /></li>`)}
        ${labels(comment).map(
          ([name, score]) => html`<li key=${name} class="score">
            <span>${word("label", name)}</span><meter min="0" max="1" value=${score}></meter><span>${score.toFixed(2)}</span>
          </li>`,
        )}
      </ul>
      <p class="muted">
        ${[
          comment.intent && word("intent", comment.intent),
          t("detail.verdict", { act: word("act", comment.act) }),
          comment.by !== "bot" && t("detail.by", { by: desk.who(comment.by) }),
          comment.degraded && t("detail.degraded"),
        ]
          .filter(Boolean)
          .join(" · ")}
        ${" "}<a href=${`/log/${encodeURIComponent(comment.event)}`} target="_blank" rel="noopener">${t("detail.log")}</a>
      </p>
    </div>
    <div class="foot">
      ${back &&
      html`<button disabled=${!desk.canAct} onClick=${() => desk.undo(back, "pointer")}>
        <${Icon} name="undo" />${t("act.undo")}
      </button>`}
      ${!back && cursor.pane === "feed" && html`<${Verbs} desk=${desk} comment=${comment} />`}
    </div>
  </section>`;
};

const Question = ({ question, desk }) => {
  const open = question.st === "open";
  const press = (verb) => () => desk.question(verb, question);
  return html`<li class=${`hot ${question.st}`}>
    <b class="askers" title=${t("questions.askers", { n: question.n })}>${count(question.n)}</b>
    <span class="ask">
      ${question.item && html`<span class="chip">#${question.item}</span>`}
      <bdi dir="auto" lang=${langOf(question.l)}>${tame(question.text)}</bdi>
    </span>
    <span class="line">
      <small class="muted">${word("intent", question.intent)}${!open && ` · ${t("questions.answered")}`}</small>
      ${open
        ? html`<button class="quiet" disabled=${!desk.canAct} onClick=${press("drop")} title=${t("questions.drop_why")}>
              ${t("act.drop")}
            </button>
            <button disabled=${!desk.canAct} onClick=${press("answered")}><${Icon} name="allow" />${t("act.answered")}</button>`
        : html`<button class="quiet" disabled=${!desk.canAct} onClick=${press("reopen")}>${t("act.reopen")}</button>`}
    </span>
  </li>`;
};

export const Questions = ({ room, desk }) => {
  room.paint.questions.value;
  const open = room.questions.filter((question) => question.st === "open");
  const answered = room.questions.filter((question) => question.st !== "open");
  return html`<section class="pane questions" aria-label=${t("questions.title")}>
    <h2>
      ${t("questions.title")} <b class="count">${open.length}</b>
      <a class="end" href=${`/host/${encodeURIComponent(room.name)}`} target="_blank" rel="noopener">${t("questions.host")}</a>
    </h2>
    <ul class="scroll">
      ${[...open, ...answered].map((question) => html`<${Question} key=${question.id} question=${question} desk=${desk} />`)}
    </ul>
    ${room.questions.length === 0 && html`<p class="empty">${t("questions.empty")}</p>`}
  </section>`;
};
