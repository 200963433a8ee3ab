# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Ctrl-C and forks, each in a process of its own."""

import os
import signal
import subprocess
import sys
import time
import unittest

import tallystick as ts
from shop import Shop

# A spine and a source of some millions of rows keep a call busy for seconds; it is stopped long before.
ROWS = 1_500_000


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})


class InterruptionTests(unittest.TestCase):
    def test_ctrl_c_stops_a_long_call_and_leaves_nothing(self) -> None:
        shop = Shop()
        store = ts.open(shop.root)
        store.apply()
        shop.write(
            "spine.csv", "user_id,event_timestamp,factor\n" + "1,2024-01-01T10:30:00Z,2\n" * ROWS)
        before = set(os.listdir(shop.root))
        process = python(
            "import signal, sys, tallystick as ts\n"
            # Whoever runs the tests in the background of a shell has taught them to ignore Ctrl-C.
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "store = ts.open(sys.argv[1])\n"
            "print('ready', flush=True)\n"
            "try: store.train('model', sys.argv[1] + '/spine.csv', sys.argv[1] + '/train.csv')\n"
            "except KeyboardInterrupt: print('stopped', flush=True)\n"
            "from tallystick._library import library\n"
            "print(library().open_handles(), flush=True)\n",
            str(shop.root))
        assert process.stdout is not None
        self.assertEqual(process.stdout.readline(), "ready\n")
        # The call is under way when it has begun to write, under another name than the set's.
        deadline = time.monotonic() + 20
        while before == set(os.listdir(shop.root)) and time.monotonic() < deadline:
            time.sleep(0.005)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=60)
        self.assertEqual(out, "stopped\n1\n", error)
        self.assertLess(time.monotonic() - started, 20)
        self.assertFalse((shop.root / "train.csv").exists())
        shop.close()

    def test_a_forked_child_is_told_so_and_never_hangs(self) -> None:
        shop = Shop()
        process = python(
            "import os, signal, sys, threading, tallystick as ts\n"
            "store = ts.open(sys.argv[1])\n"
            "store.apply(); store.materialize()\n"
            "ask = lambda: store.get('model', {'user_id': 1}, {'factor': 1.0})\n"
            "busy = True\n"
            "def load():\n"
            "    while busy: ask()\n"
            "threads = [threading.Thread(target=load) for _ in range(2)]\n"
            "[thread.start() for thread in threads]\n"
            "bad = 0\n"
            "for _ in range(200):\n"
            "    child = os.fork()\n"
            "    if child == 0:\n"
            "        signal.alarm(10)\n"
            "        told = 0\n"
            "        for call in (ask, store.check, store.close, lambda: ts.open(sys.argv[1])):\n"
            "            try: call()\n"
            "            except ts.ForkedError: told += 1\n"
            "            except ts.ClosedError: pass\n"
            "        os._exit(0 if told == 3 else 1)\n"
            "    bad += os.waitpid(child, 0)[1] != 0\n"
            "busy = False\n"
            "[thread.join() for thread in threads]\n"
            "print(bad, ask().values['total'])\n",
            str(shop.root))
        out, error = process.communicate(timeout=120)
        self.assertEqual(out, "0 [9007199254740993]\n", error)
        shop.close()

    def test_a_child_that_opens_by_itself_works(self) -> None:
        shop = Shop()
        process = python(
            "import os, sys, tallystick as ts\n"
            "from tallystick._library import library\n"
            "library().version()\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    os._exit(len(ts.open(sys.argv[1]).plan().changes))\n"
            "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n",
            str(shop.root))
        out, error = process.communicate(timeout=60)
        self.assertEqual(out, "4\n", error)
        shop.close()


if __name__ == "__main__":
    unittest.main()
