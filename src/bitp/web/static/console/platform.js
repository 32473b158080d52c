// What this computer calls the keys that send.

const IS_APPLE = /Mac|iPhone|iPad/u.test(navigator.platform);

/** The keys that always send what is being written. */
export const SEND_KEYS = IS_APPLE ? ["⌘", "⏎"] : ["Ctrl", "⏎"];
