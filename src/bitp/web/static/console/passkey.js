// Asking the browser for a passkey, or making one: options from the server, the answer back to it.
//
//   prove({ options, finish, csrf, more }) and make({ … }) resolve to the server's JSON.
//   options, finish: addresses; more: what else to send along, to both: what is wrong with it is
//   better said before a passkey is made than after.
// They reject with a PasskeyProblem whose code is "cancelled", "unsupported", "offline", or the
// server's own code; its title is the server's sentence.

const JSON_TYPE = "application/json";

export class PasskeyProblem extends Error {
  constructor(code, title = "", errors = null) {
    super(code);
    this.code = code;
    this.title = title;
    this.errors = errors;
  }
}

/** Whether this browser can use passkeys on this page at all. */
export function canUsePasskeys() {
  return window.isSecureContext && "PublicKeyCredential" in window;
}

export function prove(asked) {
  return ceremony(asked, (publicKey) =>
    navigator.credentials.get({ publicKey: withBytes(publicKey, "allowCredentials") }),
  );
}

export function make(asked) {
  return ceremony(asked, (publicKey) => {
    const user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
    const whole = { ...withBytes(publicKey, "excludeCredentials"), user };
    return navigator.credentials.create({ publicKey: whole });
  });
}

async function ceremony({ options, finish, csrf, more = {} }, ask) {
  if (!canUsePasskeys()) throw new PasskeyProblem("unsupported");
  const { publicKey } = await post(options, csrf, more);
  let credential;
  try {
    credential = await ask(publicKey);
  } catch {
    // Closed, timed out, no passkey: browsers do not say which, on purpose.
    throw new PasskeyProblem("cancelled");
  }
  return post(finish, csrf, { ...more, credential: plain(credential) });
}

async function post(address, csrf, body) {
  const answer = await reach(address, csrf, body);
  const type = answer.headers.get("Content-Type") ?? "";
  const said = type.includes("json") ? await answer.json() : {};
  if (answer.ok) return said;
  throw new PasskeyProblem(said.code ?? "unexpected", said.title ?? "", said.errors ?? null);
}

async function reach(address, csrf, body) {
  try {
    return await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: JSON_TYPE, "Content-Type": JSON_TYPE, "X-CSRFToken": csrf },
      body: JSON.stringify(body),
    });
  } catch {
    throw new PasskeyProblem("offline");
  }
}

function withBytes(publicKey, list) {
  const known = (publicKey[list] ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));
  return { ...publicKey, challenge: toBytes(publicKey.challenge), [list]: known };
}

/** The credential as the JSON of the Web Authentication standard. */
function plain(credential) {
  const { response } = credential;
  const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  const sent = {};
  for (const field of fields) if (response[field]) sent[field] = toText(response[field]);
  if (response.userHandle) sent.userHandle = toText(response.userHandle);
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: sent,
  };
}

function toBytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
}

function toText(bytes) {
  const characters = Array.from(new Uint8Array(bytes), (each) => String.fromCharCode(each));
  return btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
