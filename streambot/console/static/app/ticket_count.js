// The way to the tickets, with how many wait: beside Rules and Log in a header.

import { signal } from "@preact/signals";
import { Component } from "preact";
import { get } from "./commands.js";
import { html } from "./html.js";
import { count, t } from "./i18n.js";

const EVERY = 15_000;
const found = signal(0);

/** Whether this console has tickets: its pages say so. */
const here = () => "tickets" in document.documentElement.dataset;

/** The link to the tickets of a room, or of all. */
export class TicketsLink extends Component {
  get where() {
    return this.props.room ? `&room=${encodeURIComponent(this.props.room)}` : "";
  }

  componentDidMount() {
    if (!here()) return;
    const look = async () => {
      if (document.hidden) return;
      const answer = await get(`/api/v1/tickets?state=pending${this.where}`);
      if (answer.status === 200) found.value = answer.found;
    };
    look();
    this.timer = setInterval(look, EVERY);
  }

  componentWillUnmount() {
    clearInterval(this.timer);
  }

  render() {
    if (!here()) return null;
    const n = found.value;
    return html`<a href=${`/tickets${this.where.replace("&", "?")}`}>${t("head.tickets")}${n > 0 && html` <b class="chip waiting">${count(n)}</b>`}</a>`;
  }
}
