# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The examples for schedulers: what each exit code of `tally` does to a task. Airflow and Dagster are fakes here."""

import importlib
import os
import subprocess
import sys
import tempfile
import types
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

FOLDER = Path(__file__).resolve().parents[2] / "Examples" / "schedulers"


class Final(Exception):
    pass


class Again(Exception):
    pass


def fakes() -> dict[str, types.ModuleType]:
    """As much of the two as the examples use."""
    def decorator(*positions: Any, **options: Any) -> Any:
        return positions[0] if positions and callable(positions[0]) else lambda function: mock.MagicMock(wraps=function)

    def module(name: str, **members: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        made.__dict__.update(members)
        return made

    airflow = {"AirflowException": Again, "AirflowFailException": Final}
    return {
        "airflow": module("airflow"), "airflow.exceptions": module("airflow.exceptions", **airflow),
        "airflow.sdk": module("airflow.sdk", dag=mock.MagicMock(), task=mock.MagicMock()),
        "dagster": module(
            "dagster", Definitions=mock.MagicMock(), In=mock.MagicMock(), Out=mock.MagicMock(), Nothing=None, op=decorator,
            job=decorator, ScheduleDefinition=mock.MagicMock(),
            Failure=lambda description, metadata, allow_retries: (Again if allow_retries else Final)(description, metadata),
            RetryRequested=lambda max_retries, seconds_to_wait: Again(max_retries, seconds_to_wait))}


class Schedulers(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="tallystick-")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for patch in (
            mock.patch.dict(sys.modules, fakes()), mock.patch.object(sys, "path", [str(FOLDER), *sys.path]),
            mock.patch.object(sys, "dont_write_bytecode", True),
            mock.patch.dict(os.environ, {"TALLY_REPOSITORY": folder.name, "PATH": f"{folder.name}:{os.environ['PATH']}"}),
        ):
            patch.start()
            self.addCleanup(patch.stop)
        for name in ("tally_task", "airflow_dag", "dagster_job"):
            sys.modules.pop(name, None)
        self.task = importlib.import_module("tally_task")

    def program(self, text: str) -> None:
        path = self.root / "tally"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def outcomes(self, run: Any) -> dict[int, str]:
        found = {}
        for status in (0, 1, 2, 3, 4, 5, 130):
            self.program(f"echo said; exit {status}")
            try:
                run()
                found[status] = "success"
            except Final:
                found[status] = "failed"
            except Again:
                found[status] = "again"
        self.program("kill -9 $$")
        with self.assertRaises(Again):
            run()
        (self.root / "tally").unlink()
        with mock.patch.dict(os.environ, {"PATH": str(self.root)}), self.assertRaises(Final):
            run()
        return found

    EXPECTED = {0: "success", 1: "failed", 2: "failed", 3: "failed", 4: "again", 5: "failed", 130: "again"}

    def test_airflow_tries_again_what_another_try_can_mend(self) -> None:
        module = importlib.import_module("airflow_dag")
        self.assertEqual(self.outcomes(lambda: module.run(["verify"])), self.EXPECTED)

    def test_dagster_tries_again_what_another_try_can_mend(self) -> None:
        module = importlib.import_module("dagster_job")
        context = mock.MagicMock()
        self.assertEqual(self.outcomes(lambda: module.run(context, ["verify"])), self.EXPECTED)
        context.log.info.assert_called_with("said")

    def test_a_task_that_is_stopped_interrupts_its_command(self) -> None:
        self.program("trap 'echo interrupted > stopped; exit 130' TERM; echo started; while :; do sleep 0.02; done")

        def stop(line: str) -> None:
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self.task.tally("materialize", repository=str(self.root), log=stop)
        self.assertEqual((self.root / "stopped").read_text(), "interrupted\n")

    def test_the_steps_are_commands_that_there_are(self) -> None:
        from tallystick import NotFoundError, _program

        try:
            _program.find()
        except NotFoundError:
            self.skipTest("the program tally is not there")
        for _, arguments in self.task.nightly():
            done = subprocess.run([_program.find(), arguments[0], "--help"], capture_output=True, check=False, env={
                **os.environ, "LD_LIBRARY_PATH": os.pathsep.join(
                    [str(Path(_program.__file__).with_name("_lib")), os.environ.get("LD_LIBRARY_PATH", "")])})
            self.assertEqual(done.returncode, 0)
            for option in (argument for argument in arguments if argument.startswith("--")):
                self.assertIn(option, done.stdout.decode())


if __name__ == "__main__":
    unittest.main()
