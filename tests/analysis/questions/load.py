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
def later() -> tuple[Question, ...]:
    """Return the questions that were written after the first rules, to mend them with; verdict, type, parameters."""
    questions = []
    for line in (HERE / "later_questions.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = {**_UNLABELLED, **json.loads(line), "split": "dev"}
        row["parameters"], row["excludes"] = _values(row["parameters"]), _values(row["excludes"])
        row["part_types"] = ()
        questions.append(Question(**row, group=row["id"]))
    return tuple(questions)


@cache
def fresh(split: Split | None = None) -> tuple[Question, ...]:
    """Return the questions written last, of one half or of both; verdict, type, parameters, types of parts."""
    questions = []
    for line in (HERE / "fresh_questions.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = {**_UNLABELLED, **json.loads(line)}
        row["parameters"], row["excludes"] = _values(row["parameters"]), _values(row["excludes"])
        row["part_types"] = tuple(row["part_types"])
        questions.append(Question(**row))
    return tuple(item for item in questions if split in (None, item.split))


@cache
def practice(split: Split | None = None) -> tuple[Question, ...]:
    """Return the questions that others wrote to practise on, and those that they wrote to be kept back."""
    questions = []
    for line in (HERE / "practice_questions.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = {**_UNLABELLED, **json.loads(line)}
        row["parameters"], row["excludes"] = _values(row["parameters"]), _values(row["excludes"])
        row["part_types"] = ()
        questions.append(Question(**row, group=row["id"]))
    return tuple(item for item in questions if split in (None, item.split))


@cache
def _all() -> tuple[Question, ...]:
    questions = []
    for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        row["parameters"], row["excludes"] = _values(row["parameters"]), _values(row["excludes"])
        row["part_types"] = tuple(row["part_types"])
        questions.append(Question(**row))
    return tuple(questions)


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
    return [question for question in _all() if split is None or question.split == split]


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
