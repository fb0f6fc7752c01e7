// What the pages beside the live screens share: an answer of the API that is asked for again and again, the header,
// the line that tells what was done, and how they begin.

import { Component, render } from "preact";
import { signal } from "@preact/signals";
import { get, signIn } from "./commands.js";
import { html } from "./html.js";
import { load, t } from "./i18n.js";
import { listen } from "./keys.js";
import { Languages, language, worded } from "./language.js";

const EVERY = 3000; // how often a page asks; what people do is shown at once
const NOTICE = 8000;

export const query = new URLSearchParams(location.search);
/** What the page is about, as last fetched; null until then. */
export const data = signal(null);

const reached = signal(true);
const refused = signal(false);
const notice = signal(null);

/** What an address of the API says about the page; null if it does not answer, which the header then says. */
export async function fetched(url) {
  const answer = await get(url);
  reached.value = answer.status === 200;
  refused.value = answer.status === 401 || answer.status === 403;
  return reached.value ? answer : null;
}

let clearing;
/** One line for what was done or refused; `level` is info, warn or error. */
export function tell(level, text) {
  clearTimeout(clearing);
  notice.value = { level, text };
  clearing = setTimeout(() => (notice.value = null), NOTICE);
}

/** `keys` are [keys, what they do]. */
const Header = ({ title, keys, links }) => html`<header class="top">
  <a href="/live" class="brand">streambot</a>
  <h1>${title}</h1>
  ${!reached.value && html`<span class="lost" role="alert">${t("link.none")}</span>`}
  <span class="keys">${keys.map(([pressed, does]) => html`<span key=${does}>${pressed.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd> `)}${does}</span>`)}</span>
  <nav>${links}</nav>
  <${Languages} />
</header>`;

/** The whole page: `draw(data)` gives its title, keys, links and main. */
class Screen extends Component {
  render({ name, draw }) {
    worded.value;
    if (refused.value) return html`<p class="empty">${t("link.refused")}</p>`;
    if (!data.value) return html`<p class="empty">${t("feed.loading")}</p>`;
    const { main, ...head } = draw(data.value);
    return html`<div class=${`screen ${name}`}>
      <${Header} ...${head} />
      ${main}
      <div class="said" role="status" aria-live="polite">${notice.value && html`<p class=${notice.value.level}>${notice.value.text}</p>`}</div>
    </div>`;
  }
}

/** Show a page and keep it up to date; `bindings` are its single keys. Returns whether the reader may see it. */
export async function start(name, { draw, refresh, bindings }) {
  await load(language.value);
  render(html`<${Screen} name=${name} draw=${draw} />`, document.getElementById("app"));
  if (!(await signIn())) {
    refused.value = true;
    return false;
  }
  await refresh();
  listen(bindings, () => localStorage.getItem("single-keys") !== "off");
  setInterval(() => document.hidden || refresh(), EVERY);
  return true;
}
