// Run pytest under Pyodide in node: node tools/lite/tests.mjs PYODIDE PACKAGES [pytest's words ...]
// PYODIDE is a folder with Pyodide's files, PACKAGES one in which pytest is installed.
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [folder, packages, ...words] = process.argv.slice(2);
if (!folder || !packages) {
  console.error("Say where Pyodide's files and pytest are: node tests.mjs PYODIDE PACKAGES ...");
  process.exit(2);
}
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const pyodide = path.resolve(folder) + path.sep;
const { loadPyodide } = await import(pathToFileURL(pyodide + "pyodide.mjs"));
const env = {
  HOME: "/home/pyodide",
  EDUFLOW_PROGRESS: "off",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1",
  MPLBACKEND: "agg",
  EDUFLOW_PLAIN: process.env.EDUFLOW_PLAIN ?? "",
};
const python = await loadPyodide({ indexURL: pyodide, packageCacheDir: pyodide, env });
await python.loadPackage(["numpy", "matplotlib", "ipython"], { messageCallback: () => {} });
for (const [place, there] of [["/checkout", root], ["/packages", path.resolve(packages)]]) {
  python.FS.mkdirTree(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: there }, place);
}
python.globals.set("words", python.toPy(words));
const status = await python.runPythonAsync(`
import os, sys
sys.path.insert(0, "/checkout")
sys.path.append("/packages")  # Pyodide's own packages come first
sys.modules["torch"] = None  # if it is there, it is another machine's: the recorded answers count
os.chdir("/checkout")
import pytest
int(pytest.main([*words, "-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=sys",
                 "-W", "ignore::pytest.PytestConfigWarning"]))
`);
process.exit(status);
