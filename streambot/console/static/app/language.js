// The reader's language: the one the address asks for, the one chosen before on any page, or the browser's.

import { signal } from "@preact/signals";
import { html } from "./html.js";
import { LANGUAGES, NAMES, load, pick, t } from "./i18n.js";

const YEAR = 365 * 24 * 3600;

/** What was chosen before, here or on a page that the server draws: a cookie, because it has to know too. */
const remembered = () => /(?:^|; )lang=(\w+)/.exec(document.cookie)?.[1];

export const language = signal(pick(new URLSearchParams(location.search).get("lang"), remembered(), ...navigator.languages));
/** Rises when a catalogue was loaded. */
export const worded = signal(0);

/** Say everything in this language from now on, on the other pages too. */
export async function setLanguage(chosen) {
  document.cookie = `lang=${chosen}; path=/; max-age=${YEAR}; SameSite=Lax`;
  await load(chosen);
  language.value = chosen;
  worded.value++;
}

export const Languages = () => html`<select aria-label=${t("head.language")} value=${language.value} onChange=${(event) => setLanguage(event.target.value)}>
  ${LANGUAGES.map((each) => html`<option key=${each} value=${each} selected=${each === language.value}>${NAMES[each]}</option>`)}
</select>`;
