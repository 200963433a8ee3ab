#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Asks Avro whether readers and writers of two schemas understand each other; prints the answers as JSON.

usage: avro-judge.py PAIRS.json     (what scripts/judges installs; PAIRS is [{"old": schema, "new": schema}, ...])
"""
import json
import sys

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType


def reads(reader, writer):
    # A checker remembers pairs it has seen, by identity: a new one for each pair.
    answer = ReaderWriterCompatibilityChecker().get_compatibility(reader=reader, writer=writer)
    return answer.compatibility is SchemaCompatibilityType.compatible


answers = []
for pair in json.load(open(sys.argv[1], encoding="utf-8")):
    old, new = (avro.schema.parse(json.dumps(pair[name])) for name in ("old", "new"))
    answers.append({"backward": reads(new, old), "forward": reads(old, new)})
print(json.dumps(answers))
