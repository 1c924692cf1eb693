#!/bin/sh
# Build the environment $1 from the lock file $2: with uv when it is there, else with venv and pip.
set -eu
venv=$1
lock=$2

find_python() {
    for name in python3 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2])' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Haodian needs Python 3.11 or later; none was found on the PATH." >&2
    exit 1
}

usable() { [ -x "$venv/bin/python" ] && "$venv/bin/python" -c '' 2>/dev/null; }

echo "Building $venv from $lock (once) ..."
if command -v uv >/dev/null 2>&1; then
    usable || uv venv --quiet --clear --python "$(find_python)" "$venv"
    VIRTUAL_ENV="$PWD/$venv" uv pip install --quiet --require-hashes -r "$lock"
else
    usable || "$(find_python)" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
fi
