// The comment under the cursor in full.

import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t, word } from "./i18n.js";
import { Instead, Name, Reason, Said, Verbs, labels, reasons } from "./rows.js";
import { langOf } from "./text.js";
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
