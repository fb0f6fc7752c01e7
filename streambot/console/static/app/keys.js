// Single-key shortcuts, matched by place on the keyboard: "A" must work on a Thai layout, where the key says "ฟ".

const EDITABLE = "input, textarea, select, [contenteditable]";
const REPEATS = new Set(["KeyJ", "KeyK", "ArrowDown", "ArrowUp"]);
// Space presses a focused button and opens a summary; that is the browser's to do.
const PRESSABLE = "button, a[href], summary";

/** The name of a key press, such as "KeyA", "Shift+KeyP" or "Mod+KeyZ"; "" for one that is never a shortcut. */
export function chord(event) {
  if (event.isComposing || event.keyCode === 229) return "";
  const code = event.code || (/^[a-z]$/i.test(event.key) ? `Key${event.key.toUpperCase()}` : "");
  if (!code || (event.repeat && !REPEATS.has(code))) return "";
  if (event.key === "?") return "?"; // its place differs between layouts
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  return [...parts, code].join("+");
}

/**
 * Listen for shortcuts. `bindings` maps chords to functions; `enabled()` says whether single letters are switched on
 * (WCAG 2.1.4). Returns a function that stops listening.
 */
export function listen(bindings, enabled) {
  const down = (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(EDITABLE) || document.querySelector("dialog[open]")) return;
    const name = chord(event);
    const act = bindings[name];
    if (!act) return;
    if (name === "Space" && target.closest(PRESSABLE)) return;
    if (!enabled() && /^(Shift\+)?(Key\w|Period|Space)$/.test(name)) return;
    event.preventDefault();
    act(event);
  };
  window.addEventListener("keydown", down);
  return () => window.removeEventListener("keydown", down);
}

/** Whether a key is held: `change(true)` when it goes down, `change(false)` when it comes up or the window is left. */
export function hold(code, change, enabled) {
  const down = (event) => {
    if (chord(event) !== code || !enabled()) return;
    if (event.target instanceof Element && event.target.closest(EDITABLE)) return;
    change(true);
  };
  const up = (event) => event.code === code && change(false);
  const left = () => change(false);
  window.addEventListener("keydown", down);
  window.addEventListener("keyup", up);
  window.addEventListener("blur", left);
}
