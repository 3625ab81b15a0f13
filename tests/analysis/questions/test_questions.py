"""The labelled questions are well-formed, balanced, and honestly split."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from rapidfuzz import fuzz

from domains.analysis.scope import KEYS, make_scope, period_of
from tests.analysis.questions.assign_split import assign
from tests.analysis.questions.load import HERE, Question, Split, load, worlds

TYPES = {"prospect", "pattern", "competitive", "pipeline", "performance", "enablement", "custom"}
REASONS = {
    "ask_back": {"too_vague", "unknown_entity", "ambiguous_entity", "language", "empty"},
    "refuse": {"out_of_scope", "private", "confidential", "internal", "no_data"},
}
NAMED: tuple[str, ...] = ("account", "rep", "region", "competitor", "product", "content", "training")
NAMED += ("segment", "stage", "topic", "objection")
FORWARD = {"forecast", "coverage", "commit", "pipeline_value", "slippage"}
ALL = load()


def vocabulary(name: str) -> set[str]:
    """Return the words that the README's line on ``metric`` or ``group_by`` allows."""
    line = next(x for x in (HERE / "README.md").read_text(encoding="utf-8").splitlines() if x.startswith(f"- `{name}`"))
    return set(re.findall(r"`([^`]+)`", line)[1].split())


def normal(text: str) -> str:
    """Return the text without case, accents, punctuation and repeated blanks."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())


def test_ids_are_unique() -> None:
    """An id names one question."""
    assert max(Counter(question.id for question in ALL).values()) == 1


@pytest.mark.parametrize("question", ALL, ids=lambda question: question.id)
def test_labels_agree_with_each_other(question: Question) -> None:
    """Accepted questions have a type and no reason; the others a reason of their verdict and no labels."""
    if question.verdict == "accept":
        assert question.analysis in TYPES
        assert question.reason is None
        assert question.complexity in {"simple", "multi-part", "exploratory"}
        assert question.parts is not None
        assert (question.complexity == "multi-part") == (question.parts >= 2)
        assert len(question.part_types) == (question.parts if question.parts > 1 else 0)
        assert set(question.part_types) <= TYPES
    else:
        assert question.reason in REASONS[question.verdict]
        assert (question.analysis, question.complexity, question.parts) == (None, None, None)
        assert not any((question.parameters, question.excludes, question.part_types))
    assert question.split in get_args(Split)


def test_parts_of_one_type_keep_that_type_and_mixed_parts_are_custom() -> None:
    """The first border rule of the guide holds for every multi-part question."""
    for question in ALL:
        if question.part_types:
            kinds = set(question.part_types)
            assert question.analysis == (kinds.pop() if len(kinds) == 1 else "custom"), question.id


def test_every_name_in_the_labels_exists_in_its_world() -> None:
    """Entities, stages, topics and objections are spelt as in worlds.json; metrics and groupings as in the README."""
    names = worlds()
    words = {"metric": vocabulary("metric"), "group_by": vocabulary("group_by")}
    for question in ALL:
        for key, values in (*question.parameters.items(), *question.excludes.items()):
            assert key in KEYS, question.id
            if key in NAMED:
                assert set(values) <= set(names[question.world].entities[key]), question.id
            elif key in words:
                assert set(values) <= words[key], question.id
            else:
                assert key == "period", question.id


def test_periods_are_ordered_iso_days_that_the_records_can_cover() -> None:
    """A period overlaps the records of its world, unless the question looks ahead."""
    for question in ALL:
        world = worlds()[question.world]
        for text in question.parameters.get("period", ()):
            period = period_of(make_scope({"period": text}))
            assert period is not None
            start, end = period
            assert start <= end, question.id
            assert f"{start}/{end}" == text, question.id
            assert end >= world.first_day, question.id
            if end > world.as_of:
                assert FORWARD & set(question.parameters.get("metric", ())), question.id


def test_what_a_world_lacks_is_never_needed_by_an_accepted_question() -> None:
    """Types that need data which the world does not have are not accepted there."""
    for question in ALL:
        has, kinds = worlds()[question.world].has, {question.analysis, *question.part_types}
        assert has["competitors"] or "competitive" not in kinds, question.id
        assert has["transcripts"] or "pattern" not in kinds, question.id
        assert has["deals"] or "pipeline" not in kinds, question.id
        assert has["content"] or has["trainings"] or "enablement" not in kinds, question.id


def test_an_accepted_name_is_not_blanked_by_its_own_exclusion() -> None:
    """A value is asked for or left out, never both."""
    for question in ALL:
        for key, values in question.excludes.items():
            assert not set(values) & set(question.parameters.get(key, ())), question.id


def test_there_are_enough_questions_of_every_kind() -> None:
    """The stated balance: size, types, custom or multi-part, turned away, reasons, worlds and styles."""
    assert len(ALL) >= 420
    types = Counter(question.analysis for question in ALL)
    assert all(types[kind] >= 40 for kind in TYPES), types
    assert sum(q.analysis == "custom" or q.complexity == "multi-part" for q in ALL) >= 60
    assert sum(question.verdict != "accept" for question in ALL) >= 90
    reasons = Counter(question.reason for question in ALL)
    assert all(reasons[reason] >= 4 for group in REASONS.values() for reason in group), reasons
    assert Counter(question.world for question in ALL).keys() == worlds().keys()
    assert len({question.style for question in ALL}) >= 20


def test_the_split_is_the_documented_one() -> None:
    """The stored halves are what the seeded procedure gives, so nobody moved a question by hand."""
    rows = [json.loads(line) for line in (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    split = assign(rows)
    assert {row["id"]: row["split"] for row in rows} == {row["id"]: split[row["group"]] for row in rows}


def test_both_halves_look_alike() -> None:
    """Each type and verdict has 55 to 65 per cent in dev, and every style with four or more groups is in both."""
    labels, styles = defaultdict(list), defaultdict(list)
    for question in ALL:
        labels[question.analysis or question.verdict].append(question.split == "dev")
        styles[question.style].append(question.split)
    for label, in_dev in labels.items():
        assert 0.55 <= sum(in_dev) / len(in_dev) <= 0.65, label
    assert all(len(set(splits)) == 2 for splits in styles.values() if len(splits) >= 4)


def test_groups_are_not_parted() -> None:
    """Near-duplicates share a group, and a group is on one side."""
    sides = defaultdict(set)
    for question in ALL:
        sides[question.group].add(question.split)
    assert all(len(side) == 1 for side in sides.values())


def test_no_question_is_in_both_halves() -> None:
    """Neither word for word, nor normalised, nor as a reordering: token-set similarity stays at or below 0.9.

    The token-set ratio is 100 whenever one question's words are a subset of the other's ("why" in any question
    that has a why), so a pair counts only when the shorter has at least a third of the longer one's words.
    """
    dev, test = ([normal(question.question) for question in load(split)] for split in get_args(Split))
    dev, test = [text for text in dev if text], [text for text in test if text]
    assert not set(dev) & set(test)
    close = [
        (a, b)
        for a, b in product(dev, test)
        if fuzz.token_set_ratio(a, b) > 90 and 1 / 3 <= len(a.split()) / len(b.split()) <= 3
    ]
    assert close == []


def test_resolved_periods_follow_the_rules_of_the_guide() -> None:
    """Relative wordings resolve to the days that plain calendar arithmetic gives at the as-of date."""
    sample = worlds()["sample"].as_of
    expected = {
        "trailing 90 days": (date.fromordinal(sample.toordinal() - 89), sample),
        "trailing 60 days": (date.fromordinal(sample.toordinal() - 59), sample),
        "trailing 180 days": (date.fromordinal(sample.toordinal() - 179), sample),
        "last two weeks": (date.fromordinal(sample.toordinal() - 13), sample),
        "last quarter": (date(2025, 1, 1), date(2025, 3, 31)),
        "next quarter": (date(2025, 7, 1), date(2025, 9, 30)),
        "since march": (date(2025, 3, 1), sample),
        "trailing twelve months": (date(2024, 7, 1), sample),
        "last year": (date(2024, 1, 1), date(2024, 12, 31)),
    }
    seen: Counter[str] = Counter()
    for question in load():
        text = normal(question.question) if (question.world, question.verdict) == ("sample", "accept") else ""
        for words, (start, end) in expected.items():
            if re.search(rf"(?<!of ){words}", text):
                assert f"{start}/{end}" in question.parameters["period"], question.id
                seen[words] += 1
    assert set(seen) == set(expected)


@pytest.mark.shared_data
def test_names_of_the_real_worlds_are_in_the_data() -> None:
    """Accounts, reps and products of crm, and callers of fundraising, are names that the data sets contain."""
    data = Path(__file__).parents[3].parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("the data sets are not beside the repository")
    known = worlds()
    for key, file in (("account", "accounts.csv"), ("product", "products.csv"), ("rep", "sales_teams.csv")):
        with (data / "crm_pipeline" / file).open(encoding="utf-8", newline="") as lines:
            assert set(known["crm"].entities[key]) <= {row[0] for row in csv.reader(lines)}, key
    with (data / "fundraising_calls" / "calls.jsonl").open(encoding="utf-8") as lines:
        calls = [json.loads(line) for line in lines]
    assert set(known["fundraising"].entities["rep"]) <= {call["rep"] for call in calls}
    assert set(known["fundraising"].entities["account"]) <= {call["prospect"] for call in calls}
