function windowCells(size, stride, offset) {
  return range(product(size)).map((n) =>
    indexOf(n, size).reduce((sum, i, dim) => sum + i * stride[dim], offset));
}

function stridesFacts(size, stride, offset, storage) {
  const cells = windowCells(size, stride, offset);
  const needed = Math.max(...cells) + 1;
  let [contiguous, want, reason, verdict] = [true, 1, "", ""];
  for (let dim = size.length - 1; dim >= 0; dim--) {
    // A dim of one element is never stepped along: its stride does not matter.
    if (size[dim] !== 1 && stride[dim] !== want && contiguous) {
      contiguous = false;
      reason = `stride[${dim}] is ${stride[dim]}, reading in a row needs ${want}`;
    }
    want *= size[dim];
  }
  if (needed > storage) verdict = `refused, it needs ${needed} elements and the storage has ${storage}.`;
  else if (contiguous) verdict = "contiguous, its elements lie in a row in the order of reading.";
  else verdict = `not contiguous, ${reason}.`;
  return { cells, needed, inside: needed <= storage, contiguous, verdict };
}

function render({ model, el }) {
  const { storage, limits, start } = model.get("state");
  const root = frame(el, "Strides: sizes, strides and an offset make a window");
  const now = structuredClone(start);
  const bars = [0, 1].flatMap((dim) => ["size", "stride"].map((name) => [name, dim]));
  const bar = ([name, dim]) =>
    slider(`${name}[${dim}]`, limits[name], now[name][dim], (value) => {
      now[name][dim] = value;
      draw();
    });
  root.append(row(...bars.filter(([name]) => name === "size").map(bar)));
  root.append(row(...bars.filter(([name]) => name === "stride").map(bar)));
  root.append(row(slider("offset", limits.offset, now.offset, (value) => {
    now.offset = value;
    draw();
  })));
  const stage = make("div", { className: "ef-row ef-top" });
  const verdict = make("p");
  verdict.setAttribute("role", "status");
  root.append(verdict, stage);
  const say = saying(root);

  function draw() {
    const facts = stridesFacts(now.size, now.stride, now.offset, storage);
    const strip = range(Math.max(storage, facts.needed)).map((place) => ({
      x: place, y: 0.45, place, text: place < storage ? 10 * place : "",
      tint: place >= storage ? "ef-ghost" : facts.cells.includes(place) ? "ef-t0" : "",
      label: place < storage ? `place ${place}: ${10 * place}` : `place ${place} is outside the storage`,
    }));
    const addresses = strip.map(({ place }) => {
      const text = svg("text", { class: "ef-address", x: 34 * place + 15, y: 7 });
      text.textContent = place;
      return text;
    });
    const grid = facts.cells.map((place, n) => {
      const index = indexOf(n, now.size);
      return {
        x: index[1], y: index[0], place, index, text: place < storage ? 10 * place : "?",
        tint: place < storage ? "ef-t0" : "ef-ghost", label: `x[${index}] at place ${place}`,
      };
    });
    verdict.textContent = `x.as_strided(${tuple(now.size)}, ${tuple(now.stride)}, ${now.offset}): ${facts.verdict}`;
    stage.replaceChildren(
      figure(`storage of ${storage} elements`, board("storage", strip, 34, addresses)),
      figure(`the tensor x, size ${tuple(now.size)}`, board("tensor", grid)));
    point(null);
  }

  function point(cell) {
    light(stage, (other) => (cell && other.place === cell.place ? (other === cell ? "at" : "lit") : ""));
    if (!cell) return say("Point at an element to see its place, or at a place to see who reads it.");
    if (!cell.index) {
      const cells = windowCells(now.size, now.stride, now.offset);
      const readers = cells.flatMap((place, n) => (place === cell.place ? [`x[${indexOf(n, now.size).join(", ")}]`] : []));
      return say(`Place ${cell.place} is ${readers.length ? readers.join(" and ") : "not read"}.`);
    }
    const [i, j] = cell.index;
    say(`x[${i}, ${j}] is at offset + ${i} · stride[0] + ${j} · stride[1] = ${now.offset} + ${i} · ${now.stride[0]} + ${j} · ${now.stride[1]} = ${cell.place}.`);
  }
  pointing(stage, point);
  draw();
}
