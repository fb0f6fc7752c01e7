// The words of the screens. One JSON catalogue a language; a message is a string or {one, other} chosen by {n}.

export const LANGUAGES = ["en", "zh", "th", "vi", "id"];
export const NAMES = { en: "English", zh: "中文", th: "ไทย", vi: "Tiếng Việt", id: "Indonesia" };

let words = {};
let plural = new Intl.PluralRules("en");
let number = new Intl.NumberFormat("en");

/** The first of the wishes that there is a catalogue for; a wish may be a region ("zh-CN"). */
export function pick(...wishes) {
  for (const wish of wishes) {
    const base = String(wish ?? "").toLowerCase().split("-")[0];
    if (LANGUAGES.includes(base)) return base;
  }
  return "en";
}

/** Load a catalogue and set the page's language. */
export async function load(language) {
  const answer = await fetch(new URL(`../i18n/${language}.json`, import.meta.url));
  words = await answer.json();
  plural = new Intl.PluralRules(language);
  number = new Intl.NumberFormat(language);
  document.documentElement.lang = language;
}

/** The message of a key with its {placeholders} filled in; an unknown key is shown as it is. */
export function t(key, values = {}) {
  const found = words[key] ?? key;
  const message = typeof found === "string" ? found : (found[plural.select(values.n)] ?? found.other);
  return message.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return typeof value === "number" ? number.format(value) : String(value ?? whole);
  });
}

/** Whether the catalogue has this key: labels and intents may be newer than the page. */
export const has = (key) => key in words;

/** The name of a wire word (a label, an intent, a state) in the user's language, or the wire word itself. */
export const word = (group, name) => (has(`${group}.${name}`) ? t(`${group}.${name}`) : String(name).replaceAll("_", " "));

/** A value in a sentence of the server: a sentence itself, several, or a word that the catalogue may have. */
function saying(name, value) {
  if (Array.isArray(value)) return value.map((each) => saying(name, each)).join(t("why.between"));
  if (value?.say) return sentence(`why.${value.say}`, value);
  return has(`${name}.${value}`) ? t(`${name}.${value}`) : value;
}

function sentence(key, { values = {}, text }) {
  if (!has(key)) return text;
  const missing = t(key, { n: 1 }).match(/\{\w+\}/g) ?? [];
  if (!missing.every((place) => place.slice(1, -1) in values)) return text;
  return t(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, saying(name, value)])));
}

/**
 * A notice of the server in the user's language: its own sentence is in English, and stays where the catalogue knows
 * none for it or the server gave no value for one of its places. `say` names the sentence where a code has several.
 */
export const told = ({ code, say, values, text }) => sentence(`said.${say || code}`, { values: values ?? {}, text });

/** Why the server refused something, in the user's language; text that is nobody's sentence stays as it is. */
export const reason = (value) => saying("", value);

/** A number with the language's grouping. */
export const count = (value) => number.format(value);
