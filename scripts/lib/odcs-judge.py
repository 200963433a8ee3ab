#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Judges contracts by the published JSON Schemas of the standard, for Tests/TallyDefinitionsTests.

Usage: odcs-judge.py QUESTIONS ANSWERS [SCHEMAS]

QUESTIONS holds one JSON object a line. {"version": "3.1.0", "document": ...} asks whether the schema of a version accepts
a document; {"yaml": "...", "document": ...} asks whether a YAML text means the same as a document. ANSWERS gets one line for
each: "valid", or "invalid" and the first reason. SCHEMAS is the folder of odcs-3.0.2.schema.json and so on; without it
the datacontract package is asked. Needs what scripts/judges installs.
"""

import importlib.util
import json
import pathlib
import sys

import yaml
from jsonschema import Draft201909Validator
from jsonschema.exceptions import best_match


def schema_folder(arguments):
    if len(arguments) > 3:
        return pathlib.Path(arguments[3])
    found = importlib.util.find_spec("datacontract")
    if found is None or not found.submodule_search_locations:
        sys.exit("give the folder of the schemas, or install datacontract-cli")
    return pathlib.Path(found.submodule_search_locations[0]) / "schemas"


def main(arguments):
    folder = schema_folder(arguments)
    validators = {
        version: Draft201909Validator(json.loads((folder / f"odcs-{version}.schema.json").read_text("utf-8")))
        for version in ("3.0.2", "3.1.0", "3.2.0")
    }
    with open(arguments[1], encoding="utf-8") as questions, open(arguments[2], "w", encoding="utf-8") as answers:
        for line in questions:
            question = json.loads(line)
            document = question["document"]
            if "yaml" in question:
                answers.write(compare(question["yaml"], document) + "\n")
                continue
            error = best_match(validators[question["version"]].iter_errors(document))
            reason = "" if error is None else f"invalid {error.json_path}: {error.message}"
            answers.write(" ".join(reason.split())[:300] or "valid")
            answers.write("\n")


def compare(text, document):
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        return " ".join(f"invalid {error}".split())
    difference = differs(found, document)
    return "valid" if difference is None else f"invalid {difference}"


def differs(left, right):
    """The first difference; truth values, numbers and text are kept apart, and keys are in order."""
    if isinstance(left, dict) and isinstance(right, dict) and list(left) == list(right):
        pairs = [(left[key], right[key]) for key in left]
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        pairs = list(zip(left, right))
    else:
        numbers = all(isinstance(side, (int, float)) and not isinstance(side, bool) for side in (left, right))
        # JSON writes a large number with a fraction's precision as a long whole number.
        alike = float(left) == float(right) if numbers else left == right and type(left) is type(right)
        return None if alike else ascii(left)[:100] + " is not " + ascii(right)[:100]
    return next((found for pair in pairs if (found := differs(*pair)) is not None), None)


if __name__ == "__main__":
    main(sys.argv)
