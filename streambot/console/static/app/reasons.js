// Why a rule spoke, in the language of the screen: asked of the rules in force; what they do not know stays as logged.

import { signal } from "@preact/signals";
import { has, t } from "./i18n.js";

const REST = 10_000; // between two questions about rules that nobody has told of: a pack changes, or a rule comes on air

const rules = signal({});
const asked = new Set();
let wish = null;
let at = -Infinity;

/** Ask for the reasons of a room's rules in a language. Without an answer the screen shows what was logged. */
export async function ask(room, language) {
  wish = { room, language };
  at = performance.now();
  try {
    const answer = await fetch(`/api/v1/rooms/${encodeURIComponent(room)}/reasons?lang=${language}`);
    if (answer.ok && wish.language === language) rules.value = (await answer.json()).rules;
  } catch {
    // The link is down and the page says so; the next unknown rule asks again.
  }
}

function known(rule) {
  const found = rules.value[rule];
  if (!found && wish && rule && !asked.has(rule) && performance.now() - at > REST) {
    asked.add(rule);
    ask(wish.room, wish.language);
  }
  return found;
}

/** Why, in the language of the screen. */
export const why = (evidence) =>
  known(evidence.rule)?.why ?? (has(`rule.${evidence.rule}`) ? t(`rule.${evidence.rule}`) : evidence.reason);

/** What to say instead, if the rule knows it. */
export const instead = (evidence) => known(evidence.rule)?.instead;
