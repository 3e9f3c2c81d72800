// The learner's work on the start page: one file out of the browser, and back into it.
"use strict";

(() => {
  const STORAGE = "eduflow: your lessons"; // as in tools/lite/build.py
  const RECORD = ".eduflow/course.json";
  const PROGRESS = ".eduflow/progress.json";
  const LESSON = /^lessons\/\d\d_\w+\.ipynb$/;
  const say = (text) => {
    document.getElementById("said").textContent = text;
  };

  // The browser's storage, as JupyterLite writes it: a path and what lies there

  function open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(STORAGE);
      asked.onupgradeneeded = () => asked.result.createObjectStore("files");
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => resolve(asked.result);
    });
  }

  async function stored(mode, work) {
    const base = await open();
    try {
      if (!base.objectStoreNames.contains("files")) return work(null, new Map());
      const change = base.transaction("files", mode);
      const done = new Promise((resolve, reject) => {
        change.oncomplete = resolve;
        change.onabort = change.onerror = () => reject(change.error);
      });
      const shelf = change.objectStore("files");
      const files = await new Promise((resolve, reject) => {
        const found = new Map();
        const cursor = shelf.openCursor();
        cursor.onerror = () => reject(cursor.error);
        cursor.onsuccess = () => {
          const at = cursor.result;
          if (!at) return resolve(found);
          found.set(at.key, at.value);
          at.continue();
          return undefined;
        };
      });
      const result = work(shelf, files);
      await done;
      return result;
    } finally {
      base.close();
    }
  }

  const toBytes = ({ format, content }) => {
    if (format === "base64") return Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
    const text = format === "json" ? JSON.stringify(content, null, 1) + "\n" : content;
    return new TextEncoder().encode(text ?? "");
  };

  function model(path, bytes) {
    const now = new Date().toISOString();
    const name = path.split("/").at(-1);
    const common = { name, path, created: now, last_modified: now, size: bytes.length, writable: true };
    if (path.endsWith(".ipynb")) {
      const content = JSON.parse(new TextDecoder().decode(bytes));
      return { ...common, type: "notebook", format: "json", mimetype: "application/json", content };
    }
    try {
      const content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      return { ...common, type: "file", format: "text", mimetype: "text/plain", content };
    } catch {
      const content = btoa(bytes.reduce((all, byte) => all + String.fromCharCode(byte), ""));
      const mimetype = "application/octet-stream";
      return { ...common, type: "file", format: "base64", mimetype, content };
    }
  }

  function folders(path) {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, number) => parts.slice(0, number + 1).join("/"));
  }

  function put(shelf, path, item) {
    const now = new Date().toISOString();
    for (const folder of folders(path)) {
      const name = folder.split("/").at(-1);
      const about = { name, path: folder, created: now, last_modified: now, size: 0 };
      const kind = { format: "json", mimetype: "", content: null, writable: true, type: "directory" };
      shelf.put({ ...about, ...kind }, folder);
    }
    shelf.put({ ...item, path, name: path.split("/").at(-1) }, path);
  }

  const stamp = () => new Date().toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");

  function same(a, b) {
    return a.length === b.length && a.every((byte, place) => byte === b[place]);
  }

  async function closed() {
    const { held = [] } = (await navigator.locks?.query?.()) ?? {};
    const open = held.filter(({ name }) => name.startsWith("eduflow ")).map(({ name }) => name.slice(8));
    if (open.length) throw new Error(`First close the tab with ${open.join(", ")}: it would save over this.`);
  }

  // Zip files: written without compression, read with or without

  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let code = n;
    for (let bit = 0; bit < 8; bit++) code = code & 1 ? 0xedb88320 ^ (code >>> 1) : code >>> 1;
    return code;
  });
  const crc = (bytes) => ~bytes.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), -1) >>> 0;

  function record(sizes, values) {
    const view = new DataView(new ArrayBuffer(sizes.reduce((all, size) => all + size, 0)));
    let at = 0;
    sizes.forEach((size, number) => {
      if (size === 2) view.setUint16(at, values[number], true);
      else view.setUint32(at, values[number], true);
      at += size;
    });
    return new Uint8Array(view.buffer);
  }

  function zip(files) {
    const [DAY, UTF8] = [0x21, 0x0800];
    const parts = [];
    const listed = [];
    let at = 0;
    for (const [path, bytes] of files) {
      const name = new TextEncoder().encode(path);
      const about = [20, UTF8, 0, 0, DAY, crc(bytes), bytes.length, bytes.length, name.length, 0];
      const sizes = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2];
      const head = record([4, ...sizes], [0x04034b50, ...about]);
      const more = record([4, 2, ...sizes, 2, 2, 2, 4, 4], [0x02014b50, 20, ...about, 0, 0, 0, 0, at]);
      parts.push(head, name, bytes);
      listed.push(more, name);
      at += head.length + name.length + bytes.length;
    }
    const length = listed.reduce((all, part) => all + part.length, 0);
    const end = [0x06054b50, 0, 0, files.size, files.size, length, at, 0];
    return new Blob([...parts, ...listed, record([4, 2, 2, 2, 2, 4, 4, 2], end)], { type: "application/zip" });
  }

  async function unzip(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let end = bytes.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
    if (end < 0) throw new Error("it is not a zip file, or it did not arrive whole");
    const found = new Map();
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      const short = (place) => view.getUint16(at + place, true);
      const long = (place) => view.getUint32(at + place, true);
      const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + short(28)));
      const start = long(42);
      const inside = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
      const packed = bytes.slice(inside, inside + long(20));
      if (!path.endsWith("/")) found.set(path, await unpacked(packed, short(10)));
      if (found.has(path) && crc(found.get(path)) !== long(16)) throw new Error(`${path} is damaged in it`);
      at += 46 + short(28) + short(30) + short(32);
    }
    return found;
  }

  async function unpacked(packed, method) {
    if (method === 0) return packed;
    if (method !== 8) throw new Error("it is compressed in a way that browsers do not know");
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // Out and back

  async function take() {
    const files = new Map();
    await stored("readonly", (_, found) => {
      for (const [path, item] of found) {
        if (item.type !== "directory") files.set(path, toBytes(item));
      }
    });
    if (!files.size) return say("There is nothing of yours here yet: open a lesson first.");
    if (!files.has(RECORD)) {
      const answer = await fetch(`files/${RECORD}`);
      if (answer.ok) files.set(RECORD, new Uint8Array(await answer.arrayBuffer()));
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(zip(files));
    link.download = `eduflow-my-work-${stamp()}.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return say(`${files.size} files are in ${link.download}.`);
  }

  // Where the learner's folder begins in a zip file: some programs put a folder around it.
  function roots(files) {
    for (const path of files.keys()) {
      const place = path.search(/(^|\/)(\.eduflow\/course\.json|lessons\/\d\d_\w+\.ipynb)$/);
      if (place >= 0) return path.slice(0, place + (path[place] === "/" ? 1 : 0));
    }
    throw new Error("there is no folder of an eduflow learner in it");
  }

  async function given(file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (file.name.endsWith(".ipynb")) {
      const path = `lessons/${file.name.replace(/ ?\(\d+\)(?=\.ipynb$)/, "")}`;
      return new Map([[path, bytes]]);
    }
    const all = await unzip(bytes);
    const root = roots(all);
    const kept = [...all].filter(([path]) => path.startsWith(root));
    return new Map(kept.map(([path, content]) => [path.slice(root.length), content]));
  }

  async function bring(file) {
    await closed();
    const models = new Map();
    for (const [path, bytes] of await given(file)) {
      if (path.split("/").some((part) => part === ".." || part === "")) continue;
      if (!/(^|\/)(__pycache__|\.ipynb_checkpoints)\//.test(path)) models.set(path, model(path, bytes));
    }
    const backup = `.eduflow/backups/${stamp()}`;
    const replaced = await stored("readwrite", (shelf, found) => {
      let count = 0;
      for (const [path, item] of models) {
        const before = found.get(path);
        if (before && before.type !== "directory") {
          if (same(toBytes(before), toBytes(item))) continue;
          put(shelf, `${backup}/${path}`, before);
          count++;
        }
        put(shelf, path, item);
      }
      return count;
    });
    const kept = replaced ? ` ${replaced} that were different here are kept in ${backup}.` : "";
    say(`${models.size} files are back.${kept}`);
  }

  async function anew() {
    await closed();
    const path = document.getElementById("which").value;
    const backup = `.eduflow/backups/${stamp()}/${path}`;
    const had = await stored("readwrite", (shelf, found) => {
      if (!found.has(path)) return false;
      put(shelf, backup, found.get(path));
      shelf.delete(path);
      return true;
    });
    say(had ? `${path} is as at the beginning. What you had is kept in ${backup}.` : `${path} is as at the beginning already.`);
  }

  // Where the learner is

  function passed(checks, known) {
    const results = checks.map((name) => known[name]).filter(Boolean);
    return results.length > 0 && results.length === checks.length && results.every((r) => r.passed === r.of);
  }

  async function standing() {
    const notes = await stored("readonly", (_, files) => files.get(PROGRESS));
    if (!notes) return;
    const known = JSON.parse(new TextDecoder().decode(toBytes(notes))).checks ?? {};
    let here = null;
    for (const link of document.querySelectorAll("[data-checks]")) {
      const exercises = JSON.parse(link.dataset.checks);
      const done = exercises.filter((checks) => passed(checks, known)).length;
      if (!done) continue;
      link.nextElementSibling.append(` · ${done} of ${exercises.length} exercises done`);
      here = link;
      if (done === exercises.length) here = link.closest("li").nextElementSibling?.querySelector("a") ?? link;
    }
    if (!here) return;
    const on = document.getElementById("on");
    on.querySelector("a").href = here.href;
    on.querySelector("a").textContent = `Go on with ${here.textContent}`;
    on.hidden = false;
  }

  // The page

  function reason(error) {
    if (error?.name === "QuotaExceededError") {
      return "the browser's storage is full. Close other pages or clear the data of other sites, then try again. Nothing was changed";
    }
    return error?.message || String(error);
  }

  async function attempt(what, action) {
    say("");
    try {
      await action();
    } catch (error) {
      say(`${what}: ${reason(error)}.`);
    }
  }

  function start() {
    const which = document.getElementById("which");
    for (const link of document.querySelectorAll("[data-lesson]")) {
      if (LESSON.test(link.dataset.lesson)) which.add(new Option(link.textContent, link.dataset.lesson));
    }
    const file = document.getElementById("file");
    document.getElementById("take").addEventListener("click", () => attempt("Your work was not put into a file", take));
    document.getElementById("bring").addEventListener("click", () => file.click());
    document.getElementById("anew").addEventListener("click", () => attempt("Nothing was changed", anew));
    file.addEventListener("change", async () => {
      if (file.files.length) await attempt(`${file.files[0].name} was not brought back`, () => bring(file.files[0]));
      file.value = "";
    });
    if (typeof WebAssembly !== "object") {
      say("This browser cannot run Python: WebAssembly is missing or turned off. Use a current Firefox, Chrome, Edge or Safari.");
    }
  }

  start();
  standing().catch(() => {}); // what is damaged is the lessons' to mend; the list stands without it
})();
