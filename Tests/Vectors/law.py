# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Writes law.json: what docs/semantics.md, sections 1 to 5, answers, worked out by hand and by a second oracle.

The first part is worked out by hand; each case says how. The second part is random, and answered by this file, which
shares no code with tally and calculates with fractions. Instants are microseconds; here they are written in seconds.
"""
import json
import math
import random
from fractions import Fraction
from pathlib import Path

NOTHING = {"values": [None], "status": "notFound"}
TOO_OLD = {"values": [None], "status": "outsideMaxAge"}
OVERFLOW = {"values": [None], "status": "overflow"}


def value(given):
    """A value as the file spells it: its kind and its shortest text."""
    if given is None or isinstance(given, dict):
        return given
    if isinstance(given, bool):
        return {"bool": given}
    if isinstance(given, int):
        return {"int": str(given)}
    if isinstance(given, float):
        return {"float": repr(given)}
    return {"text": given}


def answer(*values):
    return {"values": [value(v) for v in values], "status": "null" if values == (None,) else "present"}


def row(e, v=None, **more):
    """A row: event time, value, and n (nanoseconds cut), k (declared), c (first seen), r (withdrawn), seq, bytes."""
    return {"e": e, "v": v, **more}


# --- by hand ---------------------------------------------------------------------------------------------------------

HAND = []


def hand(rule, because, rows, ask, *expected):
    """`ask` is a question without times; `expected` are pairs of an instant and its answer."""
    HAND.append({"rule": rule, "because": because, "rows": rows, "ask": ask,
                 "expected": [[at, result] for at, result in expected]})


steps = [row(0, 1), row(10, 2), row(20, 4), row(30, 8)]
hand("4.1", "(30 - 20, 30] holds 20 and 30: 4 + 8; (29 - 20, 29] holds 10 and 20: 2 + 4; (19, 39] holds 20 and 30; "
     "(50 - 20, 50] holds nothing, since 30 is its edge", steps, {"aggregate": "sum", "size": 20},
     (30, answer(12)), (29, answer(6)), (39, answer(12)), (50, answer(None)))
hand("1.3", "the row of 10 is known at 40: (30 - 40, 30] lacks it, (40 - 40, 40] holds it: 2 + 4",
     [row(10, 2, k=40), row(20, 4)], {"aggregate": "sum", "size": 40}, (30, answer(4)), (40, answer(6)))
hand("1.3", "known is the latest of event 10, declared 5 and first seen 25", [row(10, 2, k=5, c=25)], {"latest": True},
     (24, NOTHING), (25, answer(2)))
hand("1.9", "withdrawn at 35: still there at 34, gone at 35; 2 + 4 and 4", [row(10, 2, r=35), row(20, 4)],
     {"aggregate": "sum", "size": 100}, (34, answer(6)), (35, answer(4)))
hand("1.9", "the row of 20 is withdrawn at 35, and the one of 10 answers again", [row(10, 2), row(20, 4, r=35)],
     {"latest": True}, (34, answer(4)), (35, answer(2)))
hand("4.2", "floor to tens of 35 - 20 is 10: (10, 35] holds 12, 20 and 30: 16 + 4 + 8; at 40 it is 20: (20, 40] holds 30",
     steps + [row(12, 16)], {"aggregate": "sum", "size": 20, "hop": 10}, (35, answer(28)), (40, answer(8)))
hand("4.2", "before 1970: floor to tens of -5 - 10 is -20: (-20, -5] holds -19 and -5, not -20: 2 + 4",
     [row(-20, 1), row(-19, 2), row(-5, 4)], {"aggregate": "sum", "size": 10, "hop": 10}, (-5, answer(6)))
for edges, expected in ("(]", 12), ("[)", 6), ("[]", 14):
    hand("4.4", f"{edges} of 10 and 30 over values 2 at 10, 4 at 20, 8 at 30", steps,
         {"aggregate": "sum", "size": 20, "edges": edges}, (30, answer(expected)))
hand("4.4", "as of the last step, 30: (30 - 20, 30], and the row of 33 is not seen at 35; at 40 (20, 40] holds 30 and 33",
     steps + [row(33, 16)], {"aggregate": "sum", "size": 20, "hop": 10, "endsAtHop": True},
     (35, answer(12)), (40, answer(24)))
hand("4.4", "as of 30 a row known at 32 is not known", [row(20, 4, k=32)],
     {"aggregate": "count", "size": 20, "hop": 10, "endsAtHop": True}, (35, answer(0)), (40, answer(0)))
hand("4.4", "10 before: (30 - 10 - 20, 30 - 10] holds 10 and 20: 2 + 4", steps,
     {"aggregate": "sum", "size": 20, "offset": 10}, (30, answer(6)))
hand("4.4", "an offset moves event times only: known at 29 is known at 30, though 30 - 10 is 20", [row(20, 4, k=29)],
     {"aggregate": "sum", "size": 20, "offset": 10}, (30, answer(4)), (28, answer(None)))
hand("4.5", "nothing in the window: no rows, no values, no sum", [row(0, 1)], {"aggregate": "countAll", "size": 5},
     (5, answer(0)))
hand("4.5", "two rows, one of them null: two rows, one value", [row(1, None), row(2, 3)],
     {"aggregate": "countAll", "size": 5}, (5, answer(2)))
hand("4.5", "two rows, one of them null: two rows, one value", [row(1, None), row(2, 3)],
     {"aggregate": "count", "size": 5}, (5, answer(1)))
hand("4.5", "never seen and null, not notFound", [], {"aggregate": "max", "size": 5}, (5, answer(None)))
hand("3.4", "exclusive: the row of 30 is not seen at 30", steps, {"latest": True, "at": "exclusive"},
     (30, answer(4)), (31, answer(8)))
hand("3.4", "request: its own value comes last: 8 + 100, and is the latest", steps,
     {"aggregate": "sum", "size": 10, "at": "request", "request": 100}, (30, answer(108)))
hand("3.4", "request: its own value comes last", steps, {"latest": True, "at": "request", "request": 100},
     (30, answer(100)))
hand("2.1", "one event time: fewer nanoseconds cut is later, though the other is known later",
     [row(10, 1, n=-900, k=12), row(10, 2, n=-100)], {"latest": True}, (12, answer(2)))
hand("2.1", "one event time: the one known later wins, once it is known", [row(10, 1, k=15), row(10, 2)],
     {"latest": True}, (14, answer(2)), (15, answer(1)))
hand("2.1", "then the later commit", [row(10, 1, seq=7), row(10, 2, seq=3)], {"latest": True}, (10, answer(1)))
hand("2.1", "then the greater bytes: 0102 after 01 after 0", [row(10, 1, bytes="0102"), row(10, 2, bytes="01"),
     row(10, 3, bytes="00ff")], {"latest": True}, (10, answer(1)))
hand("3.1", "30 - 10 = 20 is within 20; an older row is not brought back", [row(5, 1), row(10, 2)],
     {"latest": True, "timeToLive": 20}, (30, answer(2)), (30.000001, TOO_OLD), (4, NOTHING))
hand("3.1", "a null of the last row is the answer", [row(5, 1), row(10, None)], {"latest": True}, (10, answer(None)))
tenths = [row(1, 0.1), row(2, 0.2), row(3, 0.3)]
hand("5.3", "0.1 + 0.2 + 0.3 are 0.1000000000000000055511 + 0.2000000000000000111022 + 0.2999999999999999888978 = "
     "0.6000000000000000055511; the floats around are 0.59999999999999997780 and 0.60000000000000008882", tenths,
     {"aggregate": "sum", "size": 9}, (9, answer(0.6)))
hand("5.3", "10^16 + 1 - 10^16: added one by one the 1 is lost", [row(1, 1e16), row(2, 1.0), row(3, -1e16)],
     {"aggregate": "sum", "size": 9}, (9, answer(1.0)))
hand("5.3", "10^308 + 10^308 - 10^308 fits, though it does not on the way", [row(1, 1e308), row(2, 1e308), row(3, -1e308)],
     {"aggregate": "sum", "size": 9}, (9, answer(1e308)), (2, OVERFLOW))
hand("5.3", "2^53 + 1 lies between 2^53 and 2^53 + 2, and goes to the even one; with another 2^-60 to the upper one",
     [row(1, 2.0**53), row(2, 1.0), row(3, 2.0**-60)], {"aggregate": "sum", "size": 9},
     (2, answer(2.0**53)), (3, answer(2.0**53 + 2)))
hand("5.3", "(2^63 - 1) + 1 does not fit, less 1 it does", [row(1, 2**63 - 1), row(2, 1), row(3, -1)],
     {"aggregate": "sum", "size": 9}, (2, OVERFLOW), (3, answer(2**63 - 1)))
hand("5.7", "-0.0 is 0.0 in an answer", [row(1, -0.0)], {"aggregate": "sum", "size": 9}, (1, answer(0.0)))
ones = [row(1, 1.0), row(2, 2.0), row(3, 4.0)]
hand("5.4", "(1 + 2 + 4) / 3 = 2.333...", ones, {"aggregate": "mean", "size": 9}, (3, answer(2.3333333333333335)))
hand("5.4", "(3 (1 + 4 + 16) - 7^2) / 3^2 = 14 / 9; of one value (1 - 1) / 1 = 0", ones,
     {"aggregate": "varPop", "size": 9}, (3, answer(1.5555555555555556)), (1, answer(0.0)))
hand("5.4", "14 / (3 2) = 2.333...; of one value there is none", ones, {"aggregate": "varSamp", "size": 9},
     (3, answer(2.3333333333333335)), (1, answer(None)))
hand("5.4", "10^9 + 1, + 2, + 4 have the variance of 1, 2, 4: the squares are exact",
     [row(1, 1e9 + 1), row(2, 1e9 + 2), row(3, 1e9 + 4)], {"aggregate": "varPop", "size": 9},
     (3, answer(1.5555555555555556)))
hand("5.4", "of 1 and 3: (2 (1 + 9) - 16) / 4 = 1, and its root", [row(1, 1.0), row(2, 3.0)],
     {"aggregate": "stddevPop", "size": 9}, (2, answer(1.0)))
hand("5.4", "integers are exact: the mean of 2^53 + 1 and 1 is (2^53 + 2) / 2", [row(1, 2**53 + 1), row(2, 1)],
     {"aggregate": "mean", "size": 9}, (2, answer(2.0**52 + 1)))
hand("5.6", "rank ceil(0.5 4) = 2 is 2.0; half a bin within 0.01 takes 6 bits, since 1/128 < 0.01 < 1/64; the bin of 2 is "
     "[2, 2 + 2/64), its middle 2 + 2/128", [row(1, 4.0), row(2, 1.0), row(3, 3.0), row(4, 2.0)],
     {"aggregate": "quantile", "share": 0.5, "relativeError": 0.01, "size": 9}, (4, answer(2.015625)), (2, answer(1.0078125)))
hand("5.6", "of -2, 0 and 2: rank 1, ceil(1.5) = 2 and 3; zero is a bin of its own, signs are bins apart",
     [row(1, -2.0), row(2, 0.0), row(3, 2.0)],
     {"aggregate": "quantile", "share": 0.5, "relativeError": 0.01, "size": 9}, (1, answer(-2.015625)), (3, answer(0.0)))
hand("5.2", "first and last go by section 2: 7 has the greater bytes", [row(1, 5), row(2, 6, bytes="01"), row(2, 7, bytes="02")],
     {"aggregate": "last", "size": 9}, (2, answer(7)), (1, answer(5)))
hand("5.2", "the last two of three, oldest first; of one, one", [row(1, 5), row(2, 6), row(3, 7)],
     {"aggregate": "lastN", "count": 2, "size": 9}, (3, answer(6, 7)), (1, answer(5)))
hand("5.2", "b twice, then a before c", [row(1, "c"), row(2, "b"), row(3, "a"), row(4, "b")],
     {"aggregate": "topK", "count": 2, "size": 9}, (4, answer("b", "a")), (1, answer("c")))
hand("5.2", "composed and decomposed letters are two texts", [row(1, "\u00e9"), row(2, "e\u0301"), row(3, "\u00e9")],
     {"aggregate": "countDistinct", "size": 9}, (3, answer(2)))
hand("5.8", "a NaN that is kept is above all numbers", [row(1, math.nan), row(2, math.inf)], {"aggregate": "max", "size": 9},
     (2, answer(math.nan)), (1, answer(math.nan)))
hand("5.8", "infinities of both signs sum to NaN, one stays", [row(1, math.inf), row(2, 1.0), row(3, -math.inf)],
     {"aggregate": "sum", "size": 9}, (2, answer(math.inf)), (3, answer(math.nan)))
hand("4.6", "the last commit is at 20: with freshness 10 the feed lives until 29, and is dead at 30", [],
     {"stale": [5, 20], "freshness": 10}, (29, {"values": [{"bool": False}], "status": "present"}),
     (30, {"values": [{"bool": True}], "status": "present"}), (4, {"values": [{"bool": True}], "status": "present"}))
for size, hop in (7 * 86_400, 3_600), (30 * 86_400, 86_400), (3_600, 300), (600, 10), (7, None), (3_601, 1), (13, 1):
    hand("4.3", "the largest of 1 d, 1 h, 5 m, 1 m, 10 s, 1 s that divides and is at most a twelfth", [],
         {"defaultHop": size}, (0, answer(None if hop is None else hop * 1_000_000)))


# --- by a second oracle ----------------------------------------------------------------------------------------------

def known(r):
    return max(r["e"], r.get("k", r["e"]), r.get("c", r["e"]))


def ordered(rows):
    return sorted(rows, key=lambda r: (r["e"], r.get("n", 0), known(r), r.get("seq", 0), bytes.fromhex(r.get("bytes", ""))))


def floor(t, hop):
    return t if hop is None else t // hop * hop


def seen(rows, t, ask):
    inside = [r for r in ordered(rows) if known(r) <= t and (r.get("r") is None or t < r["r"])]
    if ask.get("at") == "exclusive":
        inside = [r for r in inside if r["e"] < t]
    if ask.get("at") == "request":
        inside.append({"e": t, "v": ask["request"]})
    return inside


def rounded(x):
    """The nearest float; an infinity beyond the greatest (Python divides integers correctly rounded)."""
    try:
        return x.numerator / x.denominator
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def fit(x):
    return OVERFLOW if math.isinf(x) else answer(x + 0.0)


def respond(rows, t, ask):
    if "latest" in ask:
        inside = seen(rows, t, ask)
        if not inside:
            return NOTHING
        last = inside[-1]
        if "timeToLive" in ask and t - last["e"] > ask["timeToLive"]:
            return TOO_OLD
        return answer(last["v"])
    now = floor(t, ask.get("hop")) if ask.get("endsAtHop") else t
    upper = now - ask.get("offset", 0)
    lower = floor(upper - ask["size"], ask.get("hop"))
    edges = ask.get("edges", "(]")
    inside = [r for r in seen(rows, now, ask)
              if (lower < r["e"] if edges[0] == "(" else lower <= r["e"])
              and (r["e"] <= upper if edges[1] == "]" else r["e"] < upper)]
    values = [r["v"] for r in inside if r["v"] is not None]
    kind = ask["aggregate"]
    if kind == "countAll":
        return answer(len(inside))
    if kind == "count":
        return answer(len(values))
    if kind == "countDistinct":
        return answer(len(set(values)))
    if kind == "lastN":
        chosen = values[max(0, len(values) - ask["count"]):]
        return {"values": [value(v) for v in chosen], "status": "present"}
    if kind == "topK":
        ranked = sorted(set(values), key=lambda v: (-values.count(v), v))
        return {"values": [value(v) for v in ranked[:ask["count"]]], "status": "present"}
    if not values:
        return answer(None)
    if kind == "first":
        return answer(values[0])
    if kind == "last":
        return answer(values[-1])
    if kind == "min":
        return answer(min(values))
    if kind == "max":
        return answer(max(values))
    whole = isinstance(values[0], int)
    total = sum(map(Fraction, values))
    count = len(values)
    if kind == "sum":
        if whole:
            return answer(int(total)) if -2**63 <= total < 2**63 else OVERFLOW
        return fit(rounded(total))
    if kind == "mean":
        return fit(rounded(total) / count) if not math.isinf(rounded(total)) else OVERFLOW
    if kind in ("varPop", "varSamp", "stddevPop", "stddevSamp"):
        divisor = count if kind.endswith("Pop") else count - 1
        if divisor == 0:
            return answer(None)
        mean = total / count
        variance = rounded(sum((Fraction(v) - mean) ** 2 for v in values) / divisor)
        return fit(math.sqrt(variance) if kind.startswith("std") else variance)
    if kind == "quantile":
        rank = max(1, math.ceil(Fraction(ask["share"]) * count))
        found = float(sorted(values)[rank - 1])
        if found == 0:
            return answer(0.0)
        bits = 0
        while Fraction(1, 2 ** (bits + 1)) > Fraction(ask["relativeError"]):
            bits += 1
        mantissa, exponent = math.frexp(abs(found))
        # The mantissa is 0.1xxx: `bits` bits behind the first one.
        cell = int(mantissa * 2 ** (bits + 1))
        middle = Fraction(2 * cell + 1, 2 ** (bits + 2)) * Fraction(2) ** exponent
        return answer(math.copysign(rounded(middle), found))
    raise ValueError(kind)


def some_value(rng, kind):
    if rng.random() < 0.1:
        return None
    if kind == "int":
        return rng.choice([rng.randint(-9, 9), rng.randint(-2**63, 2**63 - 1), rng.randint(-2**54, 2**54)])
    if kind == "text":
        return rng.choice(["a", "b", "B", "", "\u00e9", "e\u0301", "ab"])
    return rng.choice([rng.uniform(-1, 1), float(rng.randint(-9, 9)), rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300),
                       rng.choice([1.0, -1.0]) * 2.0 ** rng.randint(-1000, 1000), 1e16, -1e16])


NUMBERS = ["sum", "mean", "varPop", "varSamp", "stddevPop", "stddevSamp", "quantile", "min", "max"]
ANY = ["count", "countAll", "countDistinct", "first", "last", "lastN", "topK", "min", "max"]


def random_case(rng):
    kind = rng.choice(["int", "float", "float", "text"])
    rows = []
    for number in range(rng.randint(0, 9)):
        made = row(rng.randint(-30, 30), some_value(rng, kind), bytes=f"{number:02x}")
        if rng.random() < 0.3:
            made["k"] = made["e"] + rng.randint(-5, 20)
        if rng.random() < 0.2:
            made["c"] = made["e"] + rng.randint(-5, 30)
        if rng.random() < 0.3:
            made["r"] = known(made) + rng.randint(0, 30)
        if rng.random() < 0.3:
            made["n"] = rng.randint(-999, 0)
        if rng.random() < 0.3:
            made["seq"] = rng.randint(0, 3)
        rows.append(made)
    if rng.random() < 0.25:
        ask = {"latest": True}
        if rng.random() < 0.5:
            ask["timeToLive"] = rng.randint(0, 30)
    else:
        ask = {"aggregate": rng.choice(ANY if kind == "text" else ANY + NUMBERS * 2)}
        hop = rng.choice([None, 1, 5, 7])
        ask["size"] = (hop or 1) * rng.randint(1, 12)
        if hop:
            ask["hop"] = hop
            ask["endsAtHop"] = rng.random() < 0.3
        if rng.random() < 0.3:
            ask["edges"] = rng.choice(["(]", "[)", "[]"])
        if rng.random() < 0.3:
            ask["offset"] = rng.randint(0, 10)
        if ask["aggregate"] in ("lastN", "topK"):
            ask["count"] = rng.randint(1, 4)
        if ask["aggregate"] == "quantile":
            ask["share"] = rng.choice([0.0, 0.1, 0.25, 0.5, 0.9, 1.0, rng.random()])
            ask["relativeError"] = rng.choice([0.01, 0.001, 0.05, 0.3])
    ask["at"] = rng.choice(["inclusive", "inclusive", "exclusive", "request"])
    if ask["at"] == "request":
        ask["request"] = some_value(rng, kind)
    times = sorted({rng.randint(-35, 65) for _ in range(4)})
    return {"rule": "random", "rows": rows, "ask": ask, "expected": [[t, respond(rows, t, ask)] for t in times]}


# --- writing ---------------------------------------------------------------------------------------------------------

LENGTHS = ("timeToLive", "size", "hop", "offset", "freshness", "defaultHop")


def micros(seconds):
    return round(seconds * 1_000_000)


def written(case):
    rows = [{name: (micros(v) if name in "ekcr" else value(v) if name == "v" else v) for name, v in r.items()}
            for r in case["rows"]]
    ask = {}
    for name, given in case["ask"].items():
        if name in LENGTHS:
            given = micros(given)
        elif name == "stale":
            given = [micros(t) for t in given]
        elif name in ("request", "share", "relativeError"):
            given = value(given)
        ask[name] = given
    return {**case, "rows": rows, "ask": ask, "expected": [[micros(t), result] for t, result in case["expected"]]}


def main():
    for case in HAND:
        for t, expected in case["expected"]:
            floats = [v for r in case["rows"] for v in [r["v"]] if isinstance(v, float)]
            if "stale" in case["ask"] or "defaultHop" in case["ask"] or not all(map(math.isfinite, floats)):
                continue
            got = respond(case["rows"], t, case["ask"])
            assert got == expected, (case["because"], t, got, expected)
    rng = random.Random(20)
    cases = [written(case) for case in HAND + [random_case(rng) for _ in range(300)]]
    text = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
    (Path(__file__).parent / "law.json").write_text(f"[\n{text}\n]\n")
    print(f"{len(HAND)} cases by hand, {len(cases) - len(HAND)} random")


main()
