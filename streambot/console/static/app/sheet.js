// The key sheet, with the switch that turns single keys off for people whom they trouble (WCAG 2.1.4).

import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";
import { t } from "./i18n.js";

const KEYS = [
  ["J K ↓ ↑", "move"],
  ["A", "allow"],
  ["D", "hide"],
  ["M", "mute"],
  ["U", "undo"],
  ["V", "reveal"],
  ["Space", "freeze"],
  [".", "newest"],
  ["← →", "panes"],
  ["Shift+P", "privacy"],
  ["?", "sheet"],
  ["S", "send"],
  ["E", "edit"],
  ["X", "decline"],
  ["Shift+J Shift+K", "offers"],
  ["R", "reply"],
  ["Shift+R", "everybody"],
  ["Ctrl+⏎", "post"],
  ["I", "item"],
  ["Esc", "escape"],
];

export const Sheet = ({ open, single }) => {
  const dialog = useRef();
  const shown = open.value;
  useEffect(() => {
    if (shown && !dialog.current.open) dialog.current.showModal();
    if (!shown && dialog.current.open) dialog.current.close();
  }, [shown]);
  return html`<dialog ref=${dialog} class="sheet" aria-label=${t("keys.title")} onClose=${() => (open.value = false)}>
    <h2>${t("keys.title")}</h2>
    <dl>
      ${KEYS.map(
        ([keys, name]) => html`<div key=${name}>
          <dt>${keys.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd> `)}</dt>
          <dd>${t(`keys.${name}`)}</dd>
        </div>`,
      )}
    </dl>
    <p class="muted">${t("keys.never")}</p>
    <label><input type="checkbox" checked=${single.value} onChange=${(event) => (single.value = event.target.checked)} /> ${t("keys.single")}</label>
    <button class="main" onClick=${() => (open.value = false)}>${t("act.close")}</button>
  </dialog>`;
};
