# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""What a training set must hold, computed row by row from the values that were written."""

import values


def answers(table, keys):
    """For each (key, instant in microseconds) the row that a view must give; None for none."""
    rows = []
    for row in table.rows:
        event = values.moment(row[table.time.name], table.zone)
        key = row[table.key.name]
        if event is None or key is None:
            continue
        # A day is known when it is over, unless the source says otherwise.
        known = event + table.after
        if (table.time.is_of_days or row[table.time.name].is_day) and not table.after:
            known = values.day_end(row[table.time.name], table.zone)
        if table.known:
            stated = row[table.known.name]
            if stated is None:
                continue
            moment = values.day_end if table.known.is_of_days or stated.is_day else values.moment
            declared = moment(stated, table.zone)
            known = max(event, declared)
        rows.append((key_of(key, table), (event, values.instant(row[table.time.name], table.zone)), known, row))
    found = []
    for key, instant in keys:
        best = None
        for row_key, event, known, row in rows:
            if key is None or row_key != key or known > instant or table.ttl and event[0] < instant - table.ttl:
                continue
            if best is None or (event, known) > best[:2]:
                best = (event, known, row)
        found.append(best and best[2])
    return found


def key_of(value, table):
    return values.canonical(value, table.key.kind, table.zone)


def differences(table, keys, got):
    """The cells that differ, as texts; `got` gives the column of a feature as plain values."""
    problems = []
    expected = answers(table, keys)
    for column in table.features:
        for index, (row, value) in enumerate(zip(expected, got(column))):
            right = None if row is None else values.canonical(row[column.name], column.kind, table.zone)
            if right != value:
                problems.append(f"v{table.number}.{column.feature} (column {column.name!r}, {column.kind}), spine row {index}: "
                                f"written {right!r}, read {value!r}")
    return problems
