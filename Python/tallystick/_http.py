# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""HTTP/1.1 as a client speaks it, without sockets: requests into bytes, bytes into answers.

Whoever moves the bytes keeps the time, so that a deadline holds for the whole of a call and not for each read of it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Callable, Optional
from urllib.parse import urlsplit

from ._errors import MisuseError
from ._version import VERSION

_MOST_HEAD = 64 << 10
_MOST_BODY = 1 << 30
_STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})(?: .*)?\Z")


class BrokenAnswer(Exception):
    """What came is no answer of HTTP/1.1, or ended too early."""


class Secret:
    """A text that shows itself to nobody who only prints it."""

    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        self._reveal: Callable[[], str] = lambda: text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")

    def reveal(self) -> str:
        """The text."""
        return self._reveal()


@dataclass(frozen=True)
class Address:
    """Where a server is, and how it is asked."""

    host: str
    port: int
    is_encrypted: bool
    prefix: str
    token: Optional[Secret]

    @staticmethod
    def parse(url: str, token: Optional[str], allow_plain_token: bool) -> Address:
        """Reads an address; MisuseError for one that is none, and for a token that others could read on its way."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise _misuse(
                "the address of a server cannot be read", "write http://HOST:PORT or https://HOST:PORT") from None
        if parts.username is not None or parts.password is not None:
            raise _misuse("an address holds a name or a password, and every log would show it", "give token=... instead")
        if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
            raise _misuse(f"{url!r} is no address of a server", "write http://HOST:PORT or https://HOST:PORT")
        if re.search(r"[^\x21-\x7e]", url):
            raise _misuse("an address holds blanks or letters beyond ASCII", "write a host's name in its ASCII form")
        is_encrypted = parts.scheme == "https"
        if token is not None:
            if not re.fullmatch(r"[\x21-\x7e]+", token):
                raise _misuse("the token holds blanks, control characters or others that no token has")
            if not is_encrypted and not allow_plain_token and not _is_loopback(host):
                raise _misuse(
                    "whoever can read a token on its way has it, and http is not encrypted",
                    "use https, or say allow_plain_token=True where something else encrypts")
        return Address(
            host, port or (443 if is_encrypted else 80), is_encrypted, parts.path.rstrip("/"),
            None if token is None else Secret(token))

    def __str__(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_encrypted else 'http'}://{name}:{self.port}{self.prefix}"

    def request(self, method: str, path: str, body: Optional[bytes] = None, accept: str = "application/json") -> Secret:
        """The bytes of a request, as Latin-1; secret because of the token in them."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        fields = [
            f"{method} {self.prefix}{path} HTTP/1.1", f"Host: {name}:{self.port}", f"Accept: {accept}",
            f"User-Agent: tallystick/{VERSION}",
        ]
        if self.token is not None:
            fields.append(f"Authorization: Bearer {self.token.reveal()}")
        if body is not None:
            fields += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return Secret("\r\n".join([*fields, "", ""]) + (body or b"").decode("latin-1"))


def _misuse(message: str, help: Optional[str] = None) -> MisuseError:
    return MisuseError("E-misuse", message, subject="connect", help=help)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Answer:
    """An answer as it comes in, piece by piece."""

    def __init__(self) -> None:
        self.status = 0
        self.fields: Mapping[str, str] = {}
        self.body = bytearray()
        self.is_done = False
        self.has_begun = False
        self._bytes = bytearray()
        self._step: Callable[[], bool] = self._head
        self._left = 0
        self._keeps = False

    @property
    def keeps(self) -> bool:
        """Whether the connection can be used again."""
        return self.is_done and self._keeps and not self._bytes

    def feed(self, data: bytes) -> None:
        """Takes what came; nothing is the end of the connection. Raises BrokenAnswer."""
        if not data:
            if self._step != self._to_the_end:
                raise BrokenAnswer("the connection ended before the answer did")
            self.is_done = True
            return
        self.has_begun = True
        self._bytes += data
        while not self.is_done and self._step():
            if len(self.body) > _MOST_BODY:
                raise BrokenAnswer("the answer is longer than a gibibyte")

    def _head(self) -> bool:
        end = self._bytes.find(b"\r\n\r\n")
        if end < 0:
            if len(self._bytes) > _MOST_HEAD:
                raise BrokenAnswer("the head of the answer is too long")
            return False
        first, *lines = bytes(self._bytes[:end]).split(b"\r\n")
        del self._bytes[: end + 4]
        match = _STATUS.match(first)
        if match is None:
            raise BrokenAnswer("what answers does not speak HTTP/1.1")
        fields: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not name or name != name.strip():
                raise BrokenAnswer("a field of the answer's head is malformed")
            key = name.lower()
            if key in ("content-length", "transfer-encoding") and fields.get(key, value.strip()) != value.strip():
                raise BrokenAnswer("the answer has two lengths")
            fields[key] = value.strip()
        status = int(match[2])
        if 100 <= status < 200:
            # What comes ahead of the answer says nothing that is needed.
            return True
        self.status, self.fields = status, fields
        connection = fields.get("connection", "").lower()
        self._keeps = "close" not in connection and (match[1] == b"1" or "keep-alive" in connection)
        self._step = self._body()
        return True

    def _body(self) -> Callable[[], bool]:
        coding, length = self.fields.get("transfer-encoding"), self.fields.get("content-length")
        if self.status in (204, 304):
            return self._finish
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise BrokenAnswer("the body of the answer is coded in a way that is not known")
            return self._chunk
        if length is None:
            self._keeps = False
            return self._to_the_end
        if not re.fullmatch(r"\d{1,12}", length):
            raise BrokenAnswer("the answer's length is no number")
        self._left = int(length)
        return self._counted

    def _finish(self) -> bool:
        self.is_done = True
        return False

    def _to_the_end(self) -> bool:
        self.body += self._bytes
        self._bytes.clear()
        return False

    def _take(self) -> bool:
        piece = self._bytes[: self._left]
        del self._bytes[: len(piece)]
        self.body += piece
        self._left -= len(piece)
        return self._left == 0

    def _counted(self) -> bool:
        return self._take() and self._finish()

    def _line(self) -> Optional[bytes]:
        end = self._bytes.find(b"\r\n")
        if end < 0:
            if len(self._bytes) > 4096:
                raise BrokenAnswer("a chunk of the answer is malformed")
            return None
        line = bytes(self._bytes[:end])
        del self._bytes[: end + 2]
        return line

    def _chunk(self) -> bool:
        line = self._line()
        if line is None:
            return False
        digits = line.partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
            raise BrokenAnswer("a chunk of the answer is malformed")
        self._left = int(digits, 16)
        self._step = self._chunked if self._left else self._trailer
        return True

    def _chunked(self) -> bool:
        if not self._take():
            return False
        self._step = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        line = self._line()
        if line:
            raise BrokenAnswer("a chunk of the answer is malformed")
        if line is None:
            return False
        self._step = self._chunk
        return True

    def _trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        return True if line else self._finish()
