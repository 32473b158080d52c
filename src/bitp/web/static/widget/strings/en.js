/** The chat's words in English. zh-hans.js has the same keys; a test compares them. */

const many = (n, one, more) => (n === 1 ? one : more);

export default {
  title: "Chat with BitP",
  close: "Close the chat",
  back: "Back",
  loading: "Loading",
  you: "You",
  us: "BitP",

  // Start
  help: "How can we help?",
  hereNow: (names) => `Here now: ${names}`,
  waitNone: "Someone can answer you now.",
  waitMinutes: (n) => `About ${n} ${many(n, "minute", "minutes")} until someone answers.`,
  waitPeople: (n) =>
    `${n} ${many(n, "person is", "people are")} waiting. We cannot say yet how long it takes.`,
  nobody: "Nobody is at the desk right now.",
  nobodyUntil: (when) => `Someone will be here ${when}.`,
  nobodyUnknown: "We cannot say yet when someone will be back.",
  nobodyLeave: "Write now all the same: it is kept, and you are told by e-mail when the answer comes.",
  topic: "What is it about?",
  topics: {
    account: "Locked out",
    deposit: "Deposit",
    withdrawal: "Withdrawal",
    order: "Order",
    security: "Security or phishing",
    privacy: "Privacy",
    technical: "Technical",
    other: "Something else",
  },
  about: {
    account: "When did it start, and what do you see?",
    deposit: "Which asset and network, and when did you send it?",
    withdrawal: "Which withdrawal, and what does it say?",
    order: "Which order, and what happened?",
    security: "What happened, and when?",
    privacy: "What would you like to know or change?",
  },
  attached: "Your message will say what it is about.",
  detach: "Leave that out",
  yours: "Your conversations",
  unread: (n) => `${n} new`,
  ways: "Other ways to reach a person",
  way: {
    email: "E-mail",
    phone: "Phone",
    x: "X",
    facebook: "Facebook",
    telegram: "Telegram",
    whatsapp: "WhatsApp",
  },
  emailPromise: "answered within 24 hours",
  real: "You are talking to the real BitP.",
  realCheck: "How to check",

  // Conversation
  person: "a person",
  standIn: "a stand-in for this demo, not a person",
  program: "sent by a program, not a person",
  waitingForPerson: "Waiting for a person",
  reference: (reference) => `Conversation ${reference}`,
  position: (n) => `You are number ${n}`,
  positionWait: (n, minutes) =>
    `You are number ${n}, about ${minutes} ${many(minutes, "minute", "minutes")}`,
  log: "Messages",
  earlier: "Show earlier messages",
  newest: "New messages",
  typing: (name) => `${name} is typing`,
  someoneTyping: "Someone is typing",
  said: (name, time) => `${name}, ${time}:`,
  states: {
    sending: "Sending",
    waiting: "Waiting to be sent",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    failed: "Not sent",
  },
  retry: "Try again",
  discard: "Delete",
  reasons: {
    too_long: "It is too long.",
    empty: "There is nothing to send.",
    closed: "This conversation is closed.",
    blocked_text: "It contains characters that cannot be stored.",
    not_found: "This conversation is not here any more.",
    conflict: "Something else was sent under its number.",
  },
  reasonOther: "The server did not accept it.",
  system: {
    agent_joined: ({ name }) => (name ? `${name} joined` : "Someone joined"),
    agent_left: ({ name }) => (name ? `${name} left; a colleague will go on` : "A colleague will go on"),
    resolved: ({ name }) => (name ? `${name} marked this as settled` : "This was marked as settled"),
    reopened: () => "The conversation was opened again",
    away: ({ when }) =>
      `Nobody is at the desk right now. Your message is kept.${when ? ` Someone will be here ${when}.` : ""}`,
    safety_reply: () =>
      "Your message held what looks like a seed phrase or a private key. We removed it before it was stored: nobody here could read it. " +
      "But it has left your device: whoever has it can take everything in that wallet, and nobody can reverse that. " +
      "Please create a new wallet on a device you trust now, and move all funds to it. " +
      "Nobody at BitP ever asks for a seed phrase, a private key, a password or a code.",
    stand_in: () => "Nobody is at the console, so a stand-in answers in this demo",
  },
  systemOther: "Something changed in this conversation",
  erased: "This message was erased",
  unsupported: "This kind of message cannot be shown here. Please reload the page.",
  removed: {
    seed_phrase: "seed phrase removed",
    private_key: "private key removed",
    api_secret: "API secret removed",
    otpauth: "authenticator secret removed",
    one_time_code: "one-time code removed",
    card: "card number removed",
    resident_id: "ID number removed",
    iban: "bank account removed",
  },
  removedOther: "secret removed",
  removedNotice:
    "We took a secret out before sending. Nobody at BitP needs it or will ever ask for it.",

  // Writing
  attach: "Attach files",
  write: "Write a message",
  send: "Send",
  emoji: "Insert an emoji",
  left: (n) => `${n} ${many(n, "character", "characters")} left`,
  tooLong: (n) => `${n} ${many(n, "character", "characters")} too many: please send it in two parts.`,
  full: "Too much is waiting to be sent. It will go as soon as there is a connection.",

  // Leaving an address
  addressAsk: "Where should we tell you when the answer comes?",
  address: "Your e-mail address",
  addressSave: "Tell me by e-mail",
  addressSaved: (email) => `We will write to ${email} when the answer comes.`,
  addressBad: "This does not look like an e-mail address. Please check it.",

  // End
  closed: "This conversation is settled.",
  reopen: "Open it again",
  begin: "Start a new one",

  // When something is in the way
  offline: "No connection. What you write is kept and sent as soon as you are back.",
  offlineNow: "No connection.",
  trying: "We keep trying.",
  blocked: "Too many connections from this network just now.",
  blockedSoon: (s) => `We try again in ${s} ${many(s, "second", "seconds")}. What you write is kept.`,
  signedOut: "You are signed out here.",
  signedOutGo: "Go on",
  outdated: "There is a newer version of this chat.",
  outdatedGo: "Reload the page",
  notHere: "The chat is not available on this page.",
  failed: "That did not work. Nothing was lost; please try again.",
  again: "Try again",
};
