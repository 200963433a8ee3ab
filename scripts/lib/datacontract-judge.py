#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Asks datacontract-cli how contracts changed; prints the directions of each pair as JSON.

usage: datacontract-judge.py PAIRS.json     (what scripts/judges installs; PAIRS is [{"old": contract, "new": contract}])
"""
import json
import logging
import sys

from datacontract.data_contract import DataContract
from jsonschema import Draft201909Validator

# The published schema is judged by its own schema for each contract anew, which is nearly all of the time: once is enough.
sound, check_schema = set(), Draft201909Validator.check_schema


def check_schema_once(schema, *arguments, **options):
    text = json.dumps(schema, sort_keys=True)
    if text not in sound:
        check_schema(schema, *arguments, **options)
        sound.add(text)


Draft201909Validator.check_schema = check_schema_once
logging.disable(logging.CRITICAL)
answers = []
for pair in json.load(open(sys.argv[1], encoding="utf-8")):
    try:
        old, new = (DataContract(data_contract_str=json.dumps(pair[name])) for name in ("old", "new"))
        entries = old.breaking(new).entries
        answers.append(sorted({entry.direction.value for entry in entries if entry.direction is not None}))
    except Exception as error:  # what it cannot read is no judgement
        answers.append(["error: " + str(error).split("\n")[0]])
print(json.dumps(answers))
