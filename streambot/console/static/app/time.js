// Clocks and durations. Times from the server are ISO 8601 UTC; everything here is milliseconds.

const two = (number) => String(number).padStart(2, "0");

/** A duration as H:MM:SS. */
export function hms(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A duration as M:SS, for ages in the queue. */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds < 3600 ? `${Math.floor(seconds / 60)}:${two(seconds % 60)}` : hms(ms);
}

/** The offset in the broadcast, the clock that everybody on the floor talks in. */
export const tplus = (ms, t0) => `T+${hms(ms - t0).padStart(8, "0")}`;

/** The wall clock of this screen, 24 hours. */
export function clock(ms, seconds = true) {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}${seconds ? `:${two(at.getSeconds())}` : ""}`;
}

/** A lag in words short enough for a header. */
export const lag = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
