// The live channel: one socket, reconnecting for ever, resuming each room where it stopped.

const SILENCE = 2500; // the server ticks every second; two missing ticks are a lost link
const DEAD = 8000; // after which the socket itself is given up
const FIRST_DELAY = 500;
const LAST_DELAY = 15000;
const NOT_ALLOWED = new Set([1008, 4401, 4403]);

/** The wait before the nth try, with jitter so that many screens do not come back at once. */
export const delay = (tries, random = Math.random) =>
  Math.min(LAST_DELAY, FIRST_DELAY * 2 ** tries) * (0.5 + random() / 2);

export class Channel {
  /**
   * `handle(message)` gets every message; `state(name)` hears "connecting", "open", "lost" or "refused".
   * `resume()` returns {room: seq} for what is known already; `rooms` is what to subscribe to.
   */
  constructor({ rooms, handle, state, resume }) {
    Object.assign(this, { rooms, handle, report: state, resume });
    this.state = "connecting";
    this.tries = 0;
    this.heard = 0;
  }

  start() {
    this.open();
    this.watch = setInterval(() => this.check(), 250);
    // A laptop that wakes up should not wait out a long delay.
    const now = () => {
      const closed = this.socket.readyState > WebSocket.OPEN;
      if (document.visibilityState === "visible" && this.state === "lost" && closed) this.again(0);
    };
    document.addEventListener("visibilitychange", now);
    window.addEventListener("online", now);
  }

  open() {
    clearTimeout(this.timer);
    this.timer = 0;
    const url = new URL("/ws/v1", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, "streambot.v1");
    this.socket = socket;
    socket.onopen = () => this.subscribe(this.resume());
    socket.onmessage = (event) => {
      if (socket !== this.socket) return;
      this.heard = performance.now();
      this.tries = 0;
      this.set("open");
      this.handle(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      if (NOT_ALLOWED.has(event.code)) return this.refuse();
      this.set("lost");
      this.again(delay(this.tries++));
      if (!this.heard) this.ask();
    };
  }

  /** A socket that never opened does not say why; a plain request does. */
  async ask() {
    const answer = await fetch("/ws/v1").catch(() => null);
    if (answer?.status === 401 || answer?.status === 403) this.refuse();
  }

  refuse() {
    clearInterval(this.watch);
    clearTimeout(this.timer);
    this.set("refused");
  }

  /** Ask for the rooms: from where `resume` stands, or from a fresh snapshot. */
  subscribe(resume = {}) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ t: "sub", rooms: this.rooms, resume }));
    }
  }

  again(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait);
  }

  check() {
    if (this.socket.readyState !== WebSocket.OPEN || !this.heard) return;
    const silent = performance.now() - this.heard;
    if (silent > SILENCE) this.set("lost");
    if (silent > DEAD) {
      // A dead network may take minutes to close a socket: leave it and take another.
      this.heard = 0;
      this.socket.close();
      this.open();
    }
  }

  set(state) {
    if (state === this.state) return;
    this.state = state;
    this.report(state);
  }
}
