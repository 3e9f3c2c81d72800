function render({ model, el }) {
  const { size, sum, parts } = model.get("state");
  const root = frame(el, "Broadcasting: what is repeated, and where gradients are summed");
  const stage = make("div", { className: "ef-row ef-top" });
  root.append(...parts.map((part) => make("p", { textContent: `${part.name} ${part.words}` })), stage);
  const say = saying(root);
  const at = places(size);

  parts.forEach((part, number) => {
    const seen = new Set();
    const cells = part.source.map((place, n) => {
      const again = seen.has(place);
      seen.add(place);
      const index = indexOf(place, part.size).join(", ");
      return {
        x: at[n][0], y: at[n][1], n, number, place, text: part.values[place], name: `${part.name}[${index}]`,
        tint: again ? "ef-ghost" : `ef-t${number}`, label: `${part.name}[${index}] is ${part.values[place]}${again ? ", repeated" : ""}`,
      };
    });
    stage.append(figure(`${part.name}, size ${tuple(part.size)}, brought to ${tuple(size)}`, board(part.name, cells)));
  });
  const total = sum.map((text, n) => ({
    x: at[n][0], y: at[n][1], n, number: 2, text, tint: "ef-t2", label: `element ${indexOf(n, size).join(", ")} of the sum is ${text}`,
  }));
  stage.append(figure(`a + b, size ${tuple(size)}`, board("sum", total)));

  function point(cell) {
    if (!cell) {
      light(stage, () => "");
      return say("Dashed cells are repetitions: no memory, the same number again. Point at a cell to see where it goes.");
    }
    if (cell.number === 2) {
      light(stage, (other) => (other === cell ? "at" : other.n === cell.n ? "lit" : ""));
      const from = parts.map((part) => `${part.name}[${indexOf(part.source[cell.n], part.size).join(", ")}]`);
      return say(`Element [${indexOf(cell.n, size).join(", ")}] is ${from.join(" + ")}.`);
    }
    const { source } = parts[cell.number];
    const uses = source.filter((place) => place === cell.place).length;
    light(stage, (other) => {
      const same = source[other.n] === cell.place && (other.number === cell.number || other.number === 2);
      return other === cell ? "at" : same ? "lit" : "";
    });
    const grad = uses > 1 ? `Its gradient is the sum of the gradients of ${uses} results.` : "Its gradient comes from one result.";
    say(`${cell.name} is used ${uses === 1 ? "once" : `${uses} times`}. ${grad}`);
  }
  pointing(stage, point);
  point(null);
}
