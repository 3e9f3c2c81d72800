// Watches over a lesson's page: what goes wrong is said in a sentence, and no work is lost.
"use strict";

(() => {
  const lesson = new URLSearchParams(location.search).get("path") || "";
  const NOTICES = {
    wasm:
      "This browser cannot run Python: WebAssembly is missing or turned off. Open this page in a " +
      "current Firefox, Chrome, Edge or Safari, or read the lesson in the book.",
    storage:
      "This browser keeps nothing for this page: it is a private window, or storage is turned off. " +
      "You can read and run, but what you write is gone when the page is closed. Use File > " +
      "Download before that, or open the page in an ordinary window.",
    drive:
      "Files cannot be kept here: the page needs an address that begins with https:// and a " +
      "browser that allows service workers. Exercises that pass are not written down. Open the " +
      "page in an ordinary window of a current browser.",
    twice:
      "This lesson is open in another tab, and two would save over each other. Go on there; or " +
      "close it, and this tab takes over by itself.",
    missing:
      "Part of this page did not arrive: the network was interrupted. What you have written is " +
      "kept. Load the page again; what has arrived already is not sent again.",
    slow:
      "Python is not here yet. On a slow line the first visit takes some minutes (about 30 MB). " +
      "If nothing moves any more, load the page again: what you have written is kept.",
    save:
      "Your last changes could not be saved: the browser's storage is full, or it was cleared. " +
      "They are safe as long as this page is open. Put them on your computer now with File > " +
      "Download, make room (close other pages, clear data of other sites), then press Save.",
    interrupt:
      "A cell that runs cannot be interrupted in the browser. To stop it, choose Kernel > Restart " +
      "Kernel; then run the lesson's cells again from the top. What has passed its check is kept.",
  };
  const SOON = 120_000; // milliseconds in which Python is usually there
  const LOOK = 15_000; // milliseconds between two looks at whether its files can be had
  const PRESENT =
    "import importlib.util as u\n" +
    'assert all(map(u.find_spec, ("numpy", "matplotlib", "ipywidgets", "anywidget", "eduflow")))';
  const DRAWING = "import matplotlib.pyplot";
  const shown = new Map();

  const whenReady = (action) =>
    document.body ? action() : document.addEventListener("DOMContentLoaded", action);

  function notice(name, { whole = false, reload = false } = {}) {
    if (shown.has(name)) return;
    const box = document.createElement("div");
    shown.set(name, box);
    box.className = whole ? "ef-notice ef-whole" : "ef-notice";
    box.setAttribute("role", "alert");
    box.dataset.notice = name;
    const text = document.createElement("p");
    text.textContent = NOTICES[name];
    const row = document.createElement("div");
    const button = (label, action) => {
      const made = document.createElement("button");
      made.textContent = label;
      made.addEventListener("click", action);
      row.append(made);
    };
    if (reload) button("Load again", () => location.reload());
    if (!whole) button("Close this notice", () => withdraw(name));
    box.append(text, row);
    whenReady(() => shown.get(name) === box && document.body.append(box));
  }

  function withdraw(name) {
    shown.get(name)?.remove();
    shown.delete(name);
  }

  // What the browser must have

  async function storageWorks() {
    try {
      await new Promise((resolve, reject) => {
        const asked = indexedDB.open("eduflow: is there storage?");
        asked.onerror = () => reject(asked.error);
        asked.onsuccess = () => {
          asked.result.close();
          resolve();
        };
      });
      return true;
    } catch {
      return false;
    }
  }

  async function lookAround() {
    if (typeof WebAssembly !== "object") return notice("wasm", { whole: true });
    if (!(await storageWorks())) notice("storage");
    else if (!navigator.serviceWorker) notice("drive");
    navigator.storage?.persist?.().catch(() => {});
  }

  // One tab a lesson

  function oneTab() {
    if (!lesson || !navigator.locks) return;
    const held = () => new Promise(() => {}); // until this page goes
    const name = `eduflow ${lesson}`;
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock) return held();
      notice("twice", { whole: true });
      navigator.locks.request(name, () => location.reload());
      return undefined;
    });
  }

  // What did not arrive

  function listenForMissing() {
    const isPart = (node) => node instanceof HTMLScriptElement || node instanceof HTMLLinkElement;
    const own = (url) => url && new URL(url, location.href).origin === location.origin;
    addEventListener(
      "error",
      (event) => {
        const { target } = event;
        if (isPart(target) && own(target.src || target.href)) notice("missing", { reload: true });
      },
      true,
    );
    addEventListener("unhandledrejection", ({ reason }) => {
      const text = `${reason?.name} ${reason?.message}`;
      if (/ChunkLoadError|dynamically imported module|Failed to fetch/.test(text)) {
        notice("missing", { reload: true });
      }
    });
  }

  // The notebook

  async function appeared(find, wait = 200) {
    for (;;) {
      const found = find();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  const kernelOf = (panel) => panel.sessionContext?.session?.kernel;

  // A kernel whose own files do not come says nothing, so these are asked for once more.
  async function reachable() {
    const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const { pyodideUrl } = settings.litePluginSettings["@jupyterlite/pyodide-kernel-extension:kernel"];
    const core = new URL(pyodideUrl, location.href).href.replace("pyodide.mjs", "pyodide.asm.wasm");
    try {
      return (await fetch(core, { method: "HEAD", cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  async function pythonArrived(panel) {
    const there = () => ["idle", "dead"].includes(kernelOf(panel)?.status);
    const look = async () => {
      if (!(await reachable()) && !there()) notice("missing", { reload: true });
    };
    const timers = [
      setTimeout(() => notice("slow", { reload: true }), SOON),
      setInterval(look, LOOK),
    ];
    await appeared(there, 500);
    timers.forEach((timer) => clearTimeout(timer));
    withdraw("slow");
    const kernel = kernelOf(panel);
    if (kernel?.status !== "idle") return notice("missing", { reload: true });
    const asked = kernel.requestExecute({ code: PRESENT, silent: true, store_history: false });
    const answer = await asked.done;
    if (answer.content.status !== "ok") notice("missing", { reload: true });
    document.documentElement.dataset.python = answer.content.status;
  }

  // Drawing takes seconds to load, with a warning in red: that is done while the reader reads.
  function loadDrawing(panel) {
    kernelOf(panel)?.requestExecute({ code: DRAWING, silent: true, store_history: false });
  }

  function loadDrawingAgain(panel) {
    let anew = false;
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (["starting", "restarting", "autorestarting"].includes(status)) anew = true;
      if (!anew || status !== "idle") return;
      anew = false;
      loadDrawing(panel);
    });
  }

  function saveInTime(panel) {
    const { context } = panel;
    context.saveState.connect((_, state) => {
      if (state === "failed") notice("save");
      if (state === "completed") withdraw("save");
    });
    const save = () => context.model.dirty && context.save().catch(() => notice("save"));
    document.addEventListener("visibilitychange", () => document.hidden && save());
    addEventListener("pagehide", save);
  }

  async function watch() {
    const app = await appeared(() => window.jupyterapp);
    app.commands.commandExecuted.connect((_, { id }) => {
      if (id.endsWith("interrupt-kernel") || id.endsWith("interrupt")) notice("interrupt");
    });
    const panel = await appeared(() => {
      const widget = app.shell.currentWidget;
      return widget?.context?.isReady && widget.sessionContext && widget;
    });
    saveInTime(panel);
    await pythonArrived(panel);
    loadDrawing(panel);
    loadDrawingAgain(panel);
  }

  function addHome() {
    const link = document.createElement("a");
    link.className = "ef-home";
    link.href = "../index.html";
    link.textContent = "All lessons and your work";
    document.body.append(link);
  }

  lookAround();
  oneTab();
  listenForMissing();
  whenReady(addHome);
  if (typeof WebAssembly === "object") watch();
})();
