#!/bin/sh
# Write the lock files anew: `make lock`, or `make lock UPGRADE=--upgrade` for newer versions.
# Usage: requirements/lock.sh UV [--upgrade]
set -eu
cd "$(dirname "$0")/.."
uv=$1
shift

lock() {
    name=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-config \
        --custom-compile-command "make lock" --output-file "requirements/$name.txt" "$@" >/dev/null
    echo "requirements/$name.txt: $(grep -c == "requirements/$name.txt") packages"
}

# Each file is held to the versions of the ones above, so that they install together.
lock runtime pyproject.toml "$@"
lock build --group build -c requirements/runtime.txt "$@"
lock test --group test -c requirements/runtime.txt -c requirements/build.txt "$@"
lock lint --group lint -c requirements/runtime.txt -c requirements/test.txt "$@"
lock bench --group bench -c requirements/runtime.txt -c requirements/test.txt \
    --override requirements/overrides.in "$@"
lock bundle --group bundle -c requirements/runtime.txt -c requirements/test.txt "$@"
# Held to nothing: it shares no environment with the others.
lock emulator requirements/emulator.in "$@"
lock tools requirements/tools.in "$@"
