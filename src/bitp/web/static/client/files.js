/**
 * Files on their way and files in messages, for the widget and the console alike.
 *
 *   const tray = new FileTray({ words, start, discard, changed });
 *   composer.before(tray.element); tray.add(input.files);
 *   if (!tray.isBusy) send(text, tray.ready());            // [{reference, name, …}]
 *
 * start(file, onprogress) => {done: promise of the server's object, abort()}; see uploading().
 */

// One message carries so many; the server's own limit may be lower.
export const FILES_MAX = 10;
const KILO = 1000;

/** Starts the upload of one file: its bytes as they are, its name in a header. */
export function uploading(address, headers, file, onprogress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.toWellFormed?.() ?? file.name));
    request.setRequestHeader("X-File-Type", file.type);
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onload = () => {
      const told = parsed(request.responseText);
      if (request.status === 201) resolve(told);
      else reject(Object.assign(new Error(told.code), { code: told.code ?? "other", status: request.status }));
    };
    request.onerror = request.ontimeout = () => reject(Object.assign(new Error(), { code: "offline" }));
    request.onabort = () => reject(Object.assign(new Error(), { code: "aborted" }));
    request.send(file);
  });
  return { done, abort: () => request.abort() };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

export class FileTray {
  #words;
  #start;
  #discard;
  #changed;
  #items = [];

  constructor({ words, start, discard, changed }) {
    this.#words = words;
    this.#start = start;
    this.#discard = discard;
    this.#changed = changed;
    this.element = made("ul", "files-tray", { "aria-label": words.files });
    this.element.hidden = true;
  }

  /** Something is still on its way. */
  get isBusy() {
    return this.#items.some((item) => item.state === "sending");
  }

  get hasReady() {
    return this.#items.some((item) => item.state === "ready");
  }

  /** What may be sent with the next message. */
  ready() {
    return this.#items.filter((item) => item.state === "ready").map((item) => item.told);
  }

  /** Begins to upload each; what is one too many says so. */
  add(files) {
    for (const file of files) {
      const item = { file, drawn: made("li", "files-item") };
      this.#items.push(item);
      this.element.append(item.drawn);
      if (this.#items.length > FILES_MAX) this.#fail(item, "too_many_files");
      else if (!file.size) this.#fail(item, "empty_file");
      else this.#send(item);
    }
    this.#told();
  }

  /** The message took what was ready; what failed stays, so that it can be tried again. */
  clear() {
    this.#items.filter((item) => item.state === "ready").forEach((item) => this.#drop(item));
  }

  /** Leaves everything: another conversation is open. */
  leave() {
    for (const item of [...this.#items]) this.#remove(item);
  }

  #send(item) {
    item.state = "sending";
    const bar = made("progress", "files-bar", { max: 1, value: 0, "aria-label": item.file.name });
    const percent = made("span", "files-percent");
    this.#draw(item, bar, percent, this.#button("cancel", () => this.#remove(item)));
    const progress = (part) => {
      bar.value = part;
      percent.textContent = part < 1 ? this.#words.sending(Math.floor(part * 100)) : this.#words.checked;
    };
    item.upload = this.#start(item.file, progress);
    item.upload.done.then(
      (told) => this.#done(item, told),
      (error) => error.code !== "aborted" && this.#fail(item, error.code),
    );
  }

  #done(item, told) {
    Object.assign(item, { state: "ready", told });
    const note = told.state === "checking" ? this.#words.checking : sizeOf(told.size_bytes);
    this.#draw(item, made("span", "files-size", {}, note), this.#button("remove", () => this.#remove(item)));
    this.#told();
  }

  #fail(item, code) {
    item.state = "failed";
    const why = this.#words.failed[code] ?? this.#words.failed.other;
    const again = code === "offline" || code === "busy" || code === "cut_off" || code === "too_many" || code === "other";
    this.#draw(
      item,
      made("span", "files-why", { role: "alert" }, why),
      again && this.#button("retry", () => (this.#send(item), this.#told())),
      this.#button("remove", () => this.#remove(item)),
    );
    this.#told();
  }

  #draw({ drawn, file }, ...parts) {
    drawn.replaceChildren(made("bdi", "files-name", {}, file.name), ...parts.filter(Boolean));
  }

  #button(word, act) {
    const button = made("button", "files-act", { type: "button" }, this.#words[word]);
    button.onclick = act;
    return button;
  }

  #remove(item) {
    item.upload?.abort();
    if (item.state === "ready") this.#discard(item.told.reference);
    this.#drop(item);
  }

  #drop(item) {
    this.#items.splice(this.#items.indexOf(item), 1);
    item.drawn.remove();
    this.#told();
  }

  #told() {
    this.element.hidden = !this.#items.length;
    this.#changed();
  }
}

/** The files of a message. show(img, file): sets its source; open(file): on a click. */
export function drawFiles(files, { words, show, open }) {
  const list = made("ul", "files");
  for (const file of files) list.append(made("li", "files-sent", {}, drawFile(file, words, show, open)));
  return list;
}

function drawFile(file, words, show, open) {
  if (file.state === "refused" || file.state === "erased") return made("span", "files-gone", {}, words[file.state]);
  const name = made("bdi", "files-name", {}, file.name);
  if (file.state === "checking") return made("span", "files-gone", {}, name, ` · ${words.checking}`);
  const button = made("button", "files-open", { type: "button", "aria-label": words.open(file.name) });
  button.onclick = () => open(file);
  if (!file.thumbnail) {
    button.append(name, made("span", "files-size", {}, sizeOf(file.size_bytes)));
    return button;
  }
  // Its place is kept until it is there, so that nothing jumps.
  const image = made("img", "files-picture", { alt: file.name, width: file.width, height: file.height, loading: "lazy" });
  image.onerror = () => button.replaceChildren(name);
  button.append(image);
  show(image, file);
  return button;
}

/** "1.2 MB", in thousands as files are counted on phones. */
export function sizeOf(bytes) {
  const kilo = bytes / KILO;
  return kilo < KILO ? `${Math.max(1, Math.round(kilo))} kB` : `${(kilo / KILO).toFixed(1)} MB`;
}

function made(tag, name, attributes = {}, ...children) {
  const element = document.createElement(tag);
  element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
