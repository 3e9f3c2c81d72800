"""JupyterLab and Chromium, started fresh, watched, and stopped again.

with jupyterlab(ROOT / "lessons") as server, chromium() as browser:
    with server.open(browser, "01_tensors_and_storage.ipynb") as notebook:
        notebook.run_all()
        assert notebook.failed_cells() == []
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eduflow.course.lab import environment as course_environment

ROOT = Path(__file__).parents[2]
VIEWPORT = {"width": 1280, "height": 900}
SETTINGS: dict[str, dict[str, Any]] = {
    # Every cell stays in the page, so that screenshots and selectors reach all of them.
    "notebook-extension/tracker": {"windowingMode": "none"},
}
LOOK = 200  # milliseconds between two looks; without it every frame is drawn to look again
READY = """() => {
  const session = window.jupyterapp?.shell?.currentWidget?.sessionContext?.session;
  return session?.kernel?.status === 'idle';
}"""
CELLS = """() => [...jupyterapp.shell.currentWidget.content.widgets].map(cell => {
  const model = cell.model.sharedModel.toJSON();
  return {id: cell.model.id, kind: cell.model.type, source: cell.model.sharedModel.getSource(),
          count: model.execution_count ?? null, outputs: cell.model.outputs?.toJSON() ?? [],
          tags: cell.model.getMetadata('tags') ?? []};
})"""

# Where the last cell ends (below it JupyterLab leaves half a page empty), and one screenful.
EXTENT = """node => {
  const last = [...node.querySelectorAll('.jp-Cell')].at(-1);
  const end = last ? last.getBoundingClientRect().bottom - node.getBoundingClientRect().top : 1;
  return [Math.ceil(end + node.scrollTop), node.clientHeight - 40];
}"""


def find_chromium() -> str | None:
    """Return the browser to use, or None. EDUFLOW_CHROMIUM names one."""
    names = (os.environ.get("EDUFLOW_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    """Start a headless Chromium without a profile of its own; yields Playwright's Browser."""
    from playwright.sync_api import sync_playwright

    arguments = ["--disable-dev-shm-usage"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses its sandbox to root, as in a container
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def jupyterlab(lessons: Path) -> Iterator[Server]:
    """Start JupyterLab on a copy of a lessons folder, with the settings of `eduflow lab` alone."""
    with tempfile.TemporaryDirectory(prefix="eduflow-lab-", ignore_cleanup_errors=True) as folder:
        base = Path(folder)
        shutil.copytree(lessons, base / "root" / "lessons", ignore=_leave_out)
        for name, values in SETTINGS.items():
            path = base / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")
        port, token = _free_port(), secrets.token_hex(8)
        with open(base / "server.log", "wb") as log:
            process = subprocess.Popen(
                _command(base, port, token),
                env=course_environment() | _environment(base),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", token, base / "root")
        try:
            server.wait(process, base / "server.log")
            yield server
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Server:
    """A running JupyterLab."""

    def __init__(self, url: str, token: str, root: Path) -> None:
        self.url, self.token, self.root = url, token, root

    def wait(self, process: subprocess.Popen, log: Path, seconds: float = 90) -> None:
        """Return when the server answers; raise RuntimeError with its log if it never does."""
        status = f"{self.url}/api/status?token={self.token}"
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib.request.urlopen(status, timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(errors='replace')[-3000:]}")

    @contextlib.contextmanager
    def open(self, browser: Any, name: str) -> Iterator[Notebook]:
        """Open a lesson in a browser window of its own; its kernel ends with the window."""
        context = browser.new_context(viewport=VIEWPORT)
        try:
            notebook = Notebook(context.new_page(), self.url)
            notebook.load(f"{self.url}/lab/tree/lessons/{name}?reset&token={self.token}")
            yield notebook
            notebook.shut_down()
        finally:
            context.close()


class Notebook:
    """One lesson open in JupyterLab. `complaints` are the page's errors and outside requests."""

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.complaints = page, []
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("console", self._listen)
        page.on("request", lambda request: self._watch(request.url, url))

    def _listen(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _watch(self, url: str, home: str) -> None:
        inside = (home, home.replace("http", "ws", 1), "data:", "blob:", "about:")
        if not url.startswith(inside):
            self.complaints.append(f"asks another machine: {url}")

    def load(self, url: str) -> None:
        """Open the page and wait for a kernel that really exists.

        The indicator in the toolbar says idle before there is a kernel; running then opens a
        dialog that waits for ever. So the session itself is asked.
        """
        self.page.goto(url)
        self.arrive()

    def wait(self, state: str, seconds: float) -> None:
        """Wait until an expression of the page's is true."""
        self.page.wait_for_function(state, timeout=1000 * seconds, polling=LOOK)

    def arrive(self) -> None:
        """Wait for the kernel of the lesson that is being opened."""
        self.wait(READY, 120)
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.ready")

    def command(self, name: str, arguments: dict | None = None) -> None:
        """Run one of JupyterLab's commands and wait for it."""
        call = "([name, args]) => jupyterapp.commands.execute(name, args).then(() => null)"
        self.page.evaluate(call, [name, arguments or {}])

    def run_all(self, seconds: float = 300) -> None:
        """Run every cell and wait until the last one has finished."""
        self.page.evaluate(
            "() => { window.lessonDone = false;"
            " jupyterapp.commands.execute('notebook:run-all-cells')"
            ".finally(() => { window.lessonDone = true; }); }"
        )
        self.wait("() => window.lessonDone", seconds)
        self.wait(READY, 60)

    def cells(self) -> list[dict[str, Any]]:
        """Return the cells as the page knows them: id, kind, source, count, outputs, tags."""
        return self.page.evaluate(CELLS)

    def failed_cells(self) -> list[str]:
        """Return 'id: exception' for each cell that failed without having announced it."""
        return [
            f"{cell['id']}: {output['ename']}: {output['evalue']}"
            for cell in self.cells()
            if "raises-exception" not in cell["tags"]
            for output in cell["outputs"]
            if output["output_type"] == "error"
        ]

    def unrun_cells(self) -> list[str]:
        """Return the ids of code cells that have something in them and were not run."""
        return [
            cell["id"]
            for cell in self.cells()
            if cell["kind"] == "code" and cell["source"].strip() and not cell["count"]
        ]

    def trust(self) -> None:
        """Trust the stored outputs, as after running the cells: programs in them may start."""
        self.page.evaluate(
            "() => { for (const cell of jupyterapp.shell.currentWidget.content.widgets)"
            " cell.model.trusted = true; }"
        )

    def ask(self, expression: str) -> str:
        """Return what the lesson's kernel prints for the `repr` of an expression."""
        return self.page.evaluate(
            """async (code) => {
              const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
              const asked = kernel.requestExecute({ code, store_history: false });
              let printed = "";
              asked.onIOPub = (message) => { printed += message.content.text ?? ""; };
              await asked.done;
              return printed.trim();
            }""",
            f"print(repr({expression}))",
        )

    def use_theme(self, theme: str) -> None:
        """Switch to the light or the dark theme."""
        name = f"JupyterLab {theme.capitalize()}"
        self.command("apputils:change-theme", {"theme": name})
        self.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")

    def shoot(self, folder: Path, stem: str) -> list[Path]:
        """Photograph the notebook from top to bottom, one picture per screenful."""
        self.page.evaluate("() => jupyterapp.shell.collapseLeft()")
        panel = self.page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer").first
        self.page.wait_for_timeout(500)
        end, step = panel.evaluate(EXTENT)
        paths = []
        for number, top in enumerate(range(0, end, step), start=1):
            panel.evaluate("(node, top) => { node.scrollTop = top; }", top)
            self.page.wait_for_timeout(250)
            paths.append(folder / f"{stem}-{number:02}.png")
            panel.screenshot(path=paths[-1], animations="disabled")
        return paths

    def shut_down(self) -> None:
        """End the kernel."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def _leave_out(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in (".ipynb_checkpoints", ".eduflow")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _command(base: Path, port: int, token: str) -> list[str]:
    options = {
        "ServerApp.root_dir": base / "root",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": True,
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "jupyterlab", "--no-browser", *words]


def _environment(base: Path) -> dict[str, str]:
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }
    places = {name: str(base / folder) for name, folder in folders.items()}
    return places | {"EDUFLOW_PROGRESS": "off", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
