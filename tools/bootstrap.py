"""Create the virtual environment and install eduflow with some of its extras.

Usage: python tools/bootstrap.py VENV EXTRA [EXTRA ...]

Needs nothing but the standard library, because on a fresh machine there is nothing else.
"""

import os
import shutil
import subprocess
import sys

NO_VENV = """\
{python} cannot make virtual environments: its module 'ensurepip' or 'venv' is missing.
  Debian, Ubuntu:  sudo apt-get install python{version}-venv
  macOS:           brew install python@3.12, or the installer from python.org
  Windows:         run the installer from python.org again and keep "pip" ticked
Then run the same command again."""

NO_INSTALL = """\
pip could not install eduflow[{extras}]; its own message stands above.
  No network? The first run downloads packages from PyPI; later runs need no network.
  Half-made environment? 'make clean-venv' removes {venv}, and the next run starts afresh."""


def python_of(venv):
    """Return the path of the environment's interpreter."""
    folder, name = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(venv, folder, name)


def works(venv):
    """Whether the environment's interpreter is new enough, starts, and has pip."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.call([python_of(venv), "-c", test], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def has(*module):
    """Whether this Python can run `python -m module ...`."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.call([sys.executable, "-m", *module], **quiet) == 0


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
    subprocess.check_call([sys.executable, "-m", "venv", *options, venv])
    if not with_ensurepip:
        command = [sys.executable, "-m", "pip", "--python", python_of(venv), "install", "-q", "pip"]
        subprocess.check_call(command)


def install(venv, extras):
    """Install this checkout, editable, with its extras at the pinned versions."""
    names = ",".join(extras)
    print("Installing eduflow[{}] (the first time takes a minute or two)".format(names), flush=True)
    command = [python_of(venv), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    command += ["-c", "constraints.txt", "-e", ".[{}]".format(names)]
    if subprocess.call(command) != 0:
        sys.exit(NO_INSTALL.format(extras=names, venv=venv))


def main():
    """Make what is missing, and note each finished extra in a stamp file that make looks at."""
    venv, extras = sys.argv[1], sys.argv[2:]
    if not works(venv):
        create(venv)
    install(venv, extras)
    for extra in extras:
        with open(os.path.join(venv, ".ready-" + extra), "w"):
            pass


if __name__ == "__main__":
    main()
