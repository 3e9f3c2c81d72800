#!/bin/sh
# Print a Python that can build eduflow, or say how to get one.
# $1: a Python asked for by name, or nothing. $2: the environment's own, good if there is no other.
set -u

fits() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

wanted=${1:-python3}
if [ -n "${1:-}" ]; then
    set -- "$1"
else
    set -- python3 python3.14 python3.13 python3.12 python3.11 python "${2:-}"
fi
for candidate in "$@"; do
    if fits "$candidate"; then
        command -v "$candidate"
        exit 0
    fi
done

if found=$("$wanted" --version 2>&1); then
    echo "eduflow needs Python 3.11, 3.12, 3.13 or 3.14, and '$wanted' is $found." >&2
else
    echo "eduflow needs Python 3.11, 3.12, 3.13 or 3.14, and no '$wanted' was found." >&2
fi
cat >&2 <<'HELP'
  Debian, Ubuntu:  sudo apt-get install python3 python3-venv
                   (older releases: python3.11 python3.11-venv, where the release has them)
  macOS:           brew install python@3.13, or the installer from python.org
  Windows:         winget install Python.Python.3.13, or the installer from python.org
Then run the same command again. A Python elsewhere can be named: make lab PYTHON=/path/to/python3.13
HELP
exit 1
