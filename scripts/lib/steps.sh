# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
#
# How every script speaks: one line per step, and on failure what broke and what to do next.
# Sourced, never run; expects `root` to be the repository's root.

# A step that is about to happen.
say() { printf '==> %s\n' "$*" >&2; }

# A problem, then one `help:` line per further argument; ends the script.
fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf 'help: %s\n' "$line" >&2; done
    exit 1
}

# quietly LOG WHAT COMMAND...: runs a command with its output in LOG, which is shown only when the command fails.
quietly() {
    local log="$1" what="$2" started=$SECONDS
    shift 2
    mkdir -p "$(dirname "$log")"
    say "$what"
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        fail "$what: failed after $((SECONDS - started)) s" "the whole output is in ${log#"$root"/}"
    fi
}
