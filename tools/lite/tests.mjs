// Run pytest under Pyodide in node: node tools/lite/tests.mjs PYODIDE PACKAGES [pytest's words ...]
// PYODIDE is a folder with Pyodide's files, PACKAGES one in which pytest is installed.
// The files of a folder are shared out among as many processes as the machine has cores.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const NO_TESTS = 5; // how pytest ends when it has found none, as with -k
const [folder, packages, ...words] = process.argv.slice(2);
if (!folder || !packages) {
  console.error("Say where Pyodide's files and pytest are: node tests.mjs PYODIDE PACKAGES ...");
  process.exit(2);
}
if (!process.env.EDUFLOW_SHARE) {
  const shares = shared(words.filter((word) => existsSync(word)).flatMap(testsIn));
  const options = words.filter((word) => !existsSync(word));
  const done = shares.map((files, number) => runBeside([...files, ...options], number === 0));
  const ends = await Promise.all(done);
  const some = ends.filter((status) => status !== NO_TESTS);
  process.exit(some.length ? Math.max(...some) : NO_TESTS);
}

/** The test files of a folder, or the one that is named. */
function testsIn(place) {
  if (!statSync(place).isDirectory()) return [place];
  const found = readdirSync(place, { recursive: true });
  const names = found.filter((name) => /^test_.*\.py$/.test(path.basename(name)));
  return names.map((name) => path.join(place, name));
}

/** The files in as many shares as there are cores: the longest first, so that none has them all. */
function shared(files) {
  const sorted = files.sort((one, other) => statSync(other).size - statSync(one).size);
  const number = Math.max(1, Math.min(availableParallelism(), sorted.length));
  return Array.from({ length: number }, (_, k) => sorted.filter((_, n) => n % number === k));
}

/** Run a share in a process of its own; what it says is shown at once, or when it has ended. */
function runBeside(share, atOnce) {
  const child = spawn(process.execPath, [...process.argv.slice(1, 4), ...share], {
    env: { ...process.env, EDUFLOW_SHARE: "1" },
    stdio: ["ignore", atOnce ? "inherit" : "pipe", "inherit"],
  });
  const said = [];
  child.stdout?.on("data", (part) => said.push(part));
  return new Promise((resolve) =>
    child.on("close", (status) => {
      process.stdout.write(Buffer.concat(said));
      resolve(status ?? 1);
    }),
  );
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
