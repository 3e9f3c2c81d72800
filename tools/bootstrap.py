"""Make the virtual environment ready: this checkout, editable, with some of its extras.

Usage: python tools/bootstrap.py VENV EXTRA [EXTRA ...]

Every `make` command calls it first. It looks at what is there and does only what is missing:

- no environment, or one that does not start: it is made anew;
- an environment that was moved or copied with the checkout: its scripts and the editable install
  are pointed at the new place, the packages stay;
- other requirements than at the last time (compared by content, not by date): pip runs, without
  the network if what is there will do;
- nothing of this: nothing is done, in a tenth of a second.

Needs nothing but the standard library, because on a fresh machine there is nothing else.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST, NEWEST = (3, 11), (3, 14)

TOO_OLD = "eduflow needs Python {}.{} or newer, and {} is Python {}.{}."

NO_VENV = """\
{python} cannot make virtual environments: its module 'ensurepip' or 'venv' is missing.
  Debian, Ubuntu:  sudo apt-get install python{version}-venv
  macOS:           brew install python@3.13, or the installer from python.org
  Windows:         run the installer from python.org again and keep "pip" ticked
Then run the same command again."""

NO_INSTALL = """\
pip could not install eduflow[{extras}]; its own message stands above.
  No network? The first run downloads packages from PyPI; later runs need no network.
  Half-made environment? 'make clean-venv' removes {venv}, and the next run starts afresh."""

# Run in the environment, with -I: whether it is a good one, and which eduflow it imports.
PROBE = """\
import importlib.util, json, sys
eduflow = importlib.util.find_spec("eduflow")
print(json.dumps({
    "version": sys.version_info[:2],
    "base": getattr(sys, "_base_executable", sys.executable),
    "pip": importlib.util.find_spec("pip") is not None,
    "eduflow": eduflow and eduflow.origin,
}))"""

# Settings under which pip would install somewhere else, less, or nothing at all.
ELSEWHERE = ("TARGET", "PREFIX", "ROOT", "PYTHON", "NO_DEPS", "DRY_RUN", "REQUIRE_VIRTUALENV")


def pip_environment():
    """The environment variables for pip: nobody's wish to install elsewhere reaches it."""
    unwanted = {"PIP_" + name for name in ELSEWHERE} | {"PYTHONPATH", "PYTHONHOME"}
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    # Said aloud rather than left out: pip's configuration file may hold `user = true` as well.
    return dict(kept, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1")


def folder_of(venv):
    """The folder of the environment's programs."""
    return os.path.join(venv, "Scripts" if os.name == "nt" else "bin")


def python_of(venv):
    """The path of the environment's interpreter."""
    return os.path.join(folder_of(venv), "python.exe" if os.name == "nt" else "python")


def probe(venv):
    """What PROBE says; None if the environment does not start, has no pip or the wrong Python."""
    try:
        said = subprocess.check_output([python_of(venv), "-I", "-c", PROBE], stderr=subprocess.PIPE)
        found = json.loads(said.decode("utf-8"))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None
    return found if found["pip"] and OLDEST <= tuple(found["version"]) <= NEWEST else None


def imports_this_checkout(found):
    """Whether `import eduflow` in the probed environment means this checkout's."""
    ours = os.path.join(ROOT, "eduflow", "__init__.py")
    return bool(found["eduflow"]) and os.path.realpath(found["eduflow"]) == os.path.realpath(ours)


def project_settings():
    """What pyproject.toml says."""
    import tomllib  # from Python 3.11 on; an older one has been told so before

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        return tomllib.load(file)


def settings_of(venv):
    """The lines of the environment's pyvenv.cfg."""
    with open(os.path.join(venv, "pyvenv.cfg"), encoding="utf-8") as file:
        return [line.strip() for line in file]


def at_home(venv):
    """Whether the environment was made where it lies now; its pyvenv.cfg holds the command."""
    made = [line for line in settings_of(venv) if line.startswith("command = ")]
    return all(line.endswith(" " + os.path.abspath(venv)) for line in made)


def requirements():
    """A digest of all that an install depends on, whatever the files' dates and comments."""
    settings = project_settings()
    with open(os.path.join(ROOT, "constraints.txt"), encoding="utf-8") as file:
        pins = [line.split("#")[0].strip() for line in file]
    keys = "name", "version", "requires-python", "dependencies", "optional-dependencies", "scripts"
    matters = {
        "project": {key: settings["project"].get(key) for key in keys},
        "build-system": settings["build-system"],
        "setuptools": settings.get("tool", {}).get("setuptools"),
        "pins": sorted(filter(None, pins)),
    }
    return hashlib.sha256(json.dumps(matters, sort_keys=True).encode()).hexdigest()


def remembered(venv):
    """What the last run noted: the digest of the requirements and the finished extras."""
    nothing = {"requirements": None, "extras": []}
    try:
        with open(os.path.join(venv, ".ready.json"), encoding="utf-8") as file:
            return dict(nothing, **json.load(file))
    except (OSError, ValueError, TypeError):
        return nothing


def remember(venv, digest, extras):
    """Note what is ready, whole or not at all."""
    path = os.path.join(venv, ".ready.json")
    note = {"requirements": digest, "extras": sorted(extras)}
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        json.dump(note, file)
    os.replace(path + ".tmp", path)


def has(*module):
    """Whether this Python can run `python -m module ...`."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.call([sys.executable, "-m"] + list(module), **quiet) == 0


def create(venv):
    """Make the environment anew; leave with advice where this Python cannot.

    Debian ships Python without ensurepip. Where there is a pip, it can fill the environment too.
    """
    with_ensurepip = has("ensurepip", "--version")
    if not has("venv", "--help") or not (with_ensurepip or has("pip", "--version")):
        version = "{}.{}".format(*sys.version_info)
        sys.exit(NO_VENV.format(python=sys.executable, version=version))
    print("Creating {} with Python {}.{}".format(venv, *sys.version_info), flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    options = [] if with_ensurepip else ["--without-pip"]
    environment = pip_environment()
    subprocess.check_call([sys.executable, "-m", "venv"] + options + [venv], env=environment)
    if not with_ensurepip:
        command = [sys.executable, "-m", "pip", "--python", python_of(venv), "install", "-q", "pip"]
        subprocess.check_call(command, env=environment)


def settle(venv, base):
    """Make a moved or copied environment at home in its new place; its packages stay.

    First the scripts, whose first lines name the interpreter by its full path; then the files that
    the module venv writes, by `base`, the Python on which the environment stands. pyvenv.cfg, which
    `at_home` looks at, is one of them, so that what was interrupted is done again.
    """
    print("{} came from another place; mending it".format(venv), flush=True)
    interpreter = os.path.abspath(python_of(venv))
    for name in sorted(os.listdir(folder_of(venv))):
        path = os.path.join(folder_of(venv), name)
        if os.path.isfile(path) and not os.path.islink(path):
            readdress(path, interpreter)
    options = ["--without-pip"]
    if "include-system-site-packages = true" in settings_of(venv):
        options.append("--system-site-packages")
    subprocess.check_call([base, "-m", "venv"] + options + [venv], env=pip_environment())


def readdress(path, interpreter):
    """Let the script at `path` start with `interpreter`; leave whatever is no Python script."""
    with open(path, "rb") as file:
        content = file.read()
    first, _, rest = content.partition(b"\n")
    if first == b"#!/bin/sh" and rest.startswith(b"'''exec'"):
        rest = rest.split(b"\n", 2)[2]  # pip's form for long paths and paths with blanks
    elif not (first.startswith(b"#!") and b"python" in os.path.basename(first)):
        return
    address = os.fsencode(interpreter)
    header = b"#!" + address
    if b" " in address or len(header) > 127:
        header = b"#!/bin/sh\n'''exec' \"" + address + b'" "$0" "$@"\n' + b"' '''"
    with open(path + ".tmp", "wb") as file:
        file.write(header + b"\n" + rest)
    shutil.copymode(path, path + ".tmp")
    os.replace(path + ".tmp", path)


def install(venv, extras, fresh):
    """Install this checkout, editable, with its extras at the pinned versions.

    An environment that was in use is asked first whether what it has will do, which needs no
    network: setuptools, which an editable install is made with, is installed with the rest.
    """
    names = ",".join(extras)
    pip = [python_of(venv), "-m", "pip", "install", "-qq", "-c", "constraints.txt"]
    ours, environment = ["-e", ".[{}]".format(names)], pip_environment()
    if not fresh:
        offline = pip + ["--no-index", "--no-build-isolation"] + ours
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if subprocess.call(offline, cwd=ROOT, env=environment, **quiet) == 0:
            return
    print("Installing eduflow[{}] (the first time takes a minute or two)".format(names), flush=True)
    tools = project_settings()["build-system"]["requires"]
    if subprocess.call(pip + tools + ours, cwd=ROOT, env=environment) != 0:
        sys.exit(NO_INSTALL.format(extras=names, venv=venv))


def main():
    """Make what is missing, and note what is ready."""
    if sys.version_info[:2] < OLDEST:
        version = OLDEST + (sys.executable,) + tuple(sys.version_info[:2])
        sys.exit(TOO_OLD.format(*version))
    venv, extras = sys.argv[1], sys.argv[2:]
    found = probe(venv)
    if found is None:
        create(venv)
    elif not at_home(venv):
        settle(venv, found["base"])
    before, digest = remembered(venv), requirements()
    ready = before["extras"] if before["requirements"] == digest else []
    here = found is not None and imports_this_checkout(found)
    if not here or not set(extras) <= set(ready):
        install(venv, sorted(set(extras) | set(ready)), fresh=found is None)
        remember(venv, digest, set(extras) | set(ready))


if __name__ == "__main__":
    main()
