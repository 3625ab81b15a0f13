"""The questions written later are well-formed, and their held-out half holds nothing that rules were written with."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import pytest
from rapidfuzz import fuzz

from tests.analysis.questions.load import Question, Split, fresh, later, load, practice, worlds
from tests.analysis.questions.test_questions import NAMED, REASONS, TYPES, normal, vocabulary

ALL = fresh()
PRACTICE = practice()


def nearly_same(one: str, other: str) -> bool:
    """Whether two normalised questions are one in other words: their word sets agree and neither is much longer."""
    if not one or not other:
        return False
    return fuzz.token_set_ratio(one, other) > 90 and 1 / 3 <= len(one.split()) / len(other.split()) <= 3


@pytest.mark.parametrize("question", [*ALL, *PRACTICE], ids=lambda question: question.id)
def test_labels_agree_with_each_other_and_with_the_world(question: Question) -> None:
    """A label is one that the guide knows, a name is one of the world, a period is a pair of days."""
    if question.verdict == "accept":
        assert question.analysis in TYPES
        assert question.reason is None
        kinds = set(question.part_types)
        assert not kinds or question.analysis == (kinds.pop() if len(kinds) == 1 else "custom")
    else:
        assert question.reason in REASONS[question.verdict]
        assert not any((question.analysis, question.parameters, question.excludes, question.part_types))
    assert question.split in get_args(Split)
    for key, values in (*question.parameters.items(), *question.excludes.items()):
        if key in NAMED:
            assert set(values) <= set(worlds()[question.world].entities[key])
        elif key == "period":
            assert all(re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", value) for value in values)
        else:
            assert set(values) <= vocabulary(key)


def test_the_held_out_questions_are_unlike_those_that_rules_were_written_with() -> None:
    """No question of the held-out half is nearly the same as one that may be tuned on."""
    seen = [normal(item.question) for item in (*load("dev"), *later(), *fresh("dev"))]
    held = [normal(item.question) for item in fresh("test")]
    assert [(one, other) for one in held for other in seen if one == other != "" or nearly_same(one, other)] == []


def test_what_was_kept_back_of_the_practice_is_unlike_the_rest_of_it() -> None:
    """No question kept back is word for word one that may be tuned on."""
    seen = {normal(item.question) for item in (*load("dev"), *later(), *fresh("dev"), *practice("dev"))}
    assert len(practice("test")) == 200
    assert not seen & {normal(item.question) for item in practice("test") if normal(item.question)}


def test_there_is_enough_of_everything_on_both_sides() -> None:
    """With the unread half of the first file there are 500 to count on, 300 held out; no type is left out."""
    assert len(ALL) + len(load("test")) >= 500
    assert len(fresh("test")) + len(load("test")) >= 300
    for split in get_args(Split):
        types = Counter(question.analysis for question in fresh(split))
        assert all(types[kind] >= 8 for kind in TYPES), split
        assert {question.reason for question in fresh(split)} >= {"private", "internal", "confidential", "no_data"}
