#!/bin/sh
# Finds a Python that can build Doorstep's own environment, then hands over to the tools package.
# Not here: any step itself. Nothing is installed by this file.
set -eu
cd "$(dirname "$0")/.."

too_old=""
no_venv=""
for candidate in "${PYTHON:-}" .venv/bin/python python3.12 python3.11 python3.13 python3 python3.14 python; do
    [ -n "$candidate" ] || continue
    command -v "$candidate" >/dev/null 2>&1 || continue
    # A version manager's shim exists for Pythons that are not switched on; only running it tells.
    version=$("$candidate" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        too_old="$too_old $version"
        continue
    fi
    if ! "$candidate" -I -c 'import venv, ensurepip' 2>/dev/null; then
        no_venv="$version"
        continue
    fi
    unset PYTHONHOME PYTHONPATH PYTHONSTARTUP VIRTUAL_ENV
    exec "$candidate" -m tools "$@"
done

if [ -n "$no_venv" ]; then
    echo "Python $no_venv is here but cannot make environments. Install its venv package (on Debian: apt-get install python3-venv), then run this again." >&2
elif [ -n "$too_old" ]; then
    echo "Doorstep needs Python 3.11 or newer; found only$too_old. Install a newer one, or name it: make PYTHON=/path/to/python3.12 demo" >&2
else
    echo "Doorstep needs Python 3.11 or newer, and none was found. Install it (on Debian: apt-get install python3 python3-venv), then run this again." >&2
fi
exit 1
