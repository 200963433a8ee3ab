# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The first screen of the README works as it stands there, in Python and in the shell."""

import contextlib
import io
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import tallystick as ts
from tallystick import _program

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code under `Try it`, in order."""
    part = README.split("\n## Try it\n")[1].split("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.DOTALL | re.MULTILINE)


class ReadmeTests(unittest.TestCase):
    def setUp(self) -> None:
        try:
            self.program = _program.find()
        except ts.NotFoundError:
            self.skipTest("the program tally is not installed")
        folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def shell(self, text: str, folder: str) -> str:
        libraries = os.pathsep.join(filter(None, [
            str(Path(ts.__file__).parent / "_lib"), os.environ.get("LD_LIBRARY_PATH", "")]))
        environment = {
            **os.environ, "PATH": os.path.dirname(self.program) + os.pathsep + os.environ["PATH"], "LD_LIBRARY_PATH": libraries}
        done = subprocess.run(
            ["bash", "-e", "-c", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_first_screen_runs_as_it_stands(self) -> None:
        made, again = blocks("sh")
        # The wheel is there already, or else the program and the package of the checkout.
        self.assertIn("make wheel && pip install dist/*.whl", made)
        self.shell("".join(line + "\n" for line in made.splitlines() if "pip install" not in line), self.root)
        shop = os.path.join(self.root, "shop")
        first, second = blocks("python")
        names: dict[str, object] = {}
        with contextlib.chdir(shop), contextlib.redirect_stdout(io.StringIO()) as said:
            exec(compile(first, "README.md", "exec"), names)
            last = first.strip().splitlines()[-1]
            self.assertEqual(str(eval(last, names)), last.partition("# ")[2])
            exec(compile(second, "README.md", "exec"), names)
        self.assertIn(f"```\n{said.getvalue()}```\n", README)
        # Nothing is asked of a server here: its port may be somebody's.
        quiet = again.split("tally serve")[0]
        self.assertIn("52.0", self.shell(quiet, shop))
        self.assertIn("tally serve &", again)


if __name__ == "__main__":
    unittest.main()
