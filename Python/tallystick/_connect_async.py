# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The same store behind a server, for callers that await."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Callable, List, Literal, Optional, TypeVar

from . import _remote
from ._answers import Answer as Status
from ._answers import Vectors
from ._connect import Settings, closed, overdue, unreachable
from ._errors import InterruptedCallError, UnreachableError
from ._http import Answer, BrokenAnswer
from ._store import Instant, Name

_PIECE = 256 << 10
_Read = TypeVar("_Read")
_Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def connect_async(
    url: str, *, token: Optional[str] = None, timeout: float = 10.0, retries: int = 2, ca_file: Optional[Name] = None,
    connections: int = 8, allow_plain_token: bool = False,
) -> AsyncConnection:
    """As `tallystick.connect`, with methods to await.

    ```python
    async with ts.connect_async("http://localhost:6566") as store:
        first, second = await asyncio.gather(store.get("a", {"id": 1}), store.get("b", {"id": 1}))
    ```

    The arguments and errors are those of `tallystick.connect`; a call that is cancelled closes its connection.
    """
    return AsyncConnection(Settings(url, token, timeout, retries, ca_file, connections, allow_plain_token))


class AsyncConnection:
    """A store behind a server, for tasks of one event loop at a time; the methods are those of `Connection`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._idle: list[_Pipe] = []
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._is_closed = False

    def __repr__(self) -> str:
        return f"tallystick.connect_async({str(self._settings.address)!r})"

    def __reduce__(self) -> str:
        raise TypeError("a connection is not pickled, since its token would be: connect again where it is needed")

    async def get(
        self, service: str, keys: Mapping[str, Any], request: Optional[Mapping[str, Any]] = None, *,
        at: Optional[Instant] = None,
    ) -> Vectors:
        """Reads feature vectors of a service; see `Connection.get`."""
        return await self._ask(_remote.vectors_request({"service": service}, keys, request, at), _remote.vectors)

    async def get_features(
        self, features: Sequence[str], keys: Mapping[str, Any], request: Optional[Mapping[str, Any]] = None, *,
        at: Optional[Instant] = None,
    ) -> Vectors:
        """Reads features one by one, each `view:feature`."""
        asked = {"features": list(features)}
        return await self._ask(_remote.vectors_request(asked, keys, request, at), _remote.vectors)

    async def services(self) -> List[dict[str, Any]]:
        """The services; see `Connection.services`."""
        return await self._ask(_remote.SERVICES, _remote.member("services"))

    async def service(self, name: str) -> dict[str, Any]:
        """A service with its keys, columns, inputs and releases."""
        return await self._ask(_remote.named("/v1/services", name), _remote.card)

    async def views(self) -> List[dict[str, Any]]:
        """The views; see `Connection.views`."""
        return await self._ask(_remote.VIEWS, _remote.member("views"))

    async def view(self, name: str) -> dict[str, Any]:
        """A view with its features, promises and fingerprints."""
        return await self._ask(_remote.named("/v1/views", name), _remote.card)

    async def list(self, kind: Literal["all", "view", "service"] = "all") -> List[dict[str, Any]]:
        """Lists applied views and services: `kind`, `name`, `owner` and `description` of each."""
        return _remote.listed(
            kind, await self.services() if kind != "view" else [], await self.views() if kind != "service" else [])

    async def status(self) -> Status:
        """What the server tells of itself; see `Connection.status`."""
        return _remote.status(await self._exchange(_remote.READY), await self.services(), await self.views())

    async def is_ready(self) -> bool:
        """Whether the server wants requests; False also where it cannot be reached. Needs no token."""
        try:
            return (await self._exchange(_remote.READY)).status == 200
        except (UnreachableError, InterruptedCallError):
            return False

    async def close(self) -> None:
        """Closes the connections that are not in use; calls after this raise ClosedError."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        for pipe in idle:
            await _close(pipe)

    async def __aenter__(self) -> AsyncConnection:
        return self

    async def __aexit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.close()

    async def _ask(self, request: _remote.Request, read: Callable[[Any], _Read]) -> _Read:
        return _remote.result(await self._exchange(request), str(self._settings.address), read)

    async def _exchange(self, request: _remote.Request) -> Answer:
        if self._is_closed:
            raise closed()
        deadline = time.monotonic() + self._settings.timeout
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await self._trying(request, deadline)
        except TimeoutError:
            raise overdue(str(self._settings.address), self._settings.timeout) from None

    async def _trying(self, request: _remote.Request, deadline: float) -> Answer:
        tries = 0
        while True:
            wait: Optional[float]
            try:
                answer = await self._once(request)
                wait = _remote.pause(answer, deadline - time.monotonic())
                if wait is None or tries >= self._settings.retries:
                    return answer
            except UnreachableError as error:
                wait = _remote.backoff(tries, deadline - time.monotonic())
                if wait is None or tries >= self._settings.retries or not error.may_pass:
                    raise
            tries += 1
            await asyncio.sleep(wait)

    async def _once(self, request: _remote.Request) -> Answer:
        """Asks once; a connection that the server closed meanwhile does not count."""
        while True:
            pipe = self._take()
            is_old = pipe is not None
            answer = Answer()
            try:
                pipe = pipe or await self._open()
                reader, writer = pipe
                try:
                    writer.write(self._settings.address.request(*request).reveal().encode("latin-1"))
                    await writer.drain()
                except (ConnectionError, BrokenPipeError):
                    # Who refuses early may have answered before it stopped to read.
                    pass
                while not answer.is_done:
                    answer.feed(await reader.read(_PIECE))
            except (OSError, BrokenAnswer) as error:
                if pipe is not None:
                    pipe[1].transport.abort()
                if is_old and not answer.has_begun:
                    continue
                raise unreachable(str(self._settings.address), error) from error
            except BaseException:
                if pipe is not None:
                    pipe[1].transport.abort()
                raise
            if answer.keeps and not self._is_closed and len(self._idle) < self._settings.connections:
                self._idle.append(pipe)
            else:
                await _close(pipe)
            return answer

    def _take(self) -> Optional[_Pipe]:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            # Connections belong to the loop that opened them, which may be gone.
            self._loop, self._idle = loop, []
        while self._idle:
            pipe = self._idle.pop()
            if not pipe[0].at_eof() and not pipe[1].is_closing():
                return pipe
            pipe[1].transport.abort()
        return None

    async def _open(self) -> _Pipe:
        address, tls = self._settings.address, self._settings.tls
        return await asyncio.open_connection(
            address.host, address.port, ssl=tls, server_hostname=address.host if tls else None, limit=1 << 20)


async def _close(pipe: _Pipe) -> None:
    pipe[1].close()
    try:
        await pipe[1].wait_closed()
    except OSError:
        pass
