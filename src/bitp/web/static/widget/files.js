/** The widget's files: loaded when the first one is sent, or stands in a message. */

import { FileTray, drawFiles, uploading } from "../client/files.js";
import { FILES_WORDS } from "../client/files_words.js";

// A picture's object URL is let go of when the browser had time to open it.
const OPEN_MS = 60_000;
const ACCEPTED = "image/*,video/*,application/pdf,text/plain,.csv";

let styled = false;

/** The style of files, once: nothing of it is loaded before the first one. */
async function style({ shell }) {
  if (styled) return;
  styled = true;
  const response = await fetch(shell.asset("files.css"), { credentials: "omit" });
  if (response.ok) shell.addStyle(await response.text());
}

/** Adds the files to the composer's tray; without files asks for some. context: app.js. */
export function attach(context, talk, composer, files) {
  style(context);
  composer.tray ??= makeTray(context, talk, composer);
  if (files) composer.tray.add(files);
  else composer.tray.input.click();
}

function makeTray({ api, language }, talk, composer) {
  const where = () => (talk.reference ? `conversation=${talk.reference}` : `thread=${talk.threadId}`);
  const tray = new FileTray({
    words: FILES_WORDS[language],
    start: (file, onprogress) => {
      const address = `${api.origin}/chat/attachments?${where()}`;
      return uploading(address, { ...api.headers, "Accept-Language": language }, file, onprogress);
    },
    discard: (reference) => ask(api, `${reference}/discard`, "POST").catch(() => {}),
    changed: () => composer.refresh(),
  });
  // On a phone this offers the camera beside the pictures.
  tray.input = Object.assign(document.createElement("input"), { type: "file", multiple: true, accept: ACCEPTED, hidden: true });
  tray.input.onchange = () => {
    tray.add([...tray.input.files]);
    tray.input.value = "";
    composer.focus();
  };
  composer.element.prepend(tray.element, tray.input);
  return tray;
}

/** The files of a message as page elements. */
export function draw(context, files) {
  const { api, language } = context;
  style(context);
  return drawFiles(files, {
    words: FILES_WORDS[language],
    show: async (image, { reference }) => {
      try {
        image.src = await urlOf(await ask(api, `${reference}?size=small`));
      } catch {
        image.onerror();
      }
    },
    open: async ({ reference, name, thumbnail }) => {
      const url = await urlOf(await ask(api, reference)).catch(() => "");
      if (!url) return;
      const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener" });
      if (!thumbnail) link.download = name;
      link.click();
    },
  });
}

async function ask({ origin, own, headers }, path, method = "GET") {
  const credentials = own ? "same-origin" : "omit";
  const answer = await fetch(`${origin}/chat/attachments/${path}`, { method, headers, credentials });
  if (!answer.ok) throw new Error(answer.status);
  return answer;
}

async function urlOf(answer) {
  const url = URL.createObjectURL(await answer.blob());
  setTimeout(() => URL.revokeObjectURL(url), OPEN_MS);
  return url;
}
