# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Where CPU time goes, from what `perf record` wrote."""

import re
import subprocess

OPTIONS = ["-q", "-e", "cpu-clock", "-F", "999", "--call-graph", "fp"]


def samples(record):
    """Each sample's frames, the innermost first."""
    text = subprocess.run(
        ["perf", "script", "-i", record, "-F", "ip,sym,dso"], capture_output=True, text=True, check=True).stdout
    for block in text.split("\n\n"):
        # Of the library only the name: a folder's name must not decide, nor reach the document.
        frames = [
            re.sub(r"\((?:.*/)?([^/]*)\)$", r"(\1)", " ".join(line.split()[1:]))
            for line in block.splitlines() if line.strip()]
        if frames:
            yield frames


def group(frames, groups, other):
    """The first of the groups with a pattern in a frame, looking from the innermost frame outwards."""
    for frame in frames:
        for name, pattern in groups:
            if re.search(pattern, frame):
                return name
    return other
