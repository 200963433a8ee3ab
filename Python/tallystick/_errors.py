# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The errors of the package: one for each kind of thing that a program may want to do about it."""

from __future__ import annotations

from typing import Any, Mapping, Optional


class TallyError(Exception):
    """An operation failed.

    Attributes:
        code: the stable code, such as `E-not-found`; docs/errors.md lists them.
        message: what failed, what was found and what was promised; holds no feature values and no keys.
        subject: the file, view, source or service that it is about; None for none.
        details: more places of the same failure, a line each.
        help: what to do next; None where nothing general can be said.
    """

    def __init__(
        self, code: str, message: str, subject: Optional[str] = None, details: tuple[str, ...] = (),
        help: Optional[str] = None,
    ) -> None:
        super().__init__(code, message, subject, details, help)
        self.code = code
        self.message = message
        self.subject = subject
        self.details = details
        self.help = help

    def __str__(self) -> str:
        head = f"{self.code}: " + (f"{self.subject}: " if self.subject else "") + self.message
        return "\n".join([head, *self.details, *([f"help: {self.help}"] if self.help else [])])


class MisuseError(TallyError, ValueError):
    """The call makes no sense: an unknown member, a value of another kind (`E-misuse`)."""


class NotFoundError(TallyError, LookupError):
    """A named thing does not exist (`E-not-found`)."""


class DefinitionError(TallyError):
    """Definitions are wrong, or not what was applied (`E-invalid-definitions`, `E-low-version`, `E-locked`)."""


class DataError(TallyError):
    """Data do not have the promised form, or break a promise (`E-invalid-data`, `E-broken-promise`)."""


class TransformError(TallyError):
    """A function in Python failed, gave something else than it promised, or is not the applied one (`E-transform`).

    `__cause__` is the function's own exception, where it raised one.
    """


class NotMaterializedError(TallyError):
    """The online store was never filled with what was asked for (`E-not-materialized`)."""


class ConflictError(TallyError):
    """Another one was first, or holds what is needed (`E-conflict`, `E-busy`, `E-in-use`)."""


class StorageError(TallyError, OSError):
    """A file cannot be read or written, or is damaged (`E-unreadable`, `E-unwritable`, `E-corrupt`)."""

    # OSError makes its own text of several arguments.
    __str__ = TallyError.__str__


class EngineError(TallyError):
    """The machine or the engine could not do it (`E-engine`, `E-out-of-budget`, `E-clock`, `E-internal` and others)."""


class InterruptedCallError(TallyError):
    """The call was cancelled (`E-interrupted`); Ctrl-C is a KeyboardInterrupt instead."""


class ForkedError(TallyError):
    """The process is the child of one that had used a store, and cannot do this (`E-forked`)."""

    def __init__(self) -> None:
        super().__init__(
            "E-forked", "after a fork the child can only 'get' what is stored, from stores that were open before it",
            help="open the store after the fork and not before, or start processes with 'spawn'")

    def __reduce__(self) -> Any:
        return (ForkedError, ())


class ClosedError(TallyError, ValueError):
    """The store was closed (`E-closed`)."""

    def __init__(
        self, message: str = "the store was closed", help: str = "open it again with tallystick.open()"
    ) -> None:
        super().__init__("E-closed", message, help=help)

    def __reduce__(self) -> Any:
        return (ClosedError, (self.message, self.help))


class DeniedError(TallyError):
    """A server wants a token, knows another one, or one that allows more (`E-denied`)."""


class UnreachableError(TallyError):
    """A server cannot be reached, is no tally server, or has no certificate to be trusted (`E-unreachable`).

    Attributes:
        may_pass: whether the same may work a moment later.
    """

    may_pass = True


_KINDS: Mapping[str, type[TallyError]] = {
    "E-misuse": MisuseError,
    "E-not-found": NotFoundError,
    "E-invalid-definitions": DefinitionError,
    "E-low-version": DefinitionError,
    "E-locked": DefinitionError,
    "E-invalid-data": DataError,
    "E-broken-promise": DataError,
    "E-transform": TransformError,
    "E-not-materialized": NotMaterializedError,
    "E-conflict": ConflictError,
    "E-busy": ConflictError,
    "E-in-use": ConflictError,
    "E-unreadable": StorageError,
    "E-unwritable": StorageError,
    "E-corrupt": StorageError,
    "E-interrupted": InterruptedCallError,
    "E-denied": DeniedError,
    "E-unreachable": UnreachableError,
}


def from_json(error: Mapping[str, Any]) -> TallyError:
    """The error that the library describes; the one place that knows the members of its object."""
    kind = _KINDS.get(error["code"], EngineError)
    return kind(error["code"], error["message"], error.get("subject"), tuple(error.get("details") or ()), error.get("help"))
