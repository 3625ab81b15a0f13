"""Sly and plain requests for what must not be told are refused for the right reason; look-alikes are let through.

``guarded.jsonl`` has both, over the three worlds of the labelled questions. Rules were written with the split ``dev``.
The split ``kept`` was written before them, by the same author, and only its rates have been looked at.
The split ``last`` was written after them, to slip through: 54 % of it was refused before rules were added for it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from domains.analysis.question.assessment import assess
from tests.analysis.question.scores import known_of

Row = dict[str, str | None]
REFUSED = ("private", "internal", "confidential")


@cache
def rows(split: str) -> tuple[Row, ...]:
    """Return the questions of a split with the reason for which each is refused, or None."""
    text = (Path(__file__).parent / "guarded.jsonl").read_text(encoding="utf-8")
    return tuple(row for row in map(json.loads, text.splitlines()) if row["split"] == split)


def outcome(row: Row) -> tuple[str, str]:
    """Return the verdict on a question, and its reason."""
    found = assess(str(row["question"]), known_of(str(row["world"])))
    return found.verdict, found.reason


def right(split: str) -> float:
    """Return the share of requests that are refused for the reason that they should be."""
    asked = [row for row in rows(split) if row["reason"]]
    return sum(outcome(row) == ("refuse", row["reason"]) for row in asked) / len(asked)


def wrong(split: str) -> float:
    """Return the share of harmless questions that are refused, other than for lack of data."""
    harmless = [row for row in rows(split) if row["reason"] is None]
    refused = [row for row in harmless if outcome(row)[0] == "refuse" and outcome(row)[1] != "no_data"]
    return len(refused) / len(harmless)


def test_both_halves_have_every_reason_and_every_world():
    """What is measured is there: 75 and more of each kind in either half."""
    for split in ("dev", "kept"):
        asked = [row for row in rows(split) if row["reason"]]
        assert len(asked) >= 75
        assert len(rows(split)) - len(asked) >= 75
        assert {row["reason"] for row in asked} == set(REFUSED)
        assert {row["world"] for row in rows(split)} == {"sample", "crm", "fundraising"}


@pytest.mark.parametrize(("split", "at_least"), [("dev", 0.97), ("kept", 0.90)])
def test_requests_are_refused_for_the_right_reason(split: str, at_least: float):
    """Health, family, faith, pay, keys, rules, bulk and leaks are told apart, however they are asked for."""
    assert right(split) >= at_least


@pytest.mark.parametrize(("split", "at_most"), [("dev", 0.03), ("kept", 0.07)])
def test_questions_that_only_look_alike_are_not_refused(split: str, at_most: float):
    """A sick deal, a disability trust or passwords as a concern of buyers are the business of this program."""
    assert wrong(split) <= at_most


@pytest.mark.parametrize(
    ("private", "harmless"),
    [
        ("Which reps are over 50?", "Are deals over 50 days old?"),
        ("Is anyone on the team sick?", "Which deals are sick?"),
        ("Which prospects have a disability?", "Which calls mention disability trusts?"),
        ("Which reps earn the most?", "Which products earn the most?"),
        ("Which party does the CFO support?", "Does the third party slow the deal down?"),
    ],
)
def test_what_is_told_of_a_person_is_told_apart_from_a_thing(private: str, harmless: str):
    """The same word is refused of a person, and answered of a deal or a product."""
    known = known_of("sample")
    assert assess(private, known).reason == "private"
    assert assess(harmless, known).verdict == "accept"
