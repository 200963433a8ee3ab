# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Training sets as inputs of an MLflow run, for programs that have one."""

from __future__ import annotations

import contextlib
import contextvars
import importlib
import sys
import warnings
from collections.abc import Iterator

from ._answers import TrainingSet

_is_quiet = contextvars.ContextVar("tallystick_mlflow_is_quiet", default=False)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """For training sets that nothing is trained on, such as those that a pipeline reads to predict the past."""
    token = _is_quiet.set(True)
    try:
        yield
    finally:
        _is_quiet.reset(token)


def log(made: TrainingSet) -> None:
    """Logs a training set as a dataset of the active run: its identity as digest and tag, its manifest as an artifact.

    Does nothing where MLflow was not imported or no run is active, and only warns where MLflow fails: the training set is
    there.
    """
    mlflow = sys.modules.get("mlflow")
    if mlflow is None or _is_quiet.get():
        return
    try:
        if mlflow.active_run() is None:
            return
        service = str(made.json["identity"]["service"])
        datasets = importlib.import_module("mlflow.data.meta_dataset")
        source = importlib.import_module("mlflow.data.dataset_source_registry").resolve_dataset_source(str(made.path))
        # MLflow takes 36 characters of a digest; the tag has all of it.
        dataset = datasets.MetaDataset(source=source, name=service, digest=made.identity[:32])
        mlflow.log_input(
            dataset, context="training",
            tags={"tallystick.identity": made.identity, "tallystick.release": str(made.json["identity"]["release"])})
        mlflow.log_dict(made.json, f"tallystick/{service}.{made.identity[:12]}.manifest.json")
    except Exception as error:  # MLflow has errors of many kinds, and none of them is about the training set.
        warnings.warn(f"the training set was not logged to MLflow: {error}", stacklevel=3)
