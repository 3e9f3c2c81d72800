function render({ model, el }) {
  const root = frame(el, "A pad to draw a digit on");
  const { side, ink: given } = model.get("state");
  const ink = given.map((line) => [...line]);
  const tint = (value) => (value > 0.75 ? "ef-ink" : value > 0 ? "ef-half" : "");
  const name = (x, y) => `row ${y}, column ${x}: ${ink[y][x] > 0 ? "ink" : "paper"}`;
  const sheet = board("board", range(side * side).map((n) => {
    const [y, x] = indexOf(n, [side, side]);
    return { x, y, tint: tint(ink[y][x]), label: name(x, y) };
  }), 20);
  sheet.classList.add("ef-sheet");
  const cells = [...sheet.querySelectorAll(".ef-cell")];
  const meters = range(10).map((digit) => {
    const meter = make("meter", { min: 0, max: 1 });
    meter.setAttribute("aria-label", `chance of a ${digit}`);
    return meter;
  });
  const shares = meters.map(() => make("output"));
  const bars = make("div", { className: "ef-bars" }, ...meters.map((meter, digit) =>
    make("label", {}, make("span", { textContent: digit }), meter, shares[digit])));
  root.append(row(sheet, bars));
  const say = saying(root);
  root.append(row(button("Clean the board", () => {
    for (const cell of cells) set(cell, 0);
    tell();
  })));
  let [pen, last, waiting, note] = [null, null, null, ""];

  function set(node, value) {
    const { x, y } = node.cell;
    ink[y][x] = value;
    node.setAttribute("class", `ef-cell ${tint(value)}`);
    node.setAttribute("aria-label", name(x, y));
  }

  // A quick hand jumps over cells: the pen goes over those between.
  function stroke(node) {
    const { x, y } = node.cell;
    const from = last ?? node.cell;
    const steps = Math.max(Math.abs(x - from.x), Math.abs(y - from.y), 1);
    for (const n of range(steps + 1)) {
      const at = (a, b) => Math.round(a + ((b - a) * n) / steps);
      set(cells[side * at(from.y, y) + at(from.x, x)], pen);
    }
    last = node.cell;
  }

  function tell() {
    clearTimeout(waiting);
    if (model.get("live")) {
      model.send({ ink });
      // A stored output that was not run in this session has nobody to talk to.
      waiting = setTimeout(() => hear("Python does not answer: run this cell first."), 3000);
    } else {
      hear("On this page nobody reads it: run this cell in the lesson, and draw there.");
    }
  }

  function hear(text) {
    note = text;
    say(note || model.get("state").said);
  }

  const under = (event) =>
    root.getRootNode().elementFromPoint(event.clientX, event.clientY)?.closest(".ef-sheet .ef-cell");
  sheet.addEventListener("pointerdown", (event) => {
    const node = under(event);
    if (!node) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    pen = ink[node.cell.y][node.cell.x] > 0 ? 0 : 1;
    last = null;
    stroke(node);
  });
  sheet.addEventListener("pointermove", (event) => {
    const node = pen === null ? null : under(event);
    if (node) stroke(node);
  });
  for (const end of ["pointerup", "pointercancel"])
    sheet.addEventListener(end, () => {
      if (pen === null) return;
      pen = null;
      tell();
    });
  // Clicks were strokes already; what comes without a pointer is Enter or the space bar.
  sheet.addEventListener("click", (event) => event.stopPropagation());
  // Whoever points sees the board; the keyboard's cell is said.
  const point = (cell) =>
    cell && sheet.querySelector(".ef-cell:focus-visible")?.cell === cell ? say(name(cell.x, cell.y)) : hear(note);
  pointing(root, point, (cell) => {
    set(cells[side * cell.y + cell.x], ink[cell.y][cell.x] > 0 ? 0 : 1);
    tell();
  });

  function changed() {
    clearTimeout(waiting);
    model.get("state").chances.forEach((chance, digit) => {
      meters[digit].value = chance;
      shares[digit].textContent = `${Math.round(100 * chance)} %`;
    });
    hear("");
  }
  model.on("change:state", changed);
  changed();
  return () => model.off("change:state", changed);
}
