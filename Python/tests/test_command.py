# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The command `tally` of the package, each time in a process of its own."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

import tallystick as ts
from shop import Shop

COMMAND = [sys.executable, "-c", "import _tallystick_command; _tallystick_command.main()"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def tally(*words: str, folder: str = ".") -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *words], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


class CommandTests(unittest.TestCase):
    def test_the_command_has_the_version_of_the_package(self) -> None:
        told = tally("--version")
        self.assertEqual((told.returncode, told.stdout, told.stderr), (0, ts.__version__ + "\n", ""))

    def test_statuses_are_those_of_the_program(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            told = tally("frobnicate", folder=folder)
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn("there is no command 'tally frobnicate'", told.stderr)
        shop = Shop()
        self.addCleanup(shop.close)
        self.assertEqual(tally("check", folder=str(shop.root)).returncode, 0)
        shop.write("definitions/broken.yaml", "kind: Entity\nname: [\n")
        self.assertEqual(tally("check", folder=str(shop.root)).returncode, 1)

    def test_commands_that_are_written_in_python_are_run_by_it(self) -> None:
        for words in (["import", "dbt"], ["import", "feast"], ["audit-feast"], ["review"]):
            told = tally(*words, "--help")
            self.assertEqual((told.returncode, told.stderr), (0, ""), words)
            self.assertIn(f"tally {' '.join(words)}", told.stdout)

    def test_a_reader_that_has_gone_ends_the_command_as_any_other_program(self) -> None:
        # Python ignores this signal; a program that inherited that would go on and end with 0.
        reader, writer = os.pipe()
        os.close(reader)
        process = subprocess.Popen([*COMMAND, "--help"], env=ENVIRONMENT, stdout=writer)
        os.close(writer)
        self.assertEqual(process.wait(), -signal.SIGPIPE)

    def test_no_python_stays_behind_the_command(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(tally("init", folder=folder).returncode, 0)
            process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", "--drain", "0s"], cwd=folder, env=ENVIRONMENT, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert process.stdout is not None
            with process.stdout:
                self.assertIn("listening on", process.stdout.readline())
                with open(f"/proc/{process.pid}/comm", encoding="utf-8") as name:
                    self.assertEqual(name.read(), "tally\n")
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(10), 0)


if __name__ == "__main__":
    unittest.main()
