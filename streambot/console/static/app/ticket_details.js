// One ticket: what can be done about it, what its viewer said and ordered, and what people noted.

import { useRef } from "preact/hooks";
import { html } from "./html.js";
import { t, word } from "./i18n.js";
import { langOf, tame } from "./text.js";
import { Clock, when } from "./ticket_clock.js";

const Press = ({ name, keys, main, act }) =>
  html`<button class=${main ? "main" : ""} data-act=${name} onClick=${act}>${t(`tickets.act_${name}`)} ${keys && html`<kbd>${keys}</kbd>`}</button>`;

/** What can be done now; what makes no sense in this state is not offered. */
const Presses = ({ ticket, me, act, take }) => {
  const settled = ticket.state === "settled";
  const mine = ticket.assignee === me.id;
  return html`<p class="row presses">
    ${!settled && !mine && html`<${Press} name="take" keys="A" act=${take} />`}
    ${!settled && ticket.assignee && html`<${Press} name="leave" act=${() => act("assign", "")} />`}
    ${!settled && ticket.state !== "waiting" && html`<${Press} name="wait" keys="W" act=${() => act("wait")} />`}
    ${ticket.state === "waiting" && html`<${Press} name="open" act=${() => act("open")} />`}
    ${!settled && html`<${Press} name="settle" keys="S" main act=${() => act("settle")} />`}
    ${settled && html`<${Press} name="reopen" keys="R" act=${() => act("reopen")} />`}
    <a class="button" href=${`/tickets/${encodeURIComponent(ticket.id)}/export`} download>${t("tickets.export")}</a>
    ${me.names &&
    html`<a class="button" href=${`/tickets/${encodeURIComponent(ticket.id)}/export?names=on`} download>${t("tickets.export_names")}</a>`}
  </p>`;
};

const Said = ({ each }) => html`<li class=${each.own ? "own" : ""}>
  <p class="meta">
    <time datetime=${each.at}>${when(each.at)}</time>
    ${each.intent && html`<span>${word("intent", each.intent)}</span>`}
    ${each.act !== "allow" && html`<span class=${`chip ${each.act}`}>${word("act", each.act)}</span>`}
    ${each.done.map((done) => html`<span key=${done.at}>${word("act", done.act ?? done.kind)} · ${done.actor}</span>`)}
    <a href=${`/log/${encodeURIComponent(each.event)}`}>${t("head.log")}</a>
  </p>
  <p class="words" dir="auto" lang=${langOf(each.language)}>${tame(each.text)}</p>
  ${each.replies.map(
    (reply) => html`<p class="reply" key=${reply.at} dir="auto">
      <span class="meta">↳ ${reply.actor} · ${when(reply.at)} · ${word("state", reply.outcome ?? "proposed")}</span>
      ${tame(reply.text)}
    </p>`,
  )}
</li>`;

const Order = ({ each }) => html`<tr>
  <td><b>${each.order}</b></td>
  <td>${t(`tickets.order_${each.status}`)}</td>
  <td>${when(each.placed_at)}</td>
  <td>${each.shipped_at ? when(each.shipped_at) : "–"}</td>
  <td>${[each.carrier, each.tracking].filter(Boolean).join(" · ") || "–"}</td>
  <td dir="auto">${each.items.join(", ")}</td>
  <td class="number">${each.amount ? `${each.amount} ${each.currency}` : "–"}</td>
</tr>`;

const Orders = ({ shown }) => {
  if (shown.orders === null) return html`<p class="muted">${t(`tickets.orders_${shown.orders_missing}`)}</p>`;
  if (!shown.orders.length) return html`<p class="muted">${t("tickets.orders_none")}</p>`;
  const columns = ["id", "status", "placed", "shipped", "carrier", "items", "amount"];
  return html`<div class="wide">
    <table>
      <thead>
        <tr>${columns.map((name) => html`<th key=${name} scope="col">${t(`tickets.column_${name}`)}</th>`)}</tr>
      </thead>
      <tbody>${shown.orders.map((each) => html`<${Order} key=${each.order} each=${each} />`)}</tbody>
    </table>
  </div>`;
};

const NoteForm = ({ act }) => {
  const box = useRef();
  const save = async (event) => {
    event?.preventDefault();
    const text = box.current.value.trim();
    if (!text) return;
    if (await act("note", text)) {
      box.current.value = "";
      box.current.blur();
    }
  };
  const press = (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey) save(event);
    if (event.key === "Escape") box.current.blur();
  };
  return html`<form class="note-form" onSubmit=${save}>
    <textarea ref=${box} rows="2" maxlength="2000" dir="auto" aria-label=${t("tickets.note")} placeholder=${t("tickets.note")} onKeyDown=${press}></textarea>
    <button>${t("tickets.act_note")} <kbd>↵</kbd></button>
  </form>`;
};

const STEPS = { open: "opened", join: "said_again", reopen: "reopened", assign: "assigned", state: "moved" };

/** The name of a step, in a sentence. */
function told(step) {
  if (step.step === "assign" && !step.assignee) return t("tickets.step_left");
  const state = step.state && t(`tickets.state_${step.state}`);
  return t(`tickets.step_${STEPS[step.step]}`, { who: step.assignee, state });
}

export const Details = ({ ticket, shown, me, act, take, close }) => html`<article class="one">
  <header>
    <button class="back" onClick=${close}>← ${t("tickets.back")}</button>
    <h2><bdi>${tame(ticket.author_name || ticket.author)}</bdi> <span class="muted">${ticket.room} · ${ticket.platform}</span></h2>
    <p class="row">
      <span class=${`chip concern ${ticket.concern}`}>${t(`tickets.concern_${ticket.concern}`)}</span>
      <span class="chip state">${t(`tickets.state_${ticket.state}`)}</span>
      <${Clock} ticket=${ticket} />
      <span class="muted">${ticket.assignee ? t("tickets.with", { who: ticket.assignee }) : t("tickets.nobody")}</span>
      <code class="muted" title=${ticket.id}>#${ticket.id.slice(-6)}</code>
    </p>
  </header>
  <${Presses} ...${{ ticket, me, act, take }} />
  ${shown &&
  html`<section>
      <h3>${t("tickets.orders_title")}</h3>
      <${Orders} shown=${shown} />
    </section>
    <section>
      <h3>${t("tickets.said_title")}</h3>
      <ol class="history">${shown.said.toReversed().map((each) => html`<${Said} key=${each.comment} each=${each} />`)}</ol>
    </section>
    <section>
      <h3>${t("tickets.notes_title")}</h3>
      <${NoteForm} act=${act} />
      <ol class="notes">
        ${shown.notes
          .toReversed()
          .map((note) => html`<li key=${note.at}><p class="meta">${note.by} · ${when(note.at)}</p><p dir="auto">${note.text}</p></li>`)}
      </ol>
    </section>
    <section>
      <h3>${t("tickets.steps_title")}</h3>
      <ol class="steps">
        ${shown.steps
          .filter((step) => step.step !== "note")
          .map((step) => html`<li key=${step.id}><time datetime=${step.at}>${when(step.at)}</time> <b>${step.actor}</b> ${told(step)}</li>`)}
      </ol>
    </section>`}
</article>`;
