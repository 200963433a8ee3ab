# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Feature services as typed objects: the vector one model is promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Literal, Optional, Union

from . import _vocabulary as words
from ._definitions import Feature, FeatureView, Source, annotate, annotation, features_of, hold, name_of, unlike
from ._python_transform import PythonTransform
from ._saving import Definition
from ._vocabulary import Duration


@dataclass(frozen=True)
class Selected:
    """A feature under another name in the vector."""

    name: str
    alias: str

    def __post_init__(self) -> None:
        words.name("Selected", self.name)
        words.name("Selected.alias", self.alias)


@dataclass(frozen=True)
class Selection:
    """Some features of a view, in order: `ts.Selection(view, ["mean", ts.Selected("landed", "landed_today")])`."""

    view: Union[str, FeatureView]
    features: Sequence[Union[str, Selected]]

    def __post_init__(self) -> None:
        where = f"Selection {name_of('Selection', self.view, FeatureView)!r}"
        hold(self, "features", words.several(where, self.features))
        for feature in self.features:
            if not isinstance(feature, Selected):
                words.name(where, feature)

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        return {
            name_of("", self.view, FeatureView): [
                {"name": feature.name, "as": feature.alias} if isinstance(feature, Selected) else feature
                for feature in self.features
            ]
        }


@dataclass(frozen=True)
class Label:
    """What a model learns.

    Attributes:
        source: the source that holds it, or its name.
        keys: the columns, in source and spine, that find it by equality; no floats and no arrays. A row that finds none has
            a null.
        column: its column.
        maturity: how long after its event time it may still change; `0s` when left out.
        unripe: what becomes of labels younger than that: `omit` (when left out) leaves their rows out and counts them,
            `flag` keeps them with a null.
        alias: another name in the training set.
    """

    _: KW_ONLY
    source: Union[str, Source]
    keys: Sequence[str]
    column: str
    maturity: Optional[Duration] = None
    unripe: Optional[Literal["omit", "flag"]] = None
    alias: Optional[str] = None

    def __post_init__(self) -> None:
        name_of("Label.source", self.source, Source)
        hold(self, "keys", tuple(words.text("Label.keys", key) for key in words.several("Label.keys", self.keys)))
        unlike("Label.keys", list(self.keys))
        words.text("Label.column", self.column)
        if self.maturity is not None:
            hold(self, "maturity", words.duration("Label.maturity", self.maturity))
        if self.unripe is not None:
            words.choice("Label.unripe", self.unripe, ("omit", "flag"))
        if self.alias is not None:
            words.name("Label.alias", self.alias)

    def document(self) -> dict[str, Any]:
        """The mapping that stands in a definition."""
        return words.written(**{
            "source": name_of("", self.source, Source), "keys": self.keys, "column": self.column,
            "maturity": self.maturity, "unripe": self.unripe, "as": self.alias,
        })


@dataclass(frozen=True)
class FeatureService(Definition):
    """The vector one model is promised, in order.

    Attributes:
        features: views, or their names, for all their features; `ts.Selection` for some.
        request: inputs that come with a request, names with types, in order; in training, columns of the spine.
        on_demand: features computed when asked for, each with an expression.
        label: what the model learns.
        transforms: functions in Python, or their names, whose outputs stand behind the on-demand features.
    """

    name: str
    _: KW_ONLY
    features: Sequence[Union[str, FeatureView, Selection]]
    request: Mapping[str, str] = field(default_factory=dict, hash=False)
    on_demand: Sequence[Feature] = ()
    label: Optional[Label] = None
    transforms: Sequence[Union[str, PythonTransform]] = ()
    description: Optional[str] = None
    owner: Optional[str] = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    kind: ClassVar[str] = "service"

    def __post_init__(self) -> None:
        where = f"FeatureService {words.name('FeatureService', self.name)!r}"
        hold(self, "features", words.several(f"{where}.features", self.features))
        unlike(f"{where}.features", [self._view(item) for item in self.features])
        request = words.mapping(f"{where}.request", self.request)
        hold(self, "request", {key: words.data_type(f"{where}.request", kind) for key, kind in request.items()})
        hold(self, "on_demand", features_of(f"{where}.on_demand", self.on_demand, least=0))
        for feature in self.on_demand:
            if feature.expression is None:
                raise words.misuse(f"{where}.on_demand", f"{feature.name!r} has no expression, which computes it")
        hold(self, "transforms", words.several(f"{where}.transforms", self.transforms, least=0))
        unlike(f"{where}.transforms", [self._transform(item) for item in self.transforms])
        if self.label is not None and not isinstance(self.label, Label):
            raise words.misuse(where, f"a {type(self.label).__name__} is no label", "write ts.Label(...)")
        annotate(self, where)

    @staticmethod
    def _view(item: Any) -> str:
        return name_of("FeatureService.features", item.view if isinstance(item, Selection) else item, FeatureView)

    @staticmethod
    def _transform(item: Any) -> str:
        return name_of("FeatureService.transforms", item, PythonTransform)

    def document(self) -> dict[str, Any]:
        return words.written(
            kind="FeatureService", name=self.name,
            features=[item.document() if isinstance(item, Selection) else self._view(item) for item in self.features],
            request=dict(self.request), onDemand=[feature.document() for feature in self.on_demand],
            transforms=[self._transform(item) for item in self.transforms],
            label=self.label.document() if self.label else None, **annotation(self))

    def parts(self) -> Iterator[Definition]:
        for item in self.features:
            view = item.view if isinstance(item, Selection) else item
            if isinstance(view, FeatureView):
                yield view
        yield from (item for item in self.transforms if isinstance(item, PythonTransform))
        if self.label and isinstance(self.label.source, Source):
            yield self.label.source
