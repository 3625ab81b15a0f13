"""Read the labelled questions and their worlds as typed, frozen values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

__all__ = ["Question", "World", "fresh", "later", "load", "practice", "worlds"]

HERE = Path(__file__).parent
Split = Literal["dev", "test"]
Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Question:
    """One question and the labels it should get; the README of this folder defines every label."""

    id: str
    question: str
    verdict: str
    analysis: str | None
    parameters: Values
    excludes: Values
    complexity: str | None
    parts: int | None
    part_types: tuple[str, ...]
    world: str
    style: str
    group: str
    split: str
    reason: str | None
    note: str | None


@dataclass(frozen=True)
class World:
    """What exists in one world: names by kind, what data there is, and the day on which questions are asked."""

    name: str
    as_of: date
    first_day: date
    has: Mapping[str, bool]
    entities: Values


def _values(raw: Mapping[str, str | list[str]]) -> Values:
    return MappingProxyType({key: (item,) if isinstance(item, str) else tuple(item) for key, item in raw.items()})


# What the later questions are not labelled with.
_UNLABELLED: dict[str, Any] = {"complexity": None, "parts": None, "part_types": [], "style": "later", "note": None}


@cache
def _read(name: str) -> tuple[Question, ...]:
    questions = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = {**_UNLABELLED, **json.loads(line)}
        row["parameters"], row["excludes"] = _values(row["parameters"]), _values(row["excludes"])
        row["part_types"] = tuple(row["part_types"])
        questions.append(Question(**{"group": row["id"], "split": "dev", **row}))
    return tuple(questions)


def later() -> tuple[Question, ...]:
    """Return the questions that were written after the first rules, to mend them with; verdict, type, parameters."""
    return _read("later_questions.jsonl")


def fresh(split: Split | None = None) -> tuple[Question, ...]:
    """Return the questions written last, of one half or of both; verdict, type, parameters, types of parts."""
    return tuple(item for item in _read("fresh_questions.jsonl") if split in (None, item.split))


def practice(split: Split | None = None) -> tuple[Question, ...]:
    """Return the questions that others wrote to practise on, and those that they wrote to be kept back."""
    return tuple(item for item in _read("practice_questions.jsonl") if split in (None, item.split))


def load(split: Split | None = None) -> list[Question]:
    """Return the questions of one split, or of both.

    Parameters
    ----------
    split
        ``"dev"`` to tune on, ``"test"`` to report on, ``None`` for all.

    Returns
    -------
    list[Question]
        In the order of the file. Every value in ``parameters`` is a tuple, even when only one is named.

    Examples
    --------
    >>> {question.split for question in load("dev")}
    {'dev'}
    """
    return [question for question in _read("questions.jsonl") if split is None or question.split == split]


def worlds() -> dict[str, World]:
    """Return the worlds by name.

    Examples
    --------
    >>> worlds()["crm"].as_of.isoformat()
    '2017-12-31'
    """
    raw = json.loads((HERE / "worlds.json").read_text(encoding="utf-8"))
    return {
        name: World(
            name,
            date.fromisoformat(item["as_of"]),
            date.fromisoformat(item["first_day"]),
            MappingProxyType(item["has"]),
            _values({key: value for key, value in item.items() if isinstance(value, list)}),
        )
        for name, item in raw.items()
    }
