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

    def test_a_forked_child_reads_and_never_hangs(self) -> None:
        shop = Shop()
        process = python(
            "import os, signal, sys, threading, tallystick as ts\n"
            "store = ts.open(sys.argv[1])\n"
            "store.apply(); store.materialize()\n"
            "ask = lambda: store.get('model', {'user_id': [1, 2]}, {'factor': [1.0, 2.0]}).values\n"
            "at = lambda: store.get('model', {'user_id': 1}, {'factor': 1.0}, at='2024-01-01T00:00:00Z')\n"
            "expected = ask()\n"
            "busy = True\n"
            "def load(work):\n"
            "    while busy: work()\n"
            "works = [ask, ask, lambda: store.materialize(full=True)]\n"
            "threads = [threading.Thread(target=load, args=(work,)) for work in works]\n"
            "[thread.start() for thread in threads]\n"
            "bad = 0\n"
            "for number in range(200):\n"
            "    child = os.fork()\n"
            "    if child == 0:\n"
            "        signal.alarm(10)\n"
            "        told = 0\n"
            "        for call in (store.check, at, lambda: ts.open(sys.argv[1])) if number % 10 == 0 else ():\n"
            "            try: call()\n"
            "            except ts.ForkedError: told += 1\n"
            "        os._exit(0 if ask() == expected and told in (0, 3) else 1)\n"
            "    bad += os.waitpid(child, 0)[1] != 0\n"
            "busy = False\n"
            "[thread.join() for thread in threads]\n"
            "print(bad, ask() == expected)\n",
            str(shop.root))
        out, error = process.communicate(timeout=120)
        self.assertEqual(out, "0 True\n", error)
        shop.close()

    def test_a_forked_child_that_was_never_asked_before_has_threads_and_children(self) -> None:
        shop = Shop()
        process = python(
            "import multiprocessing, os, signal, sys, threading, tallystick as ts\n"
            "from tallystick._library import library\n"
            "with ts.open(sys.argv[1]) as store: store.apply(); store.materialize()\n"
            "store = ts.open(sys.argv[1])\n"
            "def ask(*_): return store.get('model', {'user_id': 2}, {'factor': 1.0}).values['total']\n"
            "def crowd():\n"
            "    found = []\n"
            "    def many(): found.extend(ask() for _ in range(50))\n"
            "    threads = [threading.Thread(target=many) for _ in range(3)]\n"
            "    [thread.start() for thread in threads]\n"
            "    many()\n"
            "    [thread.join() for thread in threads]\n"
            "    return found == [[5]] * 200 and library().open_handles() == 0\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    signal.alarm(30)\n"
            "    whole = crowd()\n"
            "    grandchild = os.fork()\n"
            "    if grandchild == 0: os._exit(0 if crowd() else 1)\n"
            "    whole = os.waitpid(grandchild, 0)[1] == 0 and whole\n"
            "    store.close()\n"
            "    try: ask()\n"
            "    except ts.ClosedError: os._exit(0 if whole else 1)\n"
            "    os._exit(2)\n"
            "with multiprocessing.get_context('fork').Pool(2) as pool: answers = pool.map(ask, range(20))\n"
            "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), answers == [[5]] * 20, ask())\n",
            str(shop.root))
        out, error = process.communicate(timeout=60)
        self.assertEqual(out, "0 True [5]\n", error)
        shop.close()

    def test_a_forked_child_sees_later_fills(self) -> None:
        shop = Shop()
        process = python(
            "import os, signal, sys, time, tallystick as ts\n"
            "store = ts.open(sys.argv[1])\n"
            "store.apply(); store.materialize()\n"
            "ask = lambda: store.get('model', {'user_id': 2}, {'factor': 1.0}).values['total']\n"
            "child = os.fork()\n"
            "if child == 0:\n"
            "    signal.alarm(30)\n"
            "    while ask() != [77]: time.sleep(0.05)\n"
            "    os._exit(0)\n"
            "with open(sys.argv[1] + '/orders/2.csv', 'w') as file:\n"
            "    file.write('user_id,at,total\\n2,2024-01-02T10:30:00Z,77\\n')\n"
            "store.materialize()\n"
            "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), ask())\n",
            str(shop.root))
        out, error = process.communicate(timeout=60)
        self.assertEqual(out, "0 [77]\n", error)
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
