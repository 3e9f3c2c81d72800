function render({ model, el }) {
  const { rows, head, counts } = model.get("state");
  const root = frame(el, "The model: its tree, its sizes, its parameters");
  const body = make("tbody");
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { textContent: text, scope: "col" })))), body);
  const closed = new Set();
  const inside = (row, path) => row.path !== path && (path === "" || row.path.startsWith(`${path}.`));
  const lines = rows.map((row, n) => {
    const name = row.path.split(".").at(-1) || "(the whole)";
    const parent = rows[n + 1]?.depth > row.depth;
    const cell = make("td", {}, parent ? toggle(row, name) : make("span", { textContent: name }));
    cell.style.paddingLeft = `${0.5 + 1.3 * row.depth}em`;
    const own = row.own ? row.own.toLocaleString("en") : "";
    const rest = [row.class, row.output, own, row.remarks].map((text) => make("td", { textContent: text }));
    const line = make("tr", { tabIndex: -1 }, cell, ...rest);
    line.addEventListener("pointerenter", () => point(row));
    line.addEventListener("focusin", () => point(row));
    return line;
  });
  body.append(...lines);
  const say = saying(root);
  root.append(table, root.querySelector(".ef-said"), make("p", { textContent: counts }));
  table.addEventListener("pointerleave", () => point(null));

  function toggle(row, name) {
    const node = button(`▾ ${name}`, () => {
      const shut = !closed.delete(row.path);
      if (shut) closed.add(row.path);
      node.textContent = `${shut ? "▸" : "▾"} ${name}`;
      node.setAttribute("aria-expanded", String(!shut));
      lines.forEach((line, n) => (line.hidden = [...closed].some((path) => inside(rows[n], path))));
    });
    node.setAttribute("aria-expanded", "true");
    return node;
  }

  function point(row) {
    lines.forEach((line, n) => line.classList.toggle("ef-row-lit", Boolean(row) && rows[n].same === row.same));
    if (!row) return say("Point at a module. Modules that are one and the same light up together.");
    const twins = rows.filter((other) => other.same === row.same).length;
    const shared = twins > 1 ? ` It stands in ${twins} places; its parameters are counted once.` : "";
    say(`${row.path || "The whole"}: ${row.class}, ${row.total.toLocaleString("en")} parameters in it, ${row.trained.toLocaleString("en")} of them trained.${shared}`);
  }
  point(null);
}
