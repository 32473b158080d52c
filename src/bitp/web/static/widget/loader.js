/**
 * BitP's chat on any page:
 *
 *   <script src="https://…/widget.js" defer data-inbox="site"></script>
 *
 * data-inbox   the inbox's public key          data-theme   light or dark (else as the system)
 * data-locale  en or zh-hans (else as the page or the browser)
 *
 * Until somebody opens it this file is all there is: a button; no socket, no cookie, nothing
 * written to the browser's storage. Everything else loads at the first open.
 *
 *   BitP.open({topic, about, conversation})   BitP.close()
 *   BitP.identify(token)   the host's signed word for its user; call it on every page
 *   BitP.logout()          forgets the person, their conversations and unsent messages
 *   BitP.locale("zh-hans")
 *   BitP.on("open" | "close" | "unread" | "identity", fn)   returns a function that ends it
 *
 * Calls before this file has loaded: (window.BitP = window.BitP || []).push(["open", {…}]).
 */
(() => {
  if (window.BitP?.open) return;
  const queued = Array.isArray(window.BitP) ? window.BitP : [];
  const script = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
  const origin = new URL(script.src).origin;
  const own = origin === location.origin;
  const asset = (name) => `${origin}/widget/${name}?v=VERSION_OF_THE_WIDGET`;
  const TAB = "bitp.chat.tab";
  const KEYS = /^bitp\.chat\./;
  const SVG = "http://www.w3.org/2000/svg";

  const WORDS = {
    en: {
      open: "Chat with a person",
      unread: (n) => `Chat with a person, ${n} new ${n === 1 ? "message" : "messages"}`,
      failed: "The chat could not be loaded. Please check your connection and press the button again.",
    },
    "zh-hans": {
      open: "联系人工客服",
      unread: (n) => `联系人工客服，${n} 条新消息`,
      failed: "聊天窗口未能加载。请检查网络后再点一次按钮。",
    },
  };

  const STYLE = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483000 !important;
      inset: auto 0 0 auto !important; inline-size: 0 !important; block-size: 0 !important;
      --accent: #0b7a62; --on-accent: #ffffff; --danger: #a5301d; --surface: #ffffff; --ink: #1a1f1e; }
    @media (prefers-color-scheme: dark) { :host(:not([data-theme="light"])) {
      --accent: #3cc7a3; --on-accent: #05221b; --surface: #171c1b; --ink: #e8ecea; --danger: #f29a8b; } }
    :host([data-theme="dark"]) {
      --accent: #3cc7a3; --on-accent: #05221b; --surface: #171c1b; --ink: #e8ecea; --danger: #f29a8b; }
    [hidden] { display: none !important; }
    .launcher { position: fixed; inset: auto max(24px, env(safe-area-inset-right)) var(--bitp-launcher-bottom, max(24px, env(safe-area-inset-bottom))) auto;
      inline-size: 56px; block-size: 56px; padding: 0; border: 0; border-radius: 50%; cursor: pointer;
      display: grid; place-items: center; background: var(--accent); color: var(--on-accent);
      box-shadow: 0 4px 16px rgb(16 20 19 / 24%); font: 600 12px/20px system-ui, sans-serif; }
    .launcher:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    .launcher[aria-busy="true"] { cursor: progress; opacity: 0.75; }
    .launcher svg { inline-size: 26px; block-size: 26px; fill: none; stroke: currentcolor; stroke-width: 1.7;
      stroke-linecap: round; stroke-linejoin: round; }
    .count { position: absolute; inset: -4px -4px auto auto; min-inline-size: 20px; box-sizing: border-box;
      padding-inline: 5px; border-radius: 10px; background: var(--danger); color: var(--surface);
      font-variant-numeric: tabular-nums; text-align: center; }
    .failed { position: fixed; inset: auto 24px calc(var(--bitp-launcher-bottom, 24px) + 68px) auto; margin: 0;
      max-inline-size: 260px; padding: 12px 16px; border-radius: 10px; background: var(--surface); color: var(--ink);
      box-shadow: 0 8px 28px rgb(16 20 19 / 20%); font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
    @media (forced-colors: active) { .launcher { border: 1px solid ButtonText; } }`;

  const listeners = {};
  const settings = { origin, own, inbox: script.dataset.inbox ?? "", identity: "" };
  let language = chooseLanguage(script.dataset.locale);
  let app = null;
  let loading = null;
  let tries = 0;
  let unread = 0;

  const host = document.createElement("bitp-chat");
  const root = host.attachShadow({ mode: "open" });
  const button = document.createElement("button");
  const count = document.createElement("span");
  const failed = document.createElement("p");

  function chooseLanguage(asked) {
    const page = document.documentElement.lang;
    const tag = asked || (/^(zh|en)\b/i.test(page) ? page : navigator.language);
    return /^zh/i.test(tag) ? "zh-hans" : "en";
  }

  function addStyle(text) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Browsers before constructable style sheets.
      root.append(Object.assign(document.createElement("style"), { textContent: text }));
    }
  }

  function drawIcon() {
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", "M5 4.5h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7.5L7 21v-3.5H5a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2ZM8 9.5h8M8 13h5");
    icon.append(path);
    return icon;
  }

  function showTheme() {
    const theme = script.dataset.theme || (own && document.documentElement.dataset.theme);
    if (theme) host.dataset.theme = theme;
    else delete host.dataset.theme;
  }

  function name() {
    const words = WORDS[language];
    host.lang = language === "en" ? "en" : "zh-Hans";
    button.setAttribute("aria-label", unread ? words.unread(unread) : words.open);
    button.title = words.open;
    count.textContent = unread > 99 ? "99+" : unread;
    count.hidden = !unread;
    failed.textContent = failed.hidden ? "" : words.failed;
  }

  function tell(event, detail) {
    for (const fn of listeners[event] ?? []) {
      try {
        fn(detail);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    }
  }

  /** What the rest of the widget may do to the button and to the page's listeners. */
  const shell = {
    root,
    button,
    settings,
    asset,
    addStyle,
    tell,
    language: () => language,
    showUnread(n) {
      if (n === unread) return;
      unread = n;
      name();
      tell("unread", n);
    },
    showOpen(isOpen) {
      button.hidden = isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
      tell(isOpen ? "open" : "close");
    },
  };

  /** Loads the rest, once; a failure is shown and can be tried again. */
  function load() {
    // Some browsers remember that a module failed: another address is asked anew.
    loading ??= import(asset("app.js") + (tries++ ? `-${tries}` : ""))
      .then((module) => module.start(shell))
      .then((started) => {
        failed.hidden = true;
        name();
        return (app = started);
      })
      .catch((error) => {
        loading = null;
        failed.hidden = false;
        name();
        throw error;
      })
      .finally(() => button.removeAttribute("aria-busy"));
    return loading;
  }

  async function open(options = {}) {
    button.setAttribute("aria-busy", "true");
    return (await load()).open(options);
  }

  const api = {
    open: (options) => open(options).catch(() => {}),
    close: () => app?.close(),
    identify(token) {
      settings.identity = String(token ?? "");
      return app?.identify();
    },
    logout() {
      settings.identity = "";
      if (app) return app.logout();
      return forget();
    },
    locale(tag) {
      language = chooseLanguage(tag);
      name();
      return app?.relabel();
    },
    on(event, fn) {
      (listeners[event] ??= new Set()).add(fn);
      return () => listeners[event].delete(fn);
    },
    push: (...calls) => calls.forEach(([method, ...values]) => api[method]?.(...values)),
  };

  /** Signing out on a page where the chat was never opened still leaves nothing behind. */
  function forget() {
    for (const storage of stores()) {
      for (const key of Object.keys(storage)) if (KEYS.test(key)) storage.removeItem(key);
    }
  }

  function stores() {
    try {
      return [localStorage, sessionStorage];
    } catch {
      return [];
    }
  }

  /** A chat opened on an earlier page of this tab goes on here, as it was left. */
  function goOn() {
    const left = stores()[1]?.getItem(TAB);
    const conversation = new URLSearchParams(location.search).get("conversation");
    // A link in a mail of ours leads to its conversation.
    if (own && location.hash === "#chat" && conversation) api.open({ conversation });
    else if (left === "open") api.open({ back: true });
    else if (left === "closed") load().catch(() => {});
  }

  function mount() {
    button.className = "launcher";
    button.type = "button";
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.onclick = () => api.open({});
    count.className = "count";
    count.setAttribute("aria-hidden", "true");
    failed.className = "failed";
    failed.setAttribute("role", "alert");
    failed.hidden = true;
    button.append(drawIcon(), count);
    root.append(failed, button);
    addStyle(STYLE);
    showTheme();
    name();
    document.body.append(host);
    if (own) new MutationObserver(showTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    goOn();
  }

  window.BitP = api;
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
  api.push(...queued);
})();
