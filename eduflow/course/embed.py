"""A small program inside a page: one ES module that lives in JupyterLab and on a page on its own.

A module here ends with the line `export default { render };`, as anywidget wants it. The same
source put into plain HTML needs neither a kernel, a widget manager nor a network: where scripts
may run, it replaces the still picture that stands there; where not, the picture stays.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

EXPORT = "export default { render };"

# The script finds the box before it (or, where pages hide that, every box of its name), and hands
# the module something that behaves like a widget's model that nobody listens to.
SCRIPT = """(() => {{
const module = (() => {{
{source}
return {{ render }};
}})();
const before = document.currentScript && document.currentScript.previousElementSibling;
const boxes = before && before.dataset.ef ? [before]
: document.querySelectorAll('[data-ef="{name}"]:not([data-ef-live])');
for (const box of boxes) {{
const state = {state};
const style = document.createElement("style");
style.textContent = {css};
const el = document.createElement("div");
box.setAttribute("data-ef-live", "");
box.replaceChildren(style, el);
module.render({{ el, model: {{
get: (key) => state[key],
set: (key, value) => {{ state[key] = value; }},
save_changes() {{}}, on() {{}}, off() {{}}, send() {{}},
}} }});
}}
}})();"""


def compact(source: str) -> str:
    """Leave out indentation, empty lines and lines of comment; the sources allow for that."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def live_html(module: str, css: str, state: dict[str, Any], still: str) -> str:
    """HTML that shows `still` and, where scripts run, the `module` with `state` in its place.

    The text depends on nothing else, so that a notebook run again stores the same bytes.
    """
    source = compact(module).removesuffix(EXPORT)
    data = _for_script(state)
    name = hashlib.sha256(f"{source}{css}{data}".encode()).hexdigest()[:12]
    script = SCRIPT.format(source=source, name=name, state=data, css=_for_script(compact(css)))
    return f'<div data-ef="{name}">{still}</div><script>{script}</script>'


def _for_script(value: Any) -> str:
    """JSON that may stand inside <script>."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")
