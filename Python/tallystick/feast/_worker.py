# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What runs beside Feast: a program of its own, in the Python that the repository's users have.

It executes the repository's code, so it is never imported by the package. It imports nothing of the package, takes one
request as a file of JSON and writes one answer as another. Objects are applied to a registry in a folder that goes
away; the repository's own registry and its online store are not touched.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any


def main(request_file: str, answer_file: str) -> None:
    """Does what the request asks for, and writes the answer or the error."""
    # The folder of this program is no place to import from; the repository is.
    sys.path[:] = [
        place for place in sys.path if os.path.abspath(place or ".") != os.path.dirname(os.path.abspath(__file__))]
    sys.dont_write_bytecode = True
    warnings.simplefilter("ignore")
    request = json.loads(Path(request_file).read_text())
    # What the repository's own code prints is no answer of ours.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            answer = {"describe": describe, "history": history}[request["verb"]](request)
        except BaseException as error:  # The repository's code may raise anything, SystemExit too.
            answer = {"error": {
                "type": type(error).__name__, "message": str(error)[:2000],
                "trace": "".join(traceback.format_exception(error))[-6000:],
            }}
    Path(answer_file).write_text(json.dumps(answer, default=str))


def describe(request: dict[str, Any]) -> dict[str, Any]:
    """The repository's objects as plain JSON."""
    with _objects(request) as (config, raw, found):
        return {
            "feast": _feast().__version__,
            "project": config.project,
            "offline": _kind(raw.get("offline_store"), "dask"),
            "online": _kind(raw.get("online_store"), "sqlite"),
            "entities": [_entity(entity) for entity in found["entities"] if entity.name != "__dummy"],
            "views": [_view(view, config, found["failures"]) for view in found["views"]],
            "onDemand": [_on_demand(view) for view in found["on_demand"]],
            "services": [_service(service) for service in found["services"]],
            "permissions": len(found["permissions"]),
        }


def history(request: dict[str, Any]) -> dict[str, Any]:
    """Runs the repository's own get_historical_features over a spine, and writes what it gives as Parquet."""
    import time

    import pandas
    import pyarrow.parquet

    feast = _feast()

    with _objects(request) as (config, raw, found), tempfile.TemporaryDirectory() as folder:
        aside = _config(Path(config.repo_path), raw | {
            "registry": os.path.join(folder, "registry.db"),
            "online_store": {"type": "sqlite", "path": os.path.join(folder, "online.db")},
        })
        store = feast.FeatureStore(config=aside)
        objects = [
            *found["projects"], *(e for e in found["entities"] if e.name != "__dummy"), *found["views"],
            *found["on_demand"], *found["services"],
        ]
        store.apply(objects)
        spine = pandas.read_parquet(request["spine"])
        features: Any = request["features"]
        if request.get("service"):
            features = store.get_feature_service(request["service"])
        started = time.monotonic()
        job = store.get_historical_features(entity_df=spine, features=features, full_feature_names=True)
        frame = job.to_df()
        seconds = time.monotonic() - started
        table = pyarrow.Table.from_pandas(frame, preserve_index=False)
        pyarrow.parquet.write_table(table, request["output"])
        return {
            "feast": feast.__version__, "offline": _kind(raw.get("offline_store"), "dask"), "seconds": seconds,
            "types": {str(name): str(kind) for name, kind in frame.dtypes.items()},
        }


def _feast() -> Any:
    """The library; not the folder that this program lies in."""
    return importlib.import_module("feast")


def _raw(folder: Path) -> dict[str, Any]:
    """The members of feature_store.yaml, as Feast itself reads the file."""
    import yaml  # type: ignore[import-untyped,unused-ignore]

    raw = yaml.safe_load(os.path.expandvars((folder / "feature_store.yaml").read_text()))
    # Feast checks the names of whoever uses it where `auth` is set; nobody but this process uses the objects.
    return {key: value for key, value in raw.items() if key != "auth"}


def _config(folder: Path, raw: dict[str, Any]) -> Any:
    """The configuration of the repository."""
    from feast.repo_config import RepoConfig

    config = RepoConfig(**raw)
    config.repo_path = folder
    return config


@contextlib.contextmanager
def _objects(request: dict[str, Any]) -> Any:
    """The configuration, its members, and the objects of the repository's code or of its registry."""
    folder = Path(request["repository"]).resolve()
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    raw = _raw(folder)
    # Neither the online store nor an engine is asked for anything: their libraries need not be there.
    quiet = {
        key: value for key, value in raw.items()
        if key not in ("online_store", "batch_engine", "materialization_engine")}
    if not request.get("registry"):
        quiet["registry"] = "registry-that-is-not-opened.db"
    try:
        config = _config(folder, quiet)
    except Exception:
        if request["verb"] == "history":
            raise
        config = _config(folder, {**quiet, "offline_store": {"type": "dask"}})
    failures: dict[str, str] = {}
    if request.get("registry"):
        registry = _feast().FeatureStore(config=config).registry
        project = config.project
        found = {
            "projects": [], "entities": registry.list_entities(project),
            "services": registry.list_feature_services(project),
            "views": [
                *registry.list_feature_views(project), *registry.list_stream_feature_views(project),
                *(registry.list_label_views(project) if hasattr(registry, "list_label_views") else ()),
            ],
            "on_demand": registry.list_on_demand_feature_views(project),
            "permissions": registry.list_permissions(project),
        }
    else:
        from feast.repo_operations import parse_repo

        contents = parse_repo(folder)
        found = {
            "projects": contents.projects, "entities": contents.entities, "services": contents.feature_services,
            "views": [
                *contents.feature_views, *contents.stream_feature_views,
                *getattr(contents, "label_views", []),
            ],
            "on_demand": contents.on_demand_feature_views, "permissions": contents.permissions,
        }
        _infer(config, found, failures)
    yield config, raw, {**found, "failures": failures}


def _infer(config: Any, found: dict[str, Any], failures: dict[str, str]) -> None:
    """Fills in the types that Feast infers from the data when it applies."""
    from feast.inference import update_feature_views_with_inferred_features_and_entities
    from feast.infra.provider import get_provider

    try:
        provider = get_provider(config)
    except Exception as error:  # A provider or a store whose library is not installed.
        failures[""] = f"{type(error).__name__}: {error}"
        return
    for view in found["views"]:
        try:
            update_feature_views_with_inferred_features_and_entities(provider, [view], found["entities"], config)
        except Exception as error:
            failures[view.name] = f"{type(error).__name__}: {error}"


def _kind(store: Any, default: str) -> str:
    return str((store.get("type") if isinstance(store, dict) else store) or default)


def _entity(entity: Any) -> dict[str, Any]:
    return {
        "name": entity.name, "joinKey": entity.join_key, "type": _value_type(getattr(entity, "value_type", None)),
        "description": entity.description, "owner": entity.owner, "tags": dict(entity.tags or {}),
    }


def _value_type(kind: Any) -> str:
    return getattr(kind, "name", str(kind))


def _fields(fields: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name, "type": _field_type(field.dtype), "description": field.description,
            "tags": dict(field.tags or {})}
        for field in fields
    ]


def _field_type(kind: Any) -> str:
    """`Int64`, `Array(Float32)`, `Map`: as the definition spells it."""
    return str(kind)


def _view(view: Any, config: Any, failures: dict[str, str]) -> dict[str, Any]:
    stream = getattr(view, "stream_source", None)
    batch = getattr(view, "batch_source", None) or getattr(view, "source", None)
    batch = getattr(batch, "batch_source", None) or batch
    ttl = getattr(view, "ttl", None)
    return {
        "name": view.name, "kind": type(view).__name__, "entities": list(view.entities),
        "keys": _fields(getattr(view, "entity_columns", [])), "features": _fields(view.features),
        "ttl": None if not ttl else ttl.total_seconds(), "online": bool(getattr(view, "online", True)),
        "stream": type(stream).__name__ if stream is not None else None,
        "source": _source(batch, config), "description": view.description, "owner": getattr(view, "owner", ""),
        "tags": dict(view.tags or {}), "hasTransformation": bool(getattr(view, "feature_transformation", None)),
        "hasAggregations": bool(getattr(view, "aggregations", None)), "enabled": bool(getattr(view, "enabled", True)),
        "inference": failures.get(view.name) or failures.get(""),
    }


def _source(source: Any, config: Any) -> Any:
    if source is None or isinstance(source, list):
        return None
    answer = {
        "name": source.name, "kind": type(source).__name__, "eventTime": source.timestamp_field,
        "created": source.created_timestamp_column, "mapping": dict(source.field_mapping or {}),
        "description": source.description, "owner": source.owner, "tags": dict(source.tags or {}),
    }
    if answer["kind"] == "FileSource":
        path = type(source).get_uri_for_file_path(config.repo_path, source.path)
        answer |= {"path": path, "format": type(source.file_format).__name__ if source.file_format else None}
        try:
            answer["columns"] = _columns(path)
            answer["late"] = _late(path, answer["eventTime"], answer["created"], answer["columns"])
        except Exception as error:
            answer["unreadable"] = f"{type(error).__name__}: {error}"
    return answer


def _columns(path: str) -> dict[str, str]:
    """The columns of Parquet files, with the types of Arrow."""
    import pyarrow.dataset

    schema = pyarrow.dataset.dataset(path, format="parquet").schema
    return {field.name: str(field.type) for field in schema}


def _late(path: str, event: str, created: str, columns: dict[str, str]) -> Any:
    """How many rows were created more than a day after they happened."""
    import datetime

    import pyarrow as pa
    import pyarrow.compute as compute
    import pyarrow.dataset

    if not all(columns.get(name, "").startswith("timestamp[") for name in (event, created)):
        return None
    table = pyarrow.dataset.dataset(path, format="parquet").to_table(columns=[event, created])
    times = [table[name].cast(pa.timestamp("us"), safe=False) for name in (event, created)]
    late = compute.greater(compute.subtract(times[1], times[0]), pa.scalar(datetime.timedelta(days=1)))
    return {"rows": len(table), "late": compute.sum(late).as_py() or 0}


def _on_demand(view: Any) -> dict[str, Any]:
    udf: Any = getattr(view.feature_transformation, "udf", None)
    try:
        code, line = inspect.getsourcelines(udf)
        place = f"{os.path.relpath(str(inspect.getsourcefile(udf)))}:{line}"
        text = "".join(code)
    except (OSError, TypeError):
        text, place = getattr(view.feature_transformation, "udf_string", "") or "", None
    module = _module(udf) if place else None
    return {
        "name": view.name, "mode": str(getattr(view.mode, "value", view.mode)),
        "singleton": bool(getattr(view, "singleton", False)),
        "sources": [
            {"view": p.name, "features": [f.name for f in p.features]}
            for p in view.source_feature_view_projections.values()
        ],
        "request": [
            {"name": source.name, "fields": _fields(source.schema)} for source in view.source_request_sources.values()
        ],
        "features": _fields(view.features), "code": text, "place": place, "module": module,
        "aggregates": bool(getattr(view, "aggregations", None)),
        "description": view.description, "owner": view.owner, "tags": dict(view.tags or {}),
    }


def _module(udf: Any) -> Any:
    """The whole file of a function, and the distributions that it may import."""
    import importlib.metadata

    try:
        text = Path(str(inspect.getsourcefile(udf))).read_text(encoding="utf-8")
    except (OSError, TypeError, UnicodeDecodeError):
        return None
    packages = {}
    for name, distributions in importlib.metadata.packages_distributions().items():
        if name in text or name == "pandas":
            packages[name] = f"{distributions[0]}=={importlib.metadata.version(distributions[0])}"
    return {"text": text, "function": udf.__name__, "packages": packages}


def _service(service: Any) -> dict[str, Any]:
    return {
        "name": service.name,
        "views": [
            {
                "view": p.name, "alias": p.name_alias or None, "features": [f.name for f in p.features],
                "keyMap": dict(p.join_key_map or {}),
            }
            for p in service.feature_view_projections
        ],
        "isLogged": service.logging_config is not None,
        "description": service.description, "owner": service.owner, "tags": dict(service.tags or {}),
    }


if __name__ == "__main__":
    main(*sys.argv[1:3])
