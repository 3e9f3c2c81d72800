const convolutionSize = (s) =>
  Math.floor((s.input + 2 * s.padding - s.dilation * (s.kernel_size - 1) - 1) / s.stride) + 1;

function convolutionAxis(s) {
  let [size, error] = [convolutionSize(s), ""];
  if (size < 1) {
    size = 0;
    error = `Refused: the kernel reaches over ${s.dilation * (s.kernel_size - 1) + 1} cells, and there are ${s.input + 2 * s.padding}.`;
  }
  const feeds = range(size).map((o) =>
    range(s.kernel_size)
      .map((tap) => [o * s.stride - s.padding + tap * s.dilation, tap])
      .filter(([place]) => 0 <= place && place < s.input));
  return { size, feeds, error };
}

function transposedAxis(s) {
  const reach = s.dilation * (s.kernel_size - 1);
  const least = (s.input - 1) * s.stride - 2 * s.padding + reach + 1;
  const most = Math.max(s.stride, s.dilation);
  let [size, error] = [least + s.output_padding, ""];
  if (s.output_padding >= most) error = "Refused: output_padding must be smaller than stride or dilation.";
  else if (size < 1) error = `Refused: the output would have size ${size}.`;
  if (error) size = 0;
  const source = (position) => {
    const place = position / s.stride;
    return Number.isInteger(place) && 0 <= place && place < s.input ? place : -1;
  };
  const feeds = range(size).map((o) =>
    range(s.kernel_size)
      .map((n) => s.kernel_size - 1 - n)
      .map((tap) => [source(o + s.padding - tap * s.dilation), tap])
      .filter(([place]) => place >= 0));
  const stretched = range(size ? size + reach : 0).map((n) => source(n - reach + s.padding));
  const sizes = range(most)
    .filter((extra) => least + extra > 0)
    .map((extra) => [extra, least + extra, convolutionSize({ ...s, input: least + extra })]);
  return { size, feeds, stretched, sizes, error };
}

function render({ model, el }) {
  const { kind, start, limits, picture } = model.get("state");
  const transposed = kind !== "convolution";
  const root = frame(el, transposed ? "Transposed convolution: what feeds what" : "Convolution: what feeds what");
  const now = { ...start };
  let view = picture;
  root.append(row(...Object.keys(limits).map((name) =>
    slider(name, limits[name], now[name], (value) => {
      now[name] = value;
      draw();
    }))));
  if (transposed)
    root.append(row(choice("picture", ["scatter", "zeros inserted"], view, (value) => {
      view = value;
      draw();
    })));
  const verdict = make("p");
  verdict.setAttribute("role", "status");
  const stage = make("div", { className: "ef-row ef-top" });
  const say = saying(root);
  const table = make("div");
  root.append(verdict, stage);
  root.append(root.querySelector(".ef-said"), row(button("Play", play)), table);
  let [facts, order, timer, step] = [null, [], null, 0];

  const square = (count, cell) =>
    range(count * count).map((n) => cell(Math.floor(n / count), n % count));
  const pixels = (count) => (count <= 8 ? 32 : count <= 14 ? 24 : 18);

  // The left board: the input as the picture needs it. `at(y, x)` names the input cell, if any.
  function left() {
    if (transposed && view === "scatter") {
      return square(now.input, (y, x) => source(y, x, y, x, false));
    }
    if (transposed) {
      return square(facts.stretched.length, (y, x) => {
        const [i, j] = [facts.stretched[y], facts.stretched[x]];
        return source(y, x, i, j, i < 0 || j < 0);
      });
    }
    return square(now.input + 2 * now.padding, (y, x) => {
      const [i, j] = [y - now.padding, x - now.padding];
      return source(y, x, i, j, i < 0 || j < 0 || i >= now.input || j >= now.input);
    });
  }

  function source(y, x, i, j, zero) {
    return {
      y, x, i, j, zero, side: "input", text: zero ? "0" : "", tint: zero ? "ef-ghost" : "ef-t1",
      label: zero ? `a zero in row ${y}, column ${x}` : `input cell ${i}, ${j}`,
    };
  }

  // The right board: the output, in the scatter picture with what padding cuts off around it.
  function right() {
    const cut = transposed && view === "scatter" ? now.padding : 0;
    const whole = (now.input - 1) * now.stride + now.dilation * (now.kernel_size - 1) + 1;
    const count = cut ? Math.max(whole, cut + facts.size) : facts.size;
    return square(count, (y, x) => {
      const [o, p] = [y - cut, x - cut];
      const kept = o >= 0 && p >= 0 && o < facts.size && p < facts.size;
      const many = kept ? facts.feeds[o].length * facts.feeds[p].length : 0;
      const extra = kept && transposed && (o >= facts.size - now.output_padding || p >= facts.size - now.output_padding);
      return {
        y, x, o, p, kept, side: "output", text: kept ? many : "",
        tint: !kept ? "ef-ghost" : extra ? "ef-t3" : many ? "ef-t0" : "",
        label: kept ? `output cell ${o}, ${p}, fed by ${many}` : `cut off by padding`,
      };
    });
  }

  function draw() {
    stop();
    facts = transposed ? transposedAxis(now) : convolutionAxis(now);
    const name = transposed ? "conv_transpose2d" : "conv2d";
    verdict.textContent = facts.error || `${name}: input ${now.input} × ${now.input}, output ${facts.size} × ${facts.size}.`;
    const [ins, outs] = facts.error ? [[], []] : [left(), right()];
    const caption = !transposed
      ? "the input, with the zeros of padding"
      : view === "scatter" ? "the input: each cell stamps the kernel" : "the input with zeros put in, under the kernel turned round";
    const widest = Math.max(0, ...outs.map((cell) => cell.x)) + 1;
    const size = pixels(Math.max(widest, ...ins.map((cell) => cell.x + 1)));
    stage.replaceChildren();
    if (!facts.error)
      stage.append(
        figure(caption, board("input", ins, size)),
        figure("the output: in each cell, how many input cells feed it", board("output", outs, size)));
    order = [...stage.querySelectorAll(".ef-cell")].map((node) => node.cell)
      .filter((cell) => (transposed && view === "scatter" ? cell.side === "input" : cell.kept));
    step = 0;
    table.replaceChildren(...(transposed ? sizes() : []));
    point(null);
  }

  function sizes() {
    const cells = (kind, list) => list.map((text) => make(kind, { textContent: text }));
    const head = make("tr", {}, ...cells("th", ["output_padding", "output size", "conv2d makes of that"]));
    const lines = facts.sizes.map(([extra, size, back]) => make("tr", {}, ...cells("td", [extra, size, back])));
    const same = facts.sizes.filter(([, , back]) => back === now.input).map(([, size]) => size);
    const said = same.length > 1
      ? `conv2d turns each of the sizes ${same.join(", ")} into ${now.input}. Which one should come back? output_padding says so.`
      : same.length
        ? `Only one size becomes ${now.input} under conv2d: there is nothing to choose.`
        : `No size becomes ${now.input} under conv2d with these settings: there is nothing to give back.`;
    return [make("p", { textContent: said }), ...(lines.length ? [make("table", {}, head, ...lines)] : [])];
  }

  const taps = (feeds, place) => feeds.filter(([i]) => i === place).map(([, tap]) => tap);

  // The taps that lead from an input cell to an output cell: [row, column], or null.
  function link(input, output) {
    if (!output.kept || input.zero) return null;
    const [v] = taps(facts.feeds[output.o], input.i);
    const [h] = taps(facts.feeds[output.p], input.j);
    return v === undefined || h === undefined ? null : [v, h];
  }

  // Under the kernel: also the zeros that it covers.
  function covered(cell, output) {
    if (!output.kept || (transposed && view === "scatter")) return null;
    const jump = transposed ? 1 : now.stride;
    const [v, h] = [(cell.y - output.o * jump) / now.dilation, (cell.x - output.p * jump) / now.dilation];
    const under = [v, h].every((n) => Number.isInteger(n) && n >= 0 && n < now.kernel_size);
    if (!under) return null;
    return transposed ? [now.kernel_size - 1 - v, now.kernel_size - 1 - h] : [v, h];
  }

  // Where the stamp of an input cell falls, cut off or not.
  function stamped(input, cell) {
    if (!transposed || view !== "scatter") return null;
    const [v, h] = [(cell.y - input.i * now.stride) / now.dilation, (cell.x - input.j * now.stride) / now.dilation];
    return [v, h].every((n) => Number.isInteger(n) && n >= 0 && n < now.kernel_size) ? [v, h] : null;
  }

  function point(cell) {
    let many = 0;
    const marks = new Map();
    for (const node of stage.querySelectorAll(".ef-cell")) {
      const other = node.cell;
      let tap = null;
      if (cell && cell.side !== other.side) {
        const [input, output] = cell.side === "input" ? [cell, other] : [other, cell];
        tap = link(input, output);
        many += tap !== null;
        tap ??= cell.side === "output" ? covered(input, output) : input.zero ? null : stamped(input, output);
      }
      if (tap) marks.set(other, tap);
      node.lastChild.textContent = tap ? tap.join(",") : other.text;
    }
    light(stage, (other) => (other === cell ? "at" : marks.has(other) ? "lit" : ""));
    if (!cell) say(facts.error ? "" : "Point at an output cell to see what feeds it, or at an input cell to see what it feeds. The lit cells carry the place in the kernel.");
    else if (cell.side === "output") say(cell.kept ? `Output cell ${cell.o}, ${cell.p} is the sum of ${many} input cells, each times the kernel's number at the place shown.` : "padding cuts this cell off.");
    else say(cell.zero ? "A zero: it adds nothing." : `Input cell ${cell.i}, ${cell.j} feeds ${many} output cells.`);
  }

  function play() {
    if (timer) return stop();
    timer = setInterval(() => {
      if (!root.isConnected) return stop();
      point(order[step++ % order.length] ?? null);
    }, 600);
    root.querySelector("button").textContent = "Stop";
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    root.querySelector("button").textContent = "Play";
  }

  pointing(stage, point);
  draw();
  return stop;
}
