# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Tallystick contributors
"""The page of the HTTP interface, made of docs/openapi.yaml."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml


def page(document: Path) -> str:
    """The page in Markdown, one folder below the site's own: what holds for all paths, then each path with the requests that its tests send."""
    interface: dict[str, Any] = yaml.safe_load(document.read_text(encoding="utf-8"))
    parts = ["# HTTP", "", interface["info"]["description"], ""]
    parts += ["The whole description, for tools: <a href=\"../openapi.yaml\">openapi.yaml</a>.", ""]
    for path, methods in interface["paths"].items():
        for method, operation in methods.items():
            if method in ("get", "post", "put", "delete"):
                parts += _operation(method.upper(), path, operation, interface["components"].get("responses", {}))
    return "\n".join(parts)


def _operation(method: str, path: str, operation: dict[str, Any], named: dict[str, Any]) -> list[str]:
    parts = [f"## {method} {path}", "", f"**{operation.get('summary', '')}**", "", operation.get("description", ""), ""]
    answers = operation.get("responses", {})
    if answers:
        parts += ["| status | answer |", "| --- | --- |"]
        parts += [f"| {status} | {_described(answer, named)} |" for status, answer in answers.items()]
        parts.append("")
    contents = operation.get("requestBody", {}).get("content", {})
    for content in contents.values():
        for name, example in content.get("examples", {}).items():
            if name.startswith("2") and "value" in example:
                value = json.dumps(example["value"], ensure_ascii=False)
                parts += [f"A request ({name.partition('-')[2] or name}):", "", "```json", value, "```", ""]
    return parts


def _described(answer: dict[str, Any], named: dict[str, Any]) -> str:
    if "$ref" in answer:
        answer = named[answer["$ref"].rpartition("/")[2]]
    return " ".join(answer.get("description", "").split()).replace("|", "\\|")
