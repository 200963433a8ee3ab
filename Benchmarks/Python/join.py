#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""One tool solves one problem, in a process of its own, and writes its answer and what it used.

The start of Python and the imports, the reading of frames, and the call itself are timed apart: a notebook pays for the first
two once. A store reads its files in the call. The answer is written after the clocks and the memory were read.
"""

import argparse
import json
import os
import resource
import time


def used():
    """Wall and CPU seconds of this process so far; threads are inside."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.monotonic(), usage.ru_utime + usage.ru_stime


def needed(problem, one, time_column):
    return [one.key, *([time_column] if time_column else []), *one.types]


class Frames:
    """`tallystick.point_in_time` on frames of one library."""

    def __init__(self, library):
        import tallystick

        self.tallystick, self.library = tallystick, library
        self.module = __import__(library)

    def load(self, problem, options):
        read = self.module.read_parquet
        return read(problem.spine), {one.name: read(problem.path(one), columns=needed(problem, one, one.event)) for one in problem.sources}

    def call(self, problem, options, loaded):
        spine, frames = loaded
        timed = [one for one in problem.sources if one.event]
        made = self.tallystick.point_in_time(
            spine, frames, on={one.name: one.key for one in problem.sources},
            time={"spine": "event_timestamp"} | {one.name: one.event for one in problem.sources},
            known={one.name: f"{one.wait}us" for one in timed if one.wait},
            ttl={one.name: f"{one.life}us" for one in timed if one.life}, threads=options.threads)
        return made.to_polars() if self.library == "polars" else made.to_pandas()

    def answer(self, problem, result):
        import pyarrow

        table = result.to_arrow() if self.library == "polars" else pyarrow.Table.from_pandas(result, preserve_index=False)
        return table.rename_columns([name.split("__")[-1] for name in table.column_names])


class Train:
    """`tallystick.open(folder).train`: files in, a frame out."""

    def __init__(self):
        import polars  # noqa: F401
        import tallystick

        self.tallystick = tallystick

    def load(self, problem, options):
        return self.tallystick.open(problem.folder, threads=options.threads)

    def call(self, problem, options, store):
        from problems import SERVICE

        return store.train(SERVICE, problem.spine, problem.folder / "trained.parquet", force=True).to_polars()

    def answer(self, problem, result):
        return result.to_arrow()


class Polars:
    """`join_asof` on frames, sorted as it asks for, and back in the order of the spine."""

    def __init__(self):
        import polars

        self.polars = polars

    def load(self, problem, options):
        read = self.polars.read_parquet
        return read(problem.spine), {one.name: read(problem.path(one), columns=needed(problem, one, one.visible)) for one in problem.sources}

    def call(self, problem, options, loaded):
        spine, frames = loaded
        rows = spine.sort("event_timestamp")
        for one in problem.sources:
            if one.visible:
                rows = rows.join_asof(
                    frames[one.name].sort(one.visible), left_on="event_timestamp", right_on=one.visible, by=one.key,
                    strategy="backward", tolerance=f"{one.life - one.wait}us", check_sortedness=False)
            else:
                rows = rows.join(frames[one.name], on=one.key, how="left")
        return rows.sort("row")

    def answer(self, problem, result):
        return result.to_arrow()


class Pandas:
    """`merge_asof` on frames, sorted as it asks for, and back in the order of the spine."""

    def __init__(self):
        import pandas

        self.pandas = pandas

    def load(self, problem, options):
        read = self.pandas.read_parquet
        return read(problem.spine), {one.name: read(problem.path(one), columns=needed(problem, one, one.visible)) for one in problem.sources}

    def call(self, problem, options, loaded):
        spine, frames = loaded
        rows = spine.sort_values("event_timestamp", kind="stable")
        for one in problem.sources:
            if one.visible:
                rows = self.pandas.merge_asof(
                    rows, frames[one.name].sort_values(one.visible, kind="stable"), left_on="event_timestamp",
                    right_on=one.visible, by=one.key, tolerance=self.pandas.Timedelta(one.life - one.wait, "us"))
            else:
                rows = rows.merge(frames[one.name], on=one.key, how="left")
        return rows.sort_values("row")

    def answer(self, problem, result):
        import pyarrow

        return pyarrow.Table.from_pandas(result, preserve_index=False)


class Feast(Pandas):
    """`get_historical_features` of a repository with the same files; the label's keys come as a frame."""

    def __init__(self, kind):
        import feast

        super().__init__()
        self.kind, self.feast = kind, feast

    def load(self, problem, options):
        from datetime import timedelta

        from feast import Entity, FeatureStore, FeatureView, Field, FileSource
        from feast.types import Float64, Int64, String
        from feast.value_type import ValueType

        types = {"float64": Float64, "int64": Int64, "string": String}
        folder = problem.folder / f"feast-{self.kind}"
        folder.mkdir(exist_ok=True)
        (folder / "registry.db").unlink(missing_ok=True)
        (folder / "feature_store.yaml").write_text(
            "project: bench\nregistry: registry.db\nprovider: local\nonline_store: {type: sqlite, path: online.db}\n"
            f"offline_store: {{type: {self.kind}}}\nentity_key_serialization_version: 3\n")
        entities = {
            key: Entity(name=f"{key}_key", join_keys=[key], value_type=ValueType[kind.upper()])
            for key, kind in problem.keys.items()}
        views = [
            FeatureView(
                name=one.name, entities=[entities[one.key]], ttl=timedelta(microseconds=(one.life or 0) - one.wait),
                schema=[Field(name=name, dtype=types[kind]) for name, kind in one.types.items()],
                source=FileSource(path=str(problem.path(one)), timestamp_field=one.visible or one.stand_in))
            for one in problem.sources]
        store = FeatureStore(repo_path=str(folder))
        store.apply([*entities.values(), *views])
        spine = self.pandas.read_parquet(problem.spine)
        return store, spine.head(options.rows) if options.rows else spine

    def call(self, problem, options, loaded):
        store, spine = loaded
        features = [f"{one.name}:{name}" for one in problem.sources for name in one.types]
        return store.get_historical_features(entity_df=spine, features=features).to_df()


TOOLS = {
    "frames-polars": lambda: Frames("polars"), "frames-pandas": lambda: Frames("pandas"), "train": Train, "polars": Polars,
    "pandas": Pandas, "feast-duckdb": lambda: Feast("duckdb"), "feast-file": lambda: Feast("file"),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("problem")
    parser.add_argument("output")
    parser.add_argument("used", help="a file for what was used, as JSON")
    parser.add_argument("--threads", type=int, help="1: one core only, for whatever threads a library has")
    parser.add_argument("--rows", type=int, help="only so many rows of the spine")
    parser.add_argument("--memory", type=int, help="MiB of address space, so that the machine survives")
    options = parser.parse_args()
    if options.threads == 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if options.memory:
        resource.setrlimit(resource.RLIMIT_AS, (options.memory << 20, options.memory << 20))
    from problems import PROBLEMS

    problem, tool = PROBLEMS[options.problem], TOOLS[options.tool]()
    marks = [used()]
    loaded = tool.load(problem, options)
    marks.append(used())
    result = tool.call(problem, options, loaded)
    marks.append(used())
    figures = {"start_cpu": marks[0][1], "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    for name, before, after in [("load", marks[0], marks[1]), ("call", marks[1], marks[2])]:
        figures |= {f"{name}_wall": after[0] - before[0], f"{name}_cpu": after[1] - before[1]}
    table = tool.answer(problem, result).select(["row", *problem.features])
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, options.output)
    with open(options.used, "w") as file:
        json.dump(figures, file)


if __name__ == "__main__":
    main()
