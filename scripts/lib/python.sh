# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
#
# How a script gets packages of Python: exact versions out of a list, in a folder of its own below .deps.
# Sourced after steps.sh, never run; expects `root` to be the repository's root.

# python_with NAME LIST WHAT: fills .deps/NAME with the packages of LIST, or leaves it if it has them; silent then.
# Without dependencies: the list has all that is used, and pip of this machine fills an environment that needs none of its own.
python_with() {
    local place="$root/.deps/$1" list="$2" what="$3"
    if cmp --silent "$list" "$place/installed.txt"; then return; fi
    mkdir -p "$root/.deps"
    quietly "$place.log" "$what" python_filled "$place" "$list"
    cp "$list" "$place/installed.txt"
}

python_filled() {
    rm -rf "$1" &&
        python3 -m venv --without-pip "$1" &&
        python3 -m pip --disable-pip-version-check --python "$1/bin/python" install --quiet --no-deps --no-compile \
            --only-binary=:all: --requirement "$2"
}
