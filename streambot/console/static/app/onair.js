// What is on air: the item that the host shows, by its number, and what is going on with it.

import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { t } from "./i18n.js";

const SCENARIOS = ["regular", "flash_sale", "new_item", "sold_out", "gift"];
const LONGEST = 4; // digits of a number on air, as the desk takes them

/** The field for a number. Digits go by place on the keyboard: a Thai layout has letters there. */
const NumberField = ({ room, desk, typed }) => {
  const field = useRef();
  useEffect(() => field.current.focus(), []);
  const close = () => (typed.value = null);
  const set = (value) => {
    close();
    desk.set("item", value, "key");
  };
  const keys = (event) => {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (digit && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      typed.value = (typed.value + digit).slice(0, LONGEST);
    }
  };
  const submit = (event) => {
    event.preventDefault();
    if (typed.value) set(typed.value);
    else close();
  };
  return html`<form class="set" onSubmit=${submit}>
    <input
      ref=${field}
      value=${typed.value}
      size="4"
      inputmode="numeric"
      autocomplete="off"
      placeholder=${room.room?.item?.number}
      aria-label=${t("onair.number")}
      onKeyDown=${keys}
      onInput=${(event) => (typed.value = event.target.value.replace(/[^0-9]/g, "").slice(0, LONGEST))}
    />
    <button class="main">${t("onair.set")}</button>
    ${room.room?.item?.number && html`<button type="button" onClick=${() => set("")}>${t("onair.none")}</button>`}
    <button type="button" class="quiet" aria-label=${t("act.cancel")} onClick=${close}>×</button>
  </form>`;
};

/** The item on air and its scenario; `typed` is the number being typed, null while nobody types one. */
export const OnAir = ({ room, desk, typed }) => {
  room.paint.head.value;
  if (!room.room) return null;
  const { number = "", name = "", scenario = "regular" } = room.room.item ?? {};
  return html`<div class="onair" role="group" aria-label=${t("onair.title")}>
    ${typed.value === null
      ? html`<button disabled=${!desk.canAct} title=${t("onair.change")} onClick=${() => (typed.value = "")}>
          <kbd>I</kbd>
          ${number ? html`<b>#${number}</b> <bdi class="item">${name}</bdi>` : html`<span class="muted">${t("onair.empty")}</span>`}
        </button>`
      : html`<${NumberField} room=${room} desk=${desk} typed=${typed} />`}
    <select
      aria-label=${t("onair.scenario")}
      disabled=${!desk.canAct || !number}
      value=${scenario}
      onChange=${(event) => desk.set("scenario", event.target.value, "pointer")}
    >
      ${SCENARIOS.map((each) => html`<option key=${each} value=${each} selected=${each === scenario}>${t(`scenario.${each}`)}</option>`)}
    </select>
  </div>`;
};
