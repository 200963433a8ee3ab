# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The C interface of libtally (`tally.h`) through ctypes: statuses become errors, JSON becomes objects."""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Optional

from . import _errors
from ._arrow import Incoming

ABI_VERSION = 1

# Made once: `json.dumps` makes one for each call that wants something else than its defaults. Requests are trees of our own.
_encode = json.JSONEncoder(allow_nan=False, check_circular=False).encode

_OK, _FAILED, _BAD_HANDLE, _BAD_ARGUMENT, _FORKED = range(5)

_text = ctypes.c_char_p
_handle = ctypes.c_uint64
_handle_out = ctypes.POINTER(_handle)
_text_out = ctypes.POINTER(ctypes.c_void_p)
_size_out = ctypes.POINTER(ctypes.c_size_t)
_reply = ctypes.CFUNCTYPE(None, ctypes.c_void_p, _text, ctypes.c_size_t)
_python = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, _reply)


def _run_python(request: int, length: int, place: int, reply: Any) -> None:
    # Imported when the first function runs: most stores have none.
    from . import _transforms

    text = _transforms.answer(ctypes.string_at(request, length).decode()).encode()
    reply(place, text, len(text))


# It has to stay for as long as the process.
_run_python_in_c = _python(_run_python)


class Library:
    """The loaded library: functions with their types, and what every call has in common."""

    def __init__(self, path: Path) -> None:
        # A ctypes function of a CDLL releases the interpreter's lock while it runs.
        self.c = ctypes.CDLL(str(path))
        c = self.c
        c.tally_abi_version.restype = ctypes.c_uint32
        c.tally_abi_version.argtypes = []
        if c.tally_abi_version() != ABI_VERSION:
            raise ImportError(f"{path} has interface {c.tally_abi_version()}, this package needs {ABI_VERSION}")
        signatures: dict[str, list[Any]] = {
            "tally_version": [_text_out, _size_out],
            "tally_open": [_text, ctypes.c_size_t, _text, ctypes.c_size_t, _handle_out, _handle_out],
            "tally_call": [
                _handle, _text, ctypes.c_size_t, _text, ctypes.c_size_t, _handle, _handle_out, _handle_out],
            "tally_text": [_handle, _text_out, _size_out],
            "tally_rows": [_handle, _text, ctypes.c_size_t, ctypes.c_void_p, _handle_out],
            "tally_put": [
                _handle, _text, ctypes.c_size_t, ctypes.c_void_p, _handle, _handle_out, _handle_out],
            "tally_python": [_python, _text, ctypes.c_size_t],
            "tally_cancellation": [_handle_out],
            "tally_cancel": [_handle],
            "tally_free": [_handle],
        }
        for name, arguments in signatures.items():
            function = getattr(c, name)
            function.restype = ctypes.c_int32
            function.argtypes = arguments
        c.tally_open_handles.restype = ctypes.c_size_t
        c.tally_open_handles.argtypes = []
        language = f"python {'.'.join(map(str, sys.version_info[:3]))}".encode()
        c.tally_python(_run_python_in_c, language, len(language))

    def open(self, folder: str, options: dict[str, Any]) -> int:
        """Opens a repository; returns the handle of the store."""
        place, text = os.fsencode(folder), json.dumps(options).encode()
        store, error = _handle(), _handle()
        status = self.c.tally_open(
            place, len(place), text, len(text), ctypes.byref(store), ctypes.byref(error))
        self._check(status, error)
        return store.value

    def call(self, store: int, verb: str, request: dict[str, Any], cancellation: int = 0) -> Any:
        """Runs a verb on this thread until it is done."""
        name, text = verb.encode(), _encode(request).encode()
        answer, error = _handle(), _handle()
        status = self.c.tally_call(
            store, name, len(name), text, len(text), cancellation, ctypes.byref(answer), ctypes.byref(error))
        self._check(status, error)
        return self._take(answer.value)

    def call_interruptibly(self, store: int, verb: str, request: dict[str, Any]) -> Any:
        """Runs a verb; Ctrl-C stops it."""
        return self._interruptibly(verb, lambda cancellation: self.call(store, verb, request, cancellation))

    def put(self, store: int, path: str, table: Incoming) -> Any:
        """Writes the rows of a stream to a new Parquet file; Ctrl-C stops it before the next batch."""
        place = os.fsencode(path)

        def work(cancellation: int) -> Any:
            answer, error = _handle(), _handle()
            status = self.c.tally_put(
                store, place, len(place), table.address, cancellation, ctypes.byref(answer), ctypes.byref(error))
            self._check(status, error)
            return self._take(answer.value)

        return self._interruptibly("put", work)

    def _interruptibly(self, name: str, call: Callable[[int], Any]) -> Any:
        """Runs a call that takes a cancellation; Ctrl-C stops it.

        Python runs its handler of Ctrl-C on the main thread, between two of its own instructions. So there the call goes to
        another thread, and the main one waits where it can be woken.
        """
        if threading.current_thread() is not threading.main_thread():
            return call(0)
        cancellation = _handle()
        status = self.c.tally_cancellation(ctypes.byref(cancellation))
        if status == _FORKED:
            # What a forked child can do takes microseconds.
            return call(0)
        self._check(status, None)
        outcome: list[Any] = []
        failure: list[BaseException] = []
        done = threading.Event()

        def work() -> None:
            try:
                outcome.append(call(cancellation.value))
            except BaseException as error:
                failure.append(error)
            finally:
                done.set()

        threading.Thread(target=work, name=f"tallystick {name}", daemon=True).start()
        try:
            done.wait()
        except BaseException:
            self.c.tally_cancel(cancellation)
            # The call ends by itself, after it has cleaned up; a second Ctrl-C does not wait for that.
            done.wait()
            raise
        finally:
            self.c.tally_free(cancellation)
        if failure:
            raise failure[0]
        return outcome[0]

    def rows(self, store: int, path: str) -> Any:
        """The rows of a Parquet file as a PyCapsule with an Arrow C stream."""
        place, error = os.fsencode(path), _handle()
        stream = _Stream()
        status = self.c.tally_rows(store, place, len(place), ctypes.addressof(stream), ctypes.byref(error))
        self._check(status, error)
        address = ctypes.addressof(stream)
        _streams[address] = stream
        return _new_capsule(address, _CAPSULE, _release_stream)

    def free(self, handle: int) -> None:
        """Gives a handle back; does nothing in a forked child to one that belongs to the parent."""
        self.c.tally_free(handle)

    def open_handles(self) -> int:
        """The number of handles that were given and not freed."""
        return int(self.c.tally_open_handles())

    def version(self) -> str:
        """The version of the library."""
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        self._check(self.c.tally_version(ctypes.byref(text), ctypes.byref(length)), None)
        return ctypes.string_at(text.value or 0, length.value).decode()

    def _take(self, handle: int) -> Any:
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        try:
            self._check(self.c.tally_text(handle, ctypes.byref(text), ctypes.byref(length)), None)
            # As text: of bytes the reader would first find out how they are coded.
            return json.loads(ctypes.string_at(text.value or 0, length.value).decode())
        finally:
            self.c.tally_free(handle)

    def _check(self, status: int, error: Optional[ctypes.c_uint64]) -> None:
        if status == _OK:
            return
        if status == _FAILED and error is not None:
            failure = _errors.from_json(self._take(error.value))
            raise failure from _cause(failure)
        if status == _BAD_HANDLE:
            raise _errors.ClosedError()
        if status == _FORKED:
            raise _errors.ForkedError()
        raise _errors.MisuseError("E-misuse", "a text is missing, or longer than the library takes")


def _cause(error: _errors.TallyError) -> Optional[BaseException]:
    """The exception of a function in Python, whose text may hold values and is in no message."""
    if error.code != "E-transform":
        return None
    from . import _transforms

    return _transforms.cause(error.message)


_CAPSULE = b"arrow_array_stream"


class _Stream(ctypes.Structure):
    """Arrow's `ArrowArrayStream`."""

    _fields_ = [
        ("get_schema", ctypes.c_void_p), ("get_next", ctypes.c_void_p), ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)), ("private_data", ctypes.c_void_p),
    ]


# The structs of capsules that live: a capsule has an address and holds no object.
_streams: dict[int, _Stream] = {}

_Destructor = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)
_new_capsule = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, _Destructor)(
    ("PyCapsule_New", ctypes.pythonapi))
# By address: the capsule is being destroyed when it is asked, and must not be taken hold of again.
_capsule_address = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi))


def _release(capsule: int) -> None:
    address = _capsule_address(capsule, _CAPSULE)
    stream = _streams.pop(address, None)
    # Whoever consumed the stream moved it out, and left no `release` behind.
    if stream is not None and stream.release:
        stream.release(address)


_release_stream = _Destructor(_release)


_loaded: Optional[Library] = None
_loading = threading.Lock()


def library() -> Library:
    """The library: the one that TALLY_LIBRARY names, else the package's own; loaded when it is first needed."""
    global _loaded
    if _loaded is not None:
        return _loaded
    with _loading:
        if _loaded is None:
            named = os.environ.get("TALLY_LIBRARY")
            path = Path(named) if named else Path(__file__).with_name("_lib") / "libtally.so"
            if not path.exists():
                raise ImportError(
                    f"{path} is missing: install the wheel, or run scripts/build-release in a checkout, or name the "
                    "library in TALLY_LIBRARY")
            _loaded = Library(path)
    return _loaded
