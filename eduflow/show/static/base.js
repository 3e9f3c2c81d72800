// What all explorers share: elements, cells that can be pointed at, sliders and choices.
// This text is put in front of each explorer's own; lines are joined without their indentation.

const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

const svg = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

const tuple = (list) => (list.length === 1 ? `(${list[0]},)` : `(${list.join(", ")})`);
const range = (count) => Array.from({ length: Math.max(0, count) }, (_, n) => n);
const product = (list) => list.reduce((a, b) => a * b, 1);

// The index of element number `n` in row-major order.
function indexOf(n, size) {
  const index = [];
  for (let dim = size.length - 1; dim >= 0; dim--) {
    index.unshift(n % size[dim]);
    n = Math.floor(n / size[dim]);
  }
  return index;
}

// Column and row of each element; matrices of more dims stand side by side.
function places(size) {
  const [rows, columns] = [1, 1, ...size].slice(-2);
  const blocks = size.length > 2 ? product(size.slice(0, -2)) : 1;
  return range(blocks * rows * columns).map((n) => {
    const [block, row, column] = indexOf(n, [blocks, rows, columns]);
    return [block * (columns + 0.5) + column, row];
  });
}

// The box around an explorer. JupyterLab's own shortcuts must not fire inside.
function frame(el, title) {
  const root = make("section", { className: "ef-explorer" });
  root.setAttribute("aria-label", title);
  root.setAttribute("data-lm-suppress-shortcuts", "true");
  root.append(make("p", { className: "ef-title", textContent: title }));
  el.append(root);
  return root;
}

const row = (...children) => make("div", { className: "ef-row" }, ...children);
const figure = (caption, ...children) =>
  make("figure", {}, make("figcaption", { textContent: caption }), ...children);

// A line that screen readers read when it changes.
function saying(root) {
  const line = make("p", { className: "ef-said" });
  line.setAttribute("role", "status");
  root.append(line);
  return (text) => {
    if (line.textContent !== text) line.textContent = text;
  };
}

function slider(name, limits, value, changed) {
  const shown = make("output", { textContent: value });
  const input = make("input", { type: "range", min: limits[0], max: limits[1], value });
  input.setAttribute("aria-label", name);
  input.addEventListener("input", () => {
    shown.textContent = input.value;
    changed(Number(input.value));
  });
  return make("label", {}, make("span", { textContent: name }), input, shown);
}

let groups = 0;
function choice(name, options, value, changed) {
  const field = make("fieldset");
  field.setAttribute("aria-label", name);
  const group = `ef-${(groups += 1)}-${name}`;
  for (const option of options) {
    const input = make("input", { type: "radio", name: group, value: option });
    input.checked = option === value;
    input.addEventListener("change", () => changed(option));
    field.append(make("label", {}, input, make("span", { textContent: option })));
  }
  return field;
}

function button(text, pressed) {
  const node = make("button", { type: "button", textContent: text });
  node.addEventListener("click", pressed);
  return node;
}

// In a narrow window a board shrinks, but not so far that nobody can read it: then it is moved.
const LEGIBLE = 0.75;

// Cells on a board. Each is {x, y, text, tint, label, ...}, x and y counted in cells; what is
// drawn keeps its cell as `node.cell`.
function board(label, cells, size = 34, more = []) {
  const width = size * Math.max(1, ...cells.map((cell) => cell.x + 1)) + 2;
  const height = size * Math.max(1, ...cells.map((cell) => cell.y + 1)) + 2;
  const node = svg("svg", { class: "ef-board", width, viewBox: `-1 -1 ${width} ${height}`, role: "group" });
  node.setAttribute("aria-label", label);
  node.style.minWidth = `${Math.round(LEGIBLE * width)}px`;
  node.append(...more);
  // Copies of one cell are made much faster than cells.
  const middle = size / 2 - 1.5;
  const first = svg("g", { role: "img", tabindex: -1 },
    svg("rect", { width: size - 3, height: size - 3 }), svg("text", { x: middle, y: middle + 0.5 }));
  for (const cell of cells) {
    const group = first.cloneNode(true);
    group.setAttribute("class", `ef-cell ${cell.tint || ""}`);
    group.setAttribute("transform", `translate(${cell.x * size} ${cell.y * size})`);
    group.setAttribute("aria-label", cell.label);
    group.lastChild.textContent = cell.text ?? "";
    group.cell = cell;
    node.append(group);
  }
  node.querySelector(".ef-cell")?.setAttribute("tabindex", 0);
  return node;
}

// Call `point(cell)` for the cell under the pointer or the keyboard, and `point(null)` when it
// leaves. The arrow keys go to the nearest cell in their direction, Enter calls `press`.
function pointing(root, point, press = () => {}) {
  const cellOf = (event) => event.target.closest?.(".ef-cell");
  const focused = () => root.querySelector(".ef-cell:focus")?.cell ?? null;
  root.addEventListener("pointerover", (event) => point(cellOf(event)?.cell ?? focused()));
  root.addEventListener("pointerleave", () => point(focused()));
  root.addEventListener("focusin", (event) => {
    const node = cellOf(event);
    if (!node) return;
    for (const other of node.parentNode.querySelectorAll('.ef-cell[tabindex="0"]'))
      other.setAttribute("tabindex", -1);
    node.setAttribute("tabindex", 0);
    point(node.cell);
  });
  root.addEventListener("focusout", (event) => cellOf(event) && point(null));
  root.addEventListener("click", (event) => cellOf(event) && press(cellOf(event).cell));
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  root.addEventListener("keydown", (event) => {
    const node = cellOf(event);
    if (!node) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      press(node.cell);
    }
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    let best = null;
    for (const other of node.parentNode.querySelectorAll(".ef-cell")) {
      const [dx, dy] = [other.cell.x - node.cell.x, other.cell.y - node.cell.y];
      const ahead = dx * way[0] + dy * way[1];
      const aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      const far = ahead + 5 * aside;
      if (ahead > 0 && (!best || far < best.far)) best = { other, far };
    }
    best?.other.focus();
  });
}

// Give each cell the mark that `mark(cell)` names: "lit", "at" or nothing.
function light(root, mark) {
  for (const node of root.querySelectorAll(".ef-cell")) {
    const name = mark(node.cell);
    node.classList.toggle("ef-lit", name === "lit");
    node.classList.toggle("ef-at", name === "at");
  }
}
