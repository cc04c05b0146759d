#!/bin/sh
# Makes $VENV from requirements.lock (every package pinned by hash) and installs the project into it.
# Each thing that may be missing on a fresh machine is said in one line with its remedy.
set -eu
: "${PYTHON:=python3}" "${VENV:=.venv}"

die() { printf 'setup: %s\n' "$1" >&2; exit 1; }

command -v "$PYTHON" >/dev/null 2>&1 || die "no $PYTHON here; install Python 3.11, 3.12 or 3.13, or name one: make PYTHON=python3.12 …"
"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' ||
  die "$PYTHON is $("$PYTHON" -V 2>&1); Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12 …"

if command -v uv >/dev/null 2>&1; then
  uv venv --quiet --allow-existing --python "$PYTHON" "$VENV"
  install() { uv pip install --quiet --python "$VENV/bin/python" "$@"; }
else
  "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
    die "this Python has no venv module; on Debian and Ubuntu: apt-get install python3-venv"
  [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
  install() { "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
fi

echo "setup: installing the locked packages into $VENV (a few minutes the first time)"
install --require-hashes -r requirements.lock ||
  die "a package could not be installed; if a compiler was asked for: apt-get install build-essential python3-dev, or xcode-select --install on macOS"
install --no-deps --no-build-isolation -e .
