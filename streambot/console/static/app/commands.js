// What people ask for goes by POST, with a key so that a repeated request is done once.

const TIMEOUT = 5000;

/** 128 random bits; crypto.randomUUID is missing on plain http pages in a studio's network. */
function key() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
}

/** What an address of the API says; `status` 0 when the server could not be reached. */
export async function get(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) });
    return { ...(await answer.json()), status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

/** Ask for something at an address of the API, once; `status` 0 when the server could not be reached. */
export async function order(url, body) {
  return post(url, body, { "Idempotency-Key": key() }).catch(() => ({ ok: false, status: 0 }));
}

/** Send one command. Returns the answer with its `status`; status 0 when the server could not be reached. */
export async function send(room, command) {
  const url = `/api/v1/rooms/${encodeURIComponent(room)}/commands`;
  const headers = { "Idempotency-Key": key() };
  for (const last of [false, true]) {
    try {
      return await post(url, command, headers);
    } catch {
      if (last) return { ok: false, status: 0 };
    }
  }
}

/**
 * Exchange the link's token (#k=…) for a cookie, and take it out of the address bar, where it could end on air.
 * Returns false if the server refuses the token.
 */
export async function signIn() {
  const token = new URLSearchParams(location.hash.slice(1)).get("k");
  if (!token) return true;
  const answer = await post("/api/v1/session", { k: token }).catch(() => ({ status: 0 }));
  if (answer.status === 401 || answer.status === 403) return false;
  if (answer.status) history.replaceState(null, "", location.pathname + location.search);
  return true;
}
