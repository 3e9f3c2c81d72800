function render({ model, el }) {
  const root = frame(el, "Memory: tensors are windows over storages");
  const stage = make("div");
  root.append(stage);
  const say = saying(root);
  const value = make("input", { type: "number", value: 100, step: "any" });
  value.setAttribute("aria-label", "Value to write");
  const write = button("Write into the chosen cell", () => store());
  root.append(row(make("label", {}, "value", value), write));
  let [chosen, waiting] = [null, null];

  const state = () => model.get("state");
  const size = (storage) => state().storages[storage].values.length;
  const seen = (storage, place) =>
    state().tensors.some((t) => t.storage === storage && t.cells.includes(place));
  const readers = (storage, place) =>
    state().tensors.flatMap((t, tensor) =>
      t.storage !== storage
        ? []
        : t.cells.flatMap((c, n) => (c === place ? [{ tensor, at: indexOf(n, t.size) }] : [])));

  function describe(storage, place) {
    const bytes = state().storages[storage].itemsize;
    const who = readers(storage, place).map(({ tensor, at }) => `${state().tensors[tensor].name}[${at.join(", ")}]`);
    const place_ = `Cell ${place} of storage ${storage}, ${bytes} bytes from byte ${place * bytes}`;
    return `${place_}: ${who.length ? who.join(" and ") : "no window looks here"}.`;
  }

  function draw() {
    const tint = (storage, place) => (seen(storage, place) ? `ef-t${storage % 6}` : "ef-ghost");
    const strips = state().storages.map((storage, number) => {
      const cells = storage.values.map((text, place) => ({
        x: place % 20, y: 0.45 + 1.5 * Math.floor(place / 20), text, place, storage: number, tint: tint(number, place),
        label: `${text}. ${describe(number, place)}`,
      }));
      const addresses = cells.map((cell) => {
        const text = svg("text", { class: "ef-address", x: 34 * cell.x + 17, y: 34 * cell.y - 8 });
        text.textContent = cell.place;
        return text;
      });
      return figure(`storage ${number}: ${size(number)} elements`, board(`storage ${number}`, cells, 34, addresses));
    });
    const windows = state().tensors.map((t, tensor) => {
      const at = places(t.size);
      const cells = t.cells.map((place, n) => ({
        x: at[n][0], y: at[n][1], text: state().storages[t.storage].values[place], place, tensor,
        storage: t.storage, tint: tint(t.storage, place), index: indexOf(n, t.size),
        label: `${t.name}[${indexOf(n, t.size).join(", ")}], ${describe(t.storage, place)}`,
      }));
      const facts = `${t.name}: size ${tuple(t.size)}, stride ${tuple(t.stride)}, offset ${t.offset}, ${t.dtype}, version ${t.version}`;
      return figure(facts, board(t.name, cells));
    });
    stage.replaceChildren(row(...strips), row(...windows));
    stage.lastChild.classList.add("ef-top");
    stage.firstChild.classList.add("ef-top");
    point(null);
  }

  function point(cell) {
    const shown = cell ?? chosen;
    light(stage, (other) => {
      if (chosen && other.storage === chosen.storage && other.place === chosen.place) return "at";
      return shown && other.storage === shown.storage && other.place === shown.place ? "lit" : "";
    });
    write.disabled = !chosen;
    say(shown ? describe(shown.storage, shown.place) : state().said || "Point at a cell to see every window over it. Choose one to write into it.");
  }

  function choose(cell) {
    const [first] = readers(cell.storage, cell.place);
    chosen = first ? { tensor: first.tensor, index: first.at, ...cell } : null;
    point(cell);
  }

  function store() {
    const number = Number(value.value);
    if (model.get("live")) {
      model.send({ tensor: chosen.tensor, at: chosen.index, value: number });
      // A stored output that was not run in this session has nobody to talk to.
      waiting = setTimeout(() => say("Python does not answer: run this cell first."), 1500);
    } else {
      // Without a kernel nothing is written anywhere; the page shows what would happen.
      const next = structuredClone(state());
      const { counter } = next.tensors[chosen.tensor];
      next.storages[chosen.storage].values[chosen.place] = String(number);
      for (const t of next.tensors) if (t.counter === counter) t.version += 1;
      next.said = `${next.tensors[chosen.tensor].name}[${chosen.index.join(", ")}] = ${number} was written.`;
      model.set("state", next);
      changed();
    }
  }

  function changed() {
    clearTimeout(waiting);
    chosen = null;
    draw();
  }
  pointing(stage, point, choose);
  model.on("change:state", changed);
  draw();
  return () => model.off("change:state", changed);
}
