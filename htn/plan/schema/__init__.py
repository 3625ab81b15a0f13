"""The published JSON Schema of plans."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["plan_schema"]


@cache
def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema that `Plan.to_json` keeps to.

    Examples
    --------
    >>> plan_schema()["properties"]["schema"]
    {'const': 'htn-plan/1'}
    """
    text = files(__name__).joinpath("plan-1.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
