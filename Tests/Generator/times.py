# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""When the rows of a table happened and were known, and how that is written."""

import values
from open_faults import is_open


class Times:
    """The times of a table."""

    def choose_event_format(self):
        """Declares the pattern of the event time alone."""
        random = self.random
        self.event_format = self.is_own and self.pattern is None and random.random() < 0.15
        if self.format == "parquet":
            if random.random() < 0.15:
                self.be_date(self.time)
            elif random.random() < 0.25 and not self.is_listed and not is_open("parquet-time-format"):
                self.event_format = True
        if self.event_format:
            self.follow(self.time, random.choice(values.PATTERNS))

    def follow(self, column, pattern):
        """Lets a column's times be written by a pattern of its own."""
        column.pattern, column.step, column.is_wall = pattern, pattern[2], pattern[1] is not None
        if self.format == "parquet":
            kinds = ("int64", "string") if pattern[1] in (None, "%Y%m%d") else ("string",)
            column.held_as = self.random.choice(kinds + (("int32",) if pattern[0] in ("epoch_seconds", "yyyyMMdd") else ()))

    @staticmethod
    def be_date(column):
        """Lets Parquet hold days."""
        column.is_date, column.is_wall, column.step = True, True, values.DAY

    def time_step(self, is_wall):
        """What a writer keeps of a time."""
        if self.is_own:
            return 1
        if self.format == "parquet":
            # DuckDB has no nanoseconds in UTC.
            return self.random.choice((1, 1, 1000, 10**6, 10**9) if self.writer != "duckdb" or is_wall else (1000, 10**6))
        return 1000 if self.format != "json" or self.writer != "pandas" else 10**6

    @property
    def tells_nanoseconds(self):
        """Whether rows of one microsecond have an order."""
        return self.time.step == 1 and (self.format == "parquet" or not is_open("text-sub-microsecond"))

    def tick(self, time):
        """What no two rows of a key share."""
        if time is None:
            return None
        return values.instant(time, self.zone) if self.tells_nanoseconds else values.moment(time, self.zone)

    def beside(self, row):
        """A time within the microsecond of another row, whose key the row takes."""
        other = self.random.choice(self.rows)
        time = other[self.time.name]
        row[self.key.name] = other[self.key.name]
        if time is None or time.is_day:
            return time
        return values.Time((time.nanoseconds - 1) // 1000 * 1000 + self.random.randint(1, 1000), time.is_wall)

    def row_moment(self, column):
        """A time of a row; in text perhaps a day, which is known when it is over."""
        if self.is_own and column.pattern is None and self.random.random() < 0.1:
            return values.Time(self.moment(column).nanoseconds // values.DAY * values.DAY, True, True)
        return self.moment(column)

    def moment(self, column):
        return values.time_value(self.random, column.is_wall, column.step)

    def known_cell(self, event):
        random = self.random
        if event is None or random.random() < 0.2:
            return None if random.random() < 0.2 else self.row_moment(self.known)
        delay = random.choice((0, 1, 60 * 10**6, 86_400 * 10**6))
        return values.Time((event + delay) * 1000 // self.known.step * self.known.step, self.known.is_wall)
