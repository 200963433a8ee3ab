# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""A store behind `tally serve`: the reading calls over HTTP."""

from __future__ import annotations

import math
import os
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Callable, List, Literal, Optional, TypeVar

from . import _remote
from ._answers import Answer as Status
from ._answers import Vectors
from ._errors import ClosedError, InterruptedCallError, MisuseError, StorageError, TallyError, UnreachableError
from ._http import Address, Answer, BrokenAnswer
from ._store import Instant, Name

_PIECE = 256 << 10
_Read = TypeVar("_Read")


def connect(
    url: str, *, token: Optional[str] = None, timeout: float = 10.0, retries: int = 2, ca_file: Optional[Name] = None,
    connections: int = 8, allow_plain_token: bool = False,
) -> Connection:
    """A store behind a server; nothing is asked yet.

    ```python
    with ts.connect("https://features.example", token=os.environ["TALLY_TOKEN"]) as store:
        store.get("arrival_delay", {"origin": ["JFK", "LGA"]}).rows()
    ```

    Args:
        url: `http://HOST:PORT` or `https://HOST:PORT`, and a path where a proxy wants one. Proxies of the environment are
            not used.
        token: what `tally token create` printed. It is in no error, log or `repr`.
        timeout: seconds for a whole call: waiting for a connection, asking again, and reading the answer to its end. Looking
            up a host's name is not stopped.
        retries: how often a call is made again where nothing was answered, or the server said when to come back (429 or 503
            with `Retry-After`); all calls only read.
        ca_file: certificates in PEM that vouch for the server, in place of the system's; a certificate is always checked.
        connections: how many stay open between calls; more are opened when more threads ask at once.
        allow_plain_token: send the token over http to another machine, where something else encrypts.

    Raises:
        MisuseError: the address or a number makes no sense, or a token would be sent in the open.
        StorageError: the certificates cannot be read.
    """
    return Connection(Settings(url, token, timeout, retries, ca_file, connections, allow_plain_token))


class Settings:
    """How a server is asked."""

    def __init__(
        self, url: str, token: Optional[str], timeout: float, retries: int, ca_file: Optional[Name], connections: int,
        allow_plain_token: bool,
    ) -> None:
        self.address = Address.parse(url, token, allow_plain_token)
        for name, number, least in [("timeout", timeout, 0.001), ("retries", retries, 0), ("connections", connections, 0)]:
            if isinstance(number, bool) or not isinstance(number, (int, float)) or not least <= number < 1e6 or (
                    math.isnan(number)):
                raise MisuseError("E-misuse", f"{name}={number!r} makes no sense", subject="connect")
        self.timeout, self.retries, self.connections = timeout, int(retries), int(connections)
        self.tls = _context(ca_file) if self.address.is_encrypted else None
        if ca_file is not None and self.tls is None:
            raise MisuseError("E-misuse", "ca_file is for https", subject="connect")


def _context(ca_file: Optional[Name]) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else os.fspath(ca_file))
    except OSError as error:
        raise StorageError(
            "E-unreadable", "the certificates cannot be read", subject=str(ca_file),
            help="give a file with certificates in PEM") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Connection:
    """A store behind a server.

    Threads share it, each with a connection of its own while it asks. A forked child opens new ones. Failures are those of the
    store in process, from the server's own words; a server that cannot be reached is an UnreachableError, and one that does not
    answer in time an InterruptedCallError.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []
        self._process = os.getpid()
        self._is_closed = False

    def __repr__(self) -> str:
        return f"tallystick.connect({str(self._settings.address)!r})"

    def __reduce__(self) -> str:
        raise TypeError("a connection is not pickled, since its token would be: connect again where it is needed")

    def get(
        self, service: str, keys: Mapping[str, Any], request: Optional[Mapping[str, Any]] = None, *,
        at: Optional[Instant] = None,
    ) -> Vectors:
        """Reads feature vectors of a service, as `FeatureStore.get` does; at most 10,000 entities at once.

        Raises:
            NotFoundError: there is no such service.
            NotMaterializedError: the online store was never filled for it.
            MisuseError: a key or an input is missing, unknown, or of another type.
            DeniedError: the server wants a token, or another one.
        """
        return self._ask(_remote.vectors_request({"service": service}, keys, request, at), _remote.vectors)

    def get_features(
        self, features: Sequence[str], keys: Mapping[str, Any], request: Optional[Mapping[str, Any]] = None, *,
        at: Optional[Instant] = None,
    ) -> Vectors:
        """Reads features one by one, each `view:feature`; columns come in that order, under these names."""
        asked = {"features": list(features)}
        return self._ask(_remote.vectors_request(asked, keys, request, at), _remote.vectors)

    def services(self) -> List[dict[str, Any]]:
        """The services: name, owner, views, the release that serves, and views that have to be filled first."""
        return self._ask(_remote.SERVICES, _remote.member("services"))

    def service(self, name: str) -> dict[str, Any]:
        """A service with its keys, columns, inputs and releases; NotFoundError where there is none."""
        return self._ask(_remote.named("/v1/services", name), _remote.card)

    def views(self) -> List[dict[str, Any]]:
        """The views: name, owner, keys, and how old what is stored is, held against the promise."""
        return self._ask(_remote.VIEWS, _remote.member("views"))

    def view(self, name: str) -> dict[str, Any]:
        """A view with its features, promises and fingerprints; NotFoundError where there is none."""
        return self._ask(_remote.named("/v1/views", name), _remote.card)

    def list(self, kind: Literal["all", "view", "service"] = "all") -> List[dict[str, Any]]:
        """Lists applied views and services: `kind`, `name`, `owner` and `description` of each, as `FeatureStore.list` does."""
        return _remote.listed(
            kind, self.services() if kind != "view" else [], self.views() if kind != "service" else [])

    def status(self) -> Status:
        """Says whether the server wants requests (`isReady`, `health`), which releases serve, and what is stored of each view.

        `releases` and `online` are those of `FeatureStore.status`, as far as a server knows them; `online` has the age of
        what is stored, held against what is promised. `missing` names the views that keep a service from serving.
        """
        return _remote.status(self._exchange(_remote.READY), self.services(), self.views())

    def is_ready(self) -> bool:
        """Whether the server wants requests; False also where it cannot be reached. Needs no token."""
        try:
            return self._exchange(_remote.READY).status == 200
        except (UnreachableError, InterruptedCallError):
            return False

    def close(self) -> None:
        """Closes the connections that are not in use; calls after this raise ClosedError."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __del__(self) -> None:
        for connection in getattr(self, "_idle", []):
            connection.close()

    def _ask(self, request: _remote.Request, read: Callable[[Any], _Read]) -> _Read:
        return _remote.result(self._exchange(request), str(self._settings.address), read)

    def _exchange(self, request: _remote.Request) -> Answer:
        deadline = time.monotonic() + self._settings.timeout
        tries = 0
        while True:
            wait: Optional[float]
            try:
                answer = self._once(request, deadline)
                wait = _remote.pause(answer, deadline - time.monotonic())
                if wait is None or tries >= self._settings.retries:
                    return answer
            except UnreachableError as error:
                wait = _remote.backoff(tries, deadline - time.monotonic())
                if wait is None or tries >= self._settings.retries or not error.may_pass:
                    raise
            tries += 1
            time.sleep(wait)

    def _once(self, request: _remote.Request, deadline: float) -> Answer:
        """Asks once; a connection that the server closed meanwhile does not count."""
        place = str(self._settings.address)
        while True:
            connection = self._take()
            is_old = connection is not None
            answer = Answer()
            try:
                connection = connection or self._open(deadline)
                try:
                    connection.settimeout(_left(deadline))
                    connection.sendall(self._settings.address.request(*request).reveal().encode("latin-1"))
                except TimeoutError:
                    raise
                except OSError:
                    # Who refuses early may have answered before it stopped to read.
                    pass
                while not answer.is_done:
                    connection.settimeout(_left(deadline))
                    answer.feed(connection.recv(_PIECE))
            except TimeoutError:
                _drop(connection)
                raise overdue(place, self._settings.timeout) from None
            except (OSError, BrokenAnswer) as error:
                _drop(connection)
                if is_old and not answer.has_begun:
                    continue
                raise unreachable(place, error) from error
            except BaseException:
                _drop(connection)
                raise
            self._give_back(connection, answer.keeps)
            return answer

    def _take(self) -> Optional[socket.socket]:
        with self._lock:
            if self._is_closed:
                raise closed()
            if self._process != os.getpid():
                # They are the parent's, which goes on with them: two who read from one would each get half.
                for connection in self._idle:
                    connection.close()
                self._process, self._idle = os.getpid(), []
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: socket.socket, keeps: bool) -> None:
        with self._lock:
            if keeps and not self._is_closed and len(self._idle) < self._settings.connections:
                self._idle.append(connection)
                return
        connection.close()

    def _open(self, deadline: float) -> socket.socket:
        address, tls = self._settings.address, self._settings.tls
        connection = _dial(address.host, address.port, deadline)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if tls is None:
                return connection
            connection.settimeout(_left(deadline))
            return tls.wrap_socket(connection, server_hostname=address.host)
        except BaseException:
            connection.close()
            raise


def _dial(host: str, port: int, deadline: float) -> socket.socket:
    """A connection to the first address of a host that answers; each gets its share of the time that is left."""
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for left, (family, kind, protocol, _, place) in zip(range(len(places), 0, -1), places):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(deadline) / left)
            connection.connect(place)
            return connection
        except OSError:
            connection.close()
            if left == 1:
                raise
        except BaseException:
            connection.close()
            raise
    raise OSError("the host has no address")


def _drop(connection: Optional[socket.socket]) -> None:
    if connection is not None:
        connection.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def overdue(place: str, seconds: float) -> TallyError:
    """The error of a call whose time is over."""
    return InterruptedCallError(
        "E-interrupted", f"no whole answer came within {seconds:g} s", subject=place, help="give more time: timeout=")


def unreachable(place: str, error: BaseException) -> UnreachableError:
    """The error of a server that does not answer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        made = UnreachableError(
            "E-unreachable", f"the server's certificate is not to be trusted: {error.verify_message}", subject=place,
            help="give the certificate that vouches for it: ca_file=")
        made.may_pass = False
        return made
    if isinstance(error, BrokenAnswer):
        return UnreachableError("E-unreachable", str(error), subject=place)
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreachableError("E-unreachable", f"the server cannot be reached: {words}", subject=place)


def closed() -> ClosedError:
    """The error of a connection that was closed."""
    return ClosedError("the connection was closed", "connect again with tallystick.connect()")
