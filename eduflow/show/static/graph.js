function render({ model, el }) {
  const { nodes, steps } = model.get("state");
  const root = frame(el, "The graph: what backward does, step by step");
  const [WIDTH, HEIGHT, ACROSS, DOWN] = [150, 46, 164, 84];
  const title = (node) => (node.called ? `${node.called}: ${node.name}` : node.name);
  const stale = (node) => node.saved.some((s) => s.version !== s.now);
  const saved = (node) => node.saved.map((s) => `${s.what} at version ${s.version}${s.version === s.now ? "" : `, now at ${s.now}`}`).join("; ");
  const width = Math.max(...nodes.map((node) => node.x * ACROSS)) + WIDTH + 4;
  const height = Math.max(...nodes.map((node) => node.y * DOWN)) + HEIGHT + 4;
  const picture = svg("svg", { class: "ef-board", width, viewBox: `-2 -2 ${width} ${height}`, role: "group", "aria-label": "graph" });
  const stage = make("div", {}, picture);
  const arrows = [];
  nodes.forEach((node, from) => node.edges.forEach((to) => {
    const end = nodes[to];
    const [x1, y1] = [node.x * ACROSS + WIDTH / 2, node.y * DOWN + HEIGHT];
    const [x2, y2] = [end.x * ACROSS + WIDTH / 2, end.y * DOWN];
    const long = Math.hypot(x2 - x1, y2 - y1);
    const [dx, dy] = [(7 * (x2 - x1)) / long, (7 * (y2 - y1)) / long];
    const tip = `M${x1} ${y1}L${x2} ${y2}M${x2 - dx - dy / 2} ${y2 - dy + dx / 2}L${x2} ${y2}L${x2 - dx + dy / 2} ${y2 - dy - dx / 2}`;
    const arrow = svg("path", { class: "ef-arrow", d: tip });
    arrows.push({ from, to, arrow });
    picture.append(arrow);
  }));
  const boxes = nodes.map((node, number) => {
    const tint = stale(node) ? "ef-t5" : node.leaf ? "ef-t1" : "ef-t0";
    const group = svg("g", { class: `ef-cell ${tint}`, role: "img", tabindex: number ? -1 : 0 });
    const [x, y] = [node.x * ACROSS, node.y * DOWN];
    const line = (dy, text) => {
      const words = svg("text", { x: x + WIDTH / 2, y: y + dy });
      words.textContent = text;
      return words;
    };
    const memory = node.saved.map((s) => `${s.what}@${s.version}${s.version === s.now ? "" : `→${s.now}`}`).join(" ");
    group.append(svg("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 6 }), line(15, title(node)), line(32, memory && `saved ${memory}`));
    group.setAttribute("aria-label", `${title(node)}${node.saved.length ? `, saved ${saved(node)}` : ""}`);
    group.cell = { x: node.x, y: node.y, number };
    picture.append(group);
    return group;
  });
  let step = -1;
  const back = button("Back", () => go(step - 1));
  const next = button("Step", () => go(step + 1));
  const again = button("Start over", () => go(-1));
  root.append(stage, row(next, back, again));
  const say = saying(root);

  function describe(number) {
    const node = nodes[number];
    const memory = node.saved.length ? ` It saved ${saved(node)}.` : node.leaf ? "" : " It saved no tensors.";
    const done = steps.find((s) => s.node === number);
    if (!done || steps.indexOf(done) > step) return `${title(node)}.${memory}`;
    const sends = done.sends.map(([to, grad]) => `${title(nodes[to])} gets ${grad}`).join(", ");
    if (done.error) return `${title(node)}: backward raises here, ${done.error}.`;
    if (node.leaf) return `${title(node)}: ${done.grad} is added to ${node.called || "the leaf"}.grad.`;
    return `${title(node)} receives ${done.grad}.${memory} It hands on: ${sends || "nothing"}.`;
  }

  function draw(pointed) {
    const now = steps[step];
    light(stage, (cell) => (pointed === cell ? "lit" : now && cell.number === now.node ? "at" : ""));
    for (const { from, to, arrow } of arrows)
      arrow.classList.toggle("ef-lit", Boolean(now && !now.error && from === now.node && now.sends.some(([end]) => end === to)));
    next.disabled = step >= steps.length - 1;
    back.disabled = again.disabled = step < 0;
    if (pointed) say(describe(pointed.number));
    else say(now ? `Step ${step + 1} of ${steps.length}. ${describe(now.node)}` : "Press Step to walk back from the newest node, or point at a node to see what it saved.");
    boxes.forEach((group, number) => {
      const at = steps.findIndex((s) => s.node === number);
      const reached = at >= 0 && at <= step;
      const memory = nodes[number].saved.map((s) => `${s.what}@${s.version}${s.version === s.now ? "" : `→${s.now}`}`).join(" ");
      group.lastChild.textContent = reached ? (steps[at].error ? "raises" : `grad ${steps[at].grad}`) : memory && `saved ${memory}`;
    });
  }

  function go(to) {
    step = Math.max(-1, Math.min(steps.length - 1, to));
    draw();
  }
  pointing(stage, draw);
  draw();
}
