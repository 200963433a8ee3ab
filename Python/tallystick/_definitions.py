# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Definitions as typed objects: the same keys as in YAML, in Python's spelling.

An object says nothing but what its YAML says (docs/guides/definitions.md has the meaning of each key), and is never read by a
store: `save` writes it, and the store reads the file. Wrong types and values are a MisuseError at once; whatever needs other
definitions or data is found by `check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Literal, Optional, Union

from . import _vocabulary as words
from ._contract import Contract
from ._promises import Promise, ViewPromise
from ._saving import Definition
from ._vocabulary import Duration


def hold(instance: object, name: str, value: Any) -> None:
    """Sets a field of a frozen object while it is made."""
    object.__setattr__(instance, name, value)


def annotate(instance: Any, where: str) -> None:
    """Looks at what every definition may have."""
    for name in ("description", "owner"):
        words.optional_text(f"{where}.{name}", getattr(instance, name))
    tags = words.mapping(f"{where}.tags", instance.tags)
    hold(instance, "tags", {key: words.text(f"{where}.tags", value) for key, value in tags.items()})


def annotation(instance: Any) -> dict[str, Any]:
    """The members that every definition may have."""
    return {"description": instance.description, "owner": instance.owner, "tags": instance.tags}


def name_of(where: str, reference: Any, kind: type[Definition]) -> str:
    """The name in a reference: a definition, or its name."""
    return str(reference.name) if isinstance(reference, kind) else words.text(where, reference)


def unlike(where: str, names: Sequence[str]) -> None:
    """Refuses a name that stands twice."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise words.misuse(where, f"{name!r} stands twice")


@dataclass(frozen=True)
class Column:
    """A column of data, or a join key: its name, which may be any, and its type (`int64`, `array<float32>`)."""

    name: str
    type: str

    def __post_init__(self) -> None:
        words.text("Column.name", self.name)
        words.data_type(f"Column {self.name!r}", self.type)

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        return {"name": self.name, "type": self.type}


def _columns(where: str, columns: Any) -> tuple[Column, ...]:
    """Columns of a list, or of names with types."""
    if isinstance(columns, Mapping):
        return tuple(Column(name, type) for name, type in words.mapping(where, columns).items())
    found = words.several(where, columns)
    for column in found:
        if not isinstance(column, Column):
            raise words.misuse(where, f"a {type(column).__name__} is no column", "write ts.Column(name, type)")
    return found


@dataclass(frozen=True)
class Project(Definition):
    """The repository's `tally.yaml`.

    Attributes:
        name: the project's name.
        registry: where definitions and runs are recorded; `sqlite:.tally/registry.db` when left out.
        offline: the engine that reads files; `duckdb` is the only one.
        online: the online store; `lmdb:.tally/online` when left out.
        readable: folders and files outside of the repository that SQL may read.
        suppress: findings that are put up with for a while: each an `id`, a `reason` and `until`, the last day.
    """

    name: str
    _: KW_ONLY
    registry: Optional[str] = None
    offline: Optional[Literal["duckdb"]] = None
    online: Optional[str] = None
    readable: Sequence[str] = ()
    suppress: Sequence[Mapping[str, str]] = field(default=(), hash=False)

    kind: ClassVar[str] = "project"

    def __post_init__(self) -> None:
        words.name("Project", self.name)
        hold(self, "readable", words.several("Project.readable", self.readable, least=0))
        hold(self, "suppress", tuple(words.mapping("Project.suppress", item) for item in self.suppress))
        for item in self.suppress:
            if set(item) != {"id", "reason", "until"}:
                raise words.misuse("Project.suppress", "a suppression has an id, a reason and the last day, until")

    @property
    def file(self) -> str:
        return "tally.yaml"

    def document(self) -> dict[str, Any]:
        stores = words.written(registry=self.registry, offline=self.offline, online=self.online)
        return words.written(project=self.name, stores=stores, readable=self.readable, suppress=self.suppress)


@dataclass(frozen=True)
class Entity(Definition):
    """What features are about, and the columns by which its rows are found.

    Attributes:
        name: a lower-case letter, then letters, digits and underscores, as of every definition.
        join_keys: one or more columns, in the order of the key: `[ts.Column("origin", "string")]`, or `{"origin": "string"}`.
            Any type but floats and arrays.
        description: what it is, for people.
        owner: the person or team that promises it.
        tags: names with values.
    """

    name: str
    _: KW_ONLY
    join_keys: Union[Sequence[Column], Mapping[str, str]]
    description: Optional[str] = None
    owner: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "entity"

    def __post_init__(self) -> None:
        where = f"Entity {words.name('Entity', self.name)!r}"
        hold(self, "join_keys", _columns(f"{where}.join_keys", self.join_keys))
        unlike(f"{where}.join_keys", [column.name for column in self.columns])
        for column in self.columns:
            if column.type.startswith(("float", "array")):
                raise words.misuse(where, f"{column.name!r} is a {column.type}, which is no type of a key")
        annotate(self, where)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The join keys as columns."""
        return tuple(_columns("Entity", self.join_keys))

    def document(self) -> dict[str, Any]:
        return words.written(
            kind="Entity", name=self.name, joinKeys=[key.document() for key in self.columns], **annotation(self))


@dataclass(frozen=True)
class TimeColumn:
    """A time column whose texts or numbers follow a pattern of their own, such as `yyyyMMdd` or `epoch_seconds`."""

    column: str
    format: str

    def __post_init__(self) -> None:
        words.text("TimeColumn.column", self.column)
        words.text("TimeColumn.format", self.format)

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        return {"column": self.column, "format": self.format}


@dataclass(frozen=True)
class Source(Definition):
    """Where rows come from, when they happened, and when they could first have been used.

    Attributes:
        path: a path or glob of files, relative to the repository; either this or `query`.
        query: one SELECT in the engine's SQL.
        format: `parquet`, `csv` or `json` (one object a line); from the path's ending when left out.
        partitions: `hive`: folders called `name=value` are columns.
        event_time: the column (a timestamp or a date) that says when a row happened; rows are always visible without one.
        known_after: how long after its event time a row could first have been used; a duration or a timedelta.
        known_time: the column that says so for each row; excludes `known_after`.
        first_seen: `declared` takes the declared times as true for files that came later than the first snapshot.
        history: `digests` remembers since when the source holds each row, so that a file that is written anew makes no
            row new; `files`, the default, goes by files.
        time_zone: the IANA name of the zone of times without one; UTC when left out.
        nulls: words of text that stand for null, beside the empty field.
        trim: whether blanks around values of text are left out.
        decimal: the decimal mark of floats in CSV.
        time_format: the pattern of times and dates in text.
        delimiter: the character between the fields of CSV, or `tab`.
        encoding: of text files.
        columns: the columns, which replace the files' own schema for checking.
        contract: the contract that its producer keeps, or the path of its file, relative to the repository.
    """

    name: str
    _: KW_ONLY
    path: Optional[str] = None
    query: Optional[str] = None
    format: Optional[Literal["parquet", "csv", "json"]] = None
    partitions: Optional[Literal["hive"]] = None
    event_time: Optional[Union[str, TimeColumn]] = None
    known_after: Optional[Duration] = None
    known_time: Optional[Union[str, TimeColumn]] = None
    first_seen: Optional[Literal["recorded", "declared"]] = None
    history: Optional[Literal["files", "digests"]] = None
    time_zone: Optional[str] = None
    nulls: Sequence[str] = ()
    trim: bool = False
    decimal: Optional[Literal[".", ","]] = None
    time_format: Optional[str] = None
    delimiter: Optional[str] = None
    encoding: Optional[Literal["utf-8", "latin-1", "windows-1252", "utf-16"]] = None
    columns: Union[Sequence[Column], Mapping[str, str]] = ()
    contract: Optional[Union[str, Contract]] = None
    description: Optional[str] = None
    owner: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "source"

    def __post_init__(self) -> None:
        where = f"Source {words.name('Source', self.name)!r}"
        if (self.path is None) == (self.query is None):
            raise words.misuse(where, "a source has either a path or a query")
        if self.known_after is not None and self.known_time is not None:
            raise words.misuse(where, "known_after and known_time exclude each other")
        for name in ("path", "query", "time_zone", "time_format"):
            words.optional_text(f"{where}.{name}", getattr(self, name))
        for name in ("event_time", "known_time"):
            if not isinstance(getattr(self, name), TimeColumn):
                words.optional_text(f"{where}.{name}", getattr(self, name))
        choices = {
            "format": ("parquet", "csv", "json"), "partitions": ("hive",), "first_seen": ("recorded", "declared"),
            "history": ("files", "digests"),
            "decimal": (".", ","), "encoding": ("utf-8", "latin-1", "windows-1252", "utf-16"),
        }
        for name, values in choices.items():
            if getattr(self, name) is not None:
                words.choice(f"{where}.{name}", getattr(self, name), values)
        if self.known_after is not None:
            hold(self, "known_after", words.duration(f"{where}.known_after", self.known_after))
        words.truth(f"{where}.trim", self.trim)
        hold(self, "nulls", words.several(f"{where}.nulls", self.nulls, least=0))
        hold(self, "columns", _columns(f"{where}.columns", self.columns) if self.columns else ())
        if not isinstance(self.contract, Contract):
            words.optional_text(f"{where}.contract", self.contract)
        annotate(self, where)

    def document(self) -> dict[str, Any]:
        def time(value: Optional[Union[str, TimeColumn]]) -> Any:
            return value.document() if isinstance(value, TimeColumn) else value

        return words.written(
            kind="Source", name=self.name, path=self.path, query=self.query, format=self.format,
            partitions=self.partitions, eventTime=time(self.event_time), knownAfter=self.known_after,
            knownTime=time(self.known_time), firstSeen=self.first_seen, history=self.history,
            timeZone=self.time_zone, nulls=self.nulls, trim=self.trim or None, decimal=self.decimal,
            timeFormat=self.time_format, delimiter=self.delimiter, encoding=self.encoding,
            columns=[c.document() for c in self.columns if isinstance(c, Column)] or None,
            contract=self.contract.file if isinstance(self.contract, Contract) else self.contract, **annotation(self))

    def parts(self) -> Iterator[Definition]:
        if isinstance(self.contract, Contract):
            yield self.contract


@dataclass(frozen=True)
class Feature:
    """One feature of a view, or of a service when it is asked for.

    Attributes:
        name: its name; not that of a join key, `event_timestamp` or `observed_at`.
        type: the promised type. A column is taken as it is when it has the type, or widens to it without loss.
        expression: an expression over the source's columns, null where it cannot be computed; the column of the feature's
            name when left out. Required on demand, where it reads the vector, the request and `observed_at`.
        strict: whether a division by zero, an overflow or a failed cast is an error instead of a null.
        unit: the unit of measure, for people.
        promise: what is promised about its values.
    """

    name: str
    type: str
    _: KW_ONLY
    expression: Optional[str] = None
    strict: bool = False
    unit: Optional[str] = None
    promise: Optional[Promise] = None
    description: Optional[str] = None
    owner: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        where = f"Feature {words.name('Feature', self.name)!r}"
        words.data_type(where, self.type)
        for name in ("expression", "unit"):
            words.optional_text(f"{where}.{name}", getattr(self, name))
        if words.truth(f"{where}.strict", self.strict) and self.expression is None:
            raise words.misuse(where, "strict has no effect without an expression")
        if self.promise is not None and not isinstance(self.promise, Promise):
            raise words.misuse(where, f"a {type(self.promise).__name__} is no promise", "write ts.Promise(...)")
        annotate(self, where)

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        return words.written(
            name=self.name, type=self.type, expression=self.expression, strict=self.strict or None, unit=self.unit,
            promise=self.promise.document() if self.promise else None, **annotation(self))


def features_of(where: str, features: Any, *, least: int) -> tuple[Feature, ...]:
    """A list of features, each with a name of its own."""
    found = words.several(where, features, least=least)
    for feature in found:
        if not isinstance(feature, Feature):
            raise words.misuse(where, f"a {type(feature).__name__} is no feature", "write ts.Feature(name, type)")
    unlike(where, [feature.name for feature in found])
    return found


@dataclass(frozen=True)
class FeatureView(Definition):
    """Features of one or more entities from one source.

    Attributes:
        entities: the entities, or their names; their join keys together are the key, and columns of the source.
        source: the source, or its name.
        features: one or more, stored in this order.
        time_to_live: how long a row stays valid after its event time, inclusive; for ever when left out. An older value is
            null, with the status `outsideMaxAge`.
        promise: what is promised about the rows as a whole.
    """

    name: str
    _: KW_ONLY
    entities: Sequence[Union[str, Entity]]
    source: Union[str, Source]
    features: Sequence[Feature]
    time_to_live: Optional[Duration] = None
    promise: Optional[ViewPromise] = None
    description: Optional[str] = None
    owner: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "view"

    def __post_init__(self) -> None:
        where = f"FeatureView {words.name('FeatureView', self.name)!r}"
        hold(self, "entities", words.several(f"{where}.entities", self.entities))
        unlike(f"{where}.entities", [name_of(f"{where}.entities", entity, Entity) for entity in self.entities])
        name_of(f"{where}.source", self.source, Source)
        hold(self, "features", features_of(f"{where}.features", self.features, least=1))
        if self.time_to_live is not None:
            hold(self, "time_to_live", words.duration(f"{where}.time_to_live", self.time_to_live))
        if self.promise is not None and not isinstance(self.promise, ViewPromise):
            raise words.misuse(where, f"a {type(self.promise).__name__} is no promise of a view", "write ts.ViewPromise(...)")
        annotate(self, where)

    def document(self) -> dict[str, Any]:
        return words.written(
            kind="FeatureView", name=self.name, entities=[name_of("", entity, Entity) for entity in self.entities],
            source=name_of("", self.source, Source), timeToLive=self.time_to_live,
            promise=self.promise.document() if self.promise else None,
            features=[feature.document() for feature in self.features], **annotation(self))

    def parts(self) -> Iterator[Definition]:
        yield from (entity for entity in self.entities if isinstance(entity, Entity))
        if isinstance(self.source, Source):
            yield self.source
