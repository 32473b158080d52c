/**
 * The chat's HTTP calls. On BitP's own pages the session's cookie says who it is; on other
 * sites no cookie is sent, only what the page itself holds.
 */

const WAIT_MS = 20_000;

/** The server said no: `status`, `code` (of its problem details), `retry_s`, `state`. */
export class ApiError extends Error {
  constructor(status, code, detail, retry_s) {
    super(code);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retry_s = retry_s;
    // What it means for the live connection (client/connection.js).
    if (status === 429) this.state = "blocked";
    else if (status === 401 || status === 403 || status === 404) this.state = "signed_out";
  }
}

export class Api {
  #access = "";

  constructor({ origin, own }) {
    this.origin = origin;
    this.own = own;
  }

  /** Who we are, who is there, our conversations; its `access` is used from then on. */
  async enter(body) {
    const answer = await this.#call("POST", "/chat/ticket", body);
    this.#access = answer.access;
    return answer;
  }

  leave() {
    this.#access = "";
  }

  conversation(reference, before = 0) {
    const page = before ? `?before=${before}` : "";
    return this.#call("GET", `/chat/conversations/${reference}${page}`);
  }

  place(reference) {
    return this.#call("GET", `/chat/conversations/${reference}/place`);
  }

  leaveAddress(reference, email) {
    return this.#call("POST", `/chat/conversations/${reference}/address`, { email });
  }

  reopen(reference) {
    return this.#call("POST", `/chat/conversations/${reference}/reopen`, {});
  }

  get headers() {
    return { Authorization: `Bearer ${this.#access}` };
  }

  async #call(method, path, body) {
    const headers = this.#access && path !== "/chat/ticket" ? this.headers : {};
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(this.origin + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      credentials: this.own ? "same-origin" : "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(WAIT_MS),
    });
    if (!response.ok) throw await problem(response);
    return response.status === 204 ? null : response.json();
  }
}

async function problem(response) {
  const told = await response.json().catch(() => ({}));
  const retry_s = Number(response.headers.get("Retry-After")) || told.retry_s || 0;
  return new ApiError(response.status, told.code ?? "failed", told.detail ?? "", retry_s);
}
