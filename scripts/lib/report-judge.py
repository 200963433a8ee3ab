#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""Reads reports and contracts with programs of others; prints what they found as JSON.

usage: report-judge.py FOLDER     (what scripts/judges installs)

  *.sarif  sarif-tools: how many issues of each severity, and the files they name
  *.xml    junitparser: how many cases, failures and skipped ones, and the names of the cases
  *.yaml   PyYAML reads it, and `datacontract lint` judges it by the published schema
"""
import json
import logging
import pathlib
import sys

import yaml
from datacontract.data_contract import DataContract
from junitparser import JUnitXml
from sarif import loader


def sarif(path):
    records = loader.load_sarif_file(str(path)).get_records()
    severities = [record["Severity"] for record in records]
    return {
        "severities": {name: severities.count(name) for name in sorted(set(severities))},
        "locations": sorted({record["Location"] for record in records}),
    }


def junit(path):
    report = JUnitXml.fromfile(str(path))
    return {
        "tests": report.tests,
        "failures": report.failures,
        "skipped": report.skipped,
        "names": [case.name for suite in report for case in suite],
    }


def contract(path):
    document = yaml.safe_load(path.read_text("utf-8"))
    run = DataContract(data_contract_file=str(path)).lint()
    return {"id": document["id"], "result": run.result.value, "reasons": [check.reason for check in run.checks if check.reason]}


JUDGES = {".sarif": sarif, ".xml": junit, ".yaml": contract}

logging.disable(logging.CRITICAL)
answers = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if path.suffix in JUDGES:
        answers[path.name] = JUDGES[path.suffix](path)
print(json.dumps(answers))
