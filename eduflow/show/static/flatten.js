function render({ model, el }) {
  const { size, stride, cells, start, answers } = model.get("state");
  const root = frame(el, "Flatten: a view or a copy?");
  const now = { start: start[0], end: start[1] };
  const last = size.length - 1;
  root.append(row(
    slider("start_dim", [0, last], now.start, (value) => move("start", value)),
    slider("end_dim", [0, last], now.end, (value) => move("end", value))));
  const verdict = make("p");
  verdict.setAttribute("role", "status");
  const reasons = make("div");
  const stage = make("div", { className: "ef-row ef-top" });
  root.append(verdict, reasons, stage);
  const say = saying(root);

  function move(which, value) {
    now[which] = value;
    draw();
  }

  function draw() {
    const facts = answers[`${now.start} ${now.end}`];
    if (!facts) {
      verdict.textContent = `x.flatten(${now.start}, ${now.end}) raises: flatten() has invalid args: start_dim cannot come after end_dim`;
      reasons.replaceChildren();
    } else {
      verdict.textContent = `x.flatten(${now.start}, ${now.end}) has size ${tuple(facts.size)}, stride ${tuple(facts.stride)}: a ${facts.kind}.`;
      reasons.replaceChildren(...facts.joins.map((join) =>
        make("p", { textContent: `${join.fits ? "✓" : "✗"} ${join.words}.` })));
    }
    const copied = facts?.kind === "copy";
    const grid = (shape, kind) => {
      const at = places(shape);
      return cells.map((place, n) => {
        const index = indexOf(n, shape);
        const own = kind === "after" && copied ? n : place;
        return {
          x: at[n][0], y: at[n][1], text: own, n, place: own, kind, index,
          tint: kind === "after" && copied ? "ef-t1" : "ef-t0",
          label: `[${index.join(", ")}] at place ${own}${kind === "after" && copied ? " of new memory" : ""}`,
        };
      });
    };
    const before = figure(`x: size ${tuple(size)}, stride ${tuple(stride)}`, board("before", grid(size, "before")));
    const after = facts && figure(copied ? "flattened, in new memory" : "flattened, the same memory", board("after", grid(facts.size, "after")));
    stage.replaceChildren(...[before, after].filter(Boolean));
    point(null);
  }

  function point(cell) {
    light(stage, (other) => (cell && other.n === cell.n ? (other === cell ? "at" : "lit") : ""));
    say(cell ? `Element ${cell.n} in the order of reading, index [${cell.index.join(", ")}], lies at place ${cell.place}.` : "The number in each box is its place in memory. Point at one to see where it goes.");
  }
  pointing(stage, point);
  draw();
}
