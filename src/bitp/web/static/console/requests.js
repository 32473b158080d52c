// Asking the server: JSON in, JSON or a Refusal out. Being locked or signed out is told in one place.

// An answer that takes longer than this counts as no network.
const ANSWER_WAIT_MS = 20_000;
// Signed out or locked; or the page's token is not this session's any more.
const FORBIDDEN = new Set([401, 403]);

/** The server said no, or could not be reached (status 0, code "offline"). */
export class Refusal extends Error {
  constructor(status, code, title = "", retry_s = 0) {
    super(code);
    this.status = status;
    this.code = code;
    this.title = title;
    this.retry_s = retry_s;
  }

  get isOffline() {
    return this.status === 0 || this.status >= 502;
  }
}

export class Requests {
  #csrf;
  #onRefusal;

  /** csrf: the page's token; onRefusal(refusal): told of every 401 and 403. */
  constructor(csrf, onRefusal) {
    this.#csrf = csrf;
    this.#onRefusal = onRefusal;
  }

  /** After unlocking or signing in again the page needs the new token. */
  useToken(csrf) {
    this.#csrf = csrf;
  }

  /** For what is not JSON: a file. */
  get headers() {
    return { Accept: "application/json", "X-CSRFToken": this.#csrf };
  }

  /** GET; `parameters` that are empty are left out. */
  get(address, parameters = {}) {
    const asked = Object.entries(parameters).filter(([, value]) => value !== "" && value);
    const query = new URLSearchParams(asked).toString();
    return this.#ask(query ? `${address}?${query}` : address, { method: "GET" });
  }

  /** POST with a JSON body. */
  post(address, body = {}) {
    return this.#ask(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrf },
      body: JSON.stringify(body),
    });
  }

  async #ask(address, options) {
    const answer = await this.#reach(address, options);
    const body = await readJson(answer);
    if (answer.ok && body !== null) return body;
    const code = body?.code ?? (answer.redirected ? "signed_out" : "unexpected");
    const retry_s = Number(answer.headers.get("Retry-After")) || 0;
    const refusal = new Refusal(answer.status, code, body?.title ?? "", retry_s);
    if (FORBIDDEN.has(answer.status) || code === "signed_out") this.#onRefusal(refusal);
    throw refusal;
  }

  async #reach(address, options) {
    try {
      return await fetch(address, {
        credentials: "same-origin",
        signal: AbortSignal.timeout(ANSWER_WAIT_MS),
        ...options,
        headers: { Accept: "application/json", ...options.headers },
      });
    } catch {
      throw new Refusal(0, "offline");
    }
  }
}

async function readJson(answer) {
  if (answer.status === 204) return {};
  const type = answer.headers.get("Content-Type") ?? "";
  if (!type.includes("json")) return null;
  try {
    return await answer.json();
  } catch {
    return null;
  }
}
