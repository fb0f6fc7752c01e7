// The feed: every comment in one line of fixed height, a window of which is in the page, and nothing moves under a hand.

import { Component } from "preact";
import { signal } from "@preact/signals";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { t, word } from "./i18n.js";
import { Labels, Name, Said, Still, Verbs, labels } from "./rows.js";
import { FEED_ROWS } from "./store.js";
import { clock, hms } from "./time.js";

export const ROW = 32; // css px, as in live.css
const SPARE = 6; // rows painted above and below what is visible
const FROZEN_ROWS = 4 * FEED_ROWS; // how many rows are kept while somebody holds the feed

const STATUS_ICON = { waiting: "held", todo: "todo", hidden: "hide", hiding: "hide", allowed: "allow", failed: "failed" };

class Row extends Still {
  render({ comment, desk, selected, revealed, top, t0 }) {
    const stub = (comment.status === "hidden" || comment.status === "hiding") && !revealed;
    const ms = Date.parse(comment.ts);
    const question = comment.intent?.startsWith("question.");
    return html`<div
      class=${`row ${comment.status} ${selected ? "selected" : ""}`}
      style=${{ transform: `translateY(${top}px)` }}
      data-id=${comment.id}
      onClick=${() => desk.select("feed", comment.id)}
    >
      <time title=${clock(ms)}>${t0 ? hms(ms - t0) : clock(ms)}</time>
      ${stub
        ? html`<span class="stub">
            <${Icon} name="hide" />
            ${[word("status", comment.status), labels(comment).map(([name]) => word("label", name)).join(", "), desk.who(comment.by)]
              .filter(Boolean)
              .join(" · ")}
          </span>`
        : html`<${Name} author=${comment.u} /><${Said} comment=${comment} />`}
      <span class="tags">
        ${selected && !stub
          ? html`<${Verbs} desk=${desk} comment=${comment} />`
          : html`
              ${question && html`<span class="chip question"><${Icon} name="question" />${word("intent", comment.intent)}</span>`}
              ${!stub && comment.status !== "shown" && html`<${Labels} comment=${comment} most=${1} />`}
              ${!stub &&
              STATUS_ICON[comment.status] &&
              html`<span class=${`chip ${comment.status}`}>
                <${Icon} name=${STATUS_ICON[comment.status]} />${word("status", comment.status)}
              </span>`}
              ${comment.degraded && html`<span class="chip">${t("feed.degraded")}</span>`}
            `}
      </span>
    </div>`;
  }
}

const Gap = ({ gap, top }) => html`<div class="row gap" style=${{ transform: `translateY(${top}px)` }}>
  ${t("feed.gap", { from: gap.from ? clock(Date.parse(gap.from)) : "?", to: clock(Date.parse(gap.to)) })}
</div>`;

export class Feed extends Component {
  constructor(props) {
    super(props);
    this.pointing = signal(false);
    this.above = signal(false); // scrolled up
    this.scrollTop = signal(0);
    this.height = signal(600);
    this.end = null; // absolute number of the first row not shown while frozen
    this.first = 0;
  }

  componentDidMount() {
    this.sizes = new ResizeObserver(([box]) => (this.height.value = box.contentRect.height));
    this.sizes.observe(this.box);
    this.place();
  }

  componentWillUnmount() {
    this.sizes.disconnect();
  }

  componentDidUpdate() {
    this.place();
  }

  /** Why the feed stands still, or "" when it runs. */
  get reason() {
    const { desk, paused } = this.props;
    if (paused.value) return "feed.frozen_space";
    if (desk.cursor.value?.pane === "feed") return "feed.frozen_selected";
    if (this.pointing.value) return "feed.frozen_pointing";
    if (this.above.value) return "feed.frozen_scrolled";
    return "";
  }

  /** After a paint: stay at the newest row, or keep the rows in sight where they are when old ones went. */
  place() {
    const { room } = this.props;
    if (this.snaps !== room.snaps) {
      this.snaps = room.snaps;
      this.above.value = false;
      this.box.scrollTop = this.box.scrollHeight;
    } else if (!this.frozen) this.box.scrollTop = this.box.scrollHeight;
    else if (room.first > this.first) this.box.scrollTop -= (room.first - this.first) * ROW;
    this.first = room.first;
    this.reach();
  }

  /** Bring a row that the keyboard chose into sight. */
  reach() {
    const { desk, room } = this.props;
    const cursor = desk.cursor.peek();
    if (cursor === this.reached) return;
    this.reached = cursor;
    if (cursor?.pane !== "feed") return;
    // The focus ring must not stay on a queue item that the keys no longer act on.
    this.box.focus({ preventScroll: true });
    const top = room.feed.indexOf(cursor.id) * ROW;
    if (top < this.box.scrollTop) this.box.scrollTop = top;
    else if (top + ROW > this.box.scrollTop + this.box.clientHeight) this.box.scrollTop = top + ROW - this.box.clientHeight;
  }

  scrolled() {
    const box = this.box;
    this.scrollTop.value = box.scrollTop;
    this.above.value = box.scrollTop + box.clientHeight < box.scrollHeight - ROW;
  }

  /** Go to the newest row and run again. */
  newest() {
    const { desk, paused } = this.props;
    paused.value = false;
    this.above.value = false;
    this.pointing.value = false;
    if (desk.cursor.peek()?.pane === "feed") desk.select("queue", desk.shown.peek()[0]);
  }

  render({ room, desk, revealing }) {
    room.paint.feed.value;
    const reason = this.reason;
    this.frozen = Boolean(reason);
    room.trim(this.frozen ? FROZEN_ROWS : FEED_ROWS);
    const all = room.first + room.feed.length;
    if (!this.frozen) this.end = null;
    else if (this.end === null || this.snaps !== room.snaps) this.end = all;
    const cursor = desk.cursor.value;
    if (cursor?.pane === "feed") this.end = Math.max(this.end, room.first + room.feed.indexOf(cursor.id) + 1);
    const total = (this.end ?? all) - room.first;
    const height = this.height.value;
    const top = this.frozen ? this.scrollTop.value : Math.max(0, total * ROW - height);
    const from = Math.max(0, Math.floor(top / ROW) - SPARE);
    const to = Math.min(total, Math.ceil((top + height) / ROW) + SPARE);
    const t0 = room.room?.t0 ? Date.parse(room.room.t0) : 0;
    const target = cursor?.id ?? null;
    const rows = room.feed.slice(from, to).map((id, place) => {
      const y = (from + place) * ROW;
      if (id.gap) return html`<${Gap} key=${`gap${id.to}`} gap=${id} top=${y} />`;
      const comment = room.comments.get(id);
      const selected = cursor?.pane === "feed" && target === id;
      const revealed = revealing.value && (cursor?.pane !== "feed" || selected);
      return html`<${Row} key=${id} ...${{ comment, desk, selected, revealed, t0, top: y }} />`;
    });
    const fresh = all - (this.end ?? all);
    return html`<section class="pane feed" aria-label=${t("feed.title")}>
      <h2>${t("feed.title")} <span class="muted">${t("feed.rate", { n: Math.round(room.rate * 10) / 10 })}</span></h2>
      <div
        class="scroll"
        role="log"
        aria-live="off"
        aria-label=${t("feed.title")}
        tabindex="0"
        ref=${(box) => (this.box = box)}
        onScroll=${() => this.scrolled()}
        onPointerEnter=${() => (this.pointing.value = true)}
        onPointerLeave=${() => (this.pointing.value = false)}
      >
        <div class="rows" style=${{ height: `${total * ROW}px` }}>${rows}</div>
        ${!room.feed.length && html`<p class="empty">${this.emptiness()}</p>`}
      </div>
      <div class="foot">
        ${reason
          ? html`<button class="pill" onClick=${() => this.newest()}>
              ${fresh > 0 && html`<b>${t("feed.new", { n: fresh })}</b>`} <span>${t(reason)}</span>
            </button>`
          : html`<span class="muted">${t("feed.running")}</span>`}
      </div>
    </section>`;
  }

  emptiness() {
    const { room } = this.props;
    if (!room.room) return t("feed.loading");
    const { link, link_detail: detail, platform } = room.room;
    if (link === "live") return t("feed.empty", { platform, at: clock(room.now()) });
    if (link === "ended") return t("feed.ended");
    return [t("feed.not_live"), detail].filter(Boolean).join(" ");
  }
}
