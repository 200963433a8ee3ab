# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""`tally serve` as a process of its own, and servers that misbehave on purpose."""

import contextlib
import os
import re
import socket
import subprocess
import threading
from pathlib import Path
from typing import Callable

from tallystick import _program


def environment() -> dict[str, str]:
    library = Path(_program.__file__).with_name("_lib")
    return {**os.environ, "LD_LIBRARY_PATH": f"{library}:{os.environ.get('LD_LIBRARY_PATH', '')}"}


class Server:
    """A running server on a port that the system chose; ends when it is closed."""

    def __init__(self, root: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [_program.find(), "serve", "-C", str(root), "--port", "0", "--drain", "0s", "--log", "error", *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
        assert self._process.stdout is not None
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            found = re.search(r"listening on (\S+:\d+)", line)
            if found:
                self.url = found[1]
                self.greeting = "".join(lines)
                break
        else:
            raise AssertionError("the server did not start: " + "".join(lines))
        # What it says later is read, so that it never waits for a reader.
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        self.said.extend(self._process.stdout)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Actor:
    """A server that answers each request, of any connection, by the next of its parts; `seen` holds the requests."""

    def __init__(self, *parts: Callable[[socket.socket], None]) -> None:
        self.seen: list[bytes] = []
        self.connections = 0
        self._parts = list(parts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._act, daemon=True)
        self._thread.start()

    def _act(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A part may have closed it, and the client may be gone.
        with connection, contextlib.suppress(OSError):
            while self._parts:
                request = connection.recv(1 << 16)
                if not request:
                    return
                self.seen.append(request)
                self._parts.pop(0)(connection)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
