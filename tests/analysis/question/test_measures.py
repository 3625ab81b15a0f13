"""Measures and groupings are read from how a question is built, not from phrases alone."""

from __future__ import annotations

import random
import re
from itertools import combinations, permutations

import pytest

from domains.analysis.question.lexicon import sections
from domains.analysis.question.measures import Found, find_groups, find_metrics
from domains.analysis.question.priority import asked_for
from domains.analysis.question.together import nearest, together


def names(text: str) -> list[str]:
    """The measures that a text names."""
    return [item.name for item in find_metrics(text)]


def grouped(text: str) -> list[str]:
    """The dimensions that a text groups by."""
    return [item.name for item in find_groups(text)]


def test_every_notion_is_defined_and_used():
    """Rules name notions that exist, and no notion is kept that no rule needs."""
    used = {name for item in together() for name in (*item.near, *item.absent)}
    assert used == set(sections("concepts"))
    assert {item.measure for item in together()} <= {name.split()[0] for name in sections("measures")}
    assert {item.when for item in together()} == {"", "first", "alone"}


def test_the_nearest_span_is_the_one_that_brute_force_finds():
    """The span of two notions is the shortest of all substrings that hold both."""
    draw = random.Random(7)
    for _ in range(200):
        text = " ".join(draw.choice("abcxy") for _ in range(draw.randint(1, 12)))
        notions = [re.compile(letter) for letter in draw.sample("xyc", draw.randint(1, 3))]
        held = [
            text[start:end]
            for start, end in combinations(range(len(text) + 1), 2)
            if all(notion.search(text, start, end) for notion in notions)
        ]
        span = nearest(notions, text)
        assert (span is None) == (not held)
        if span is not None:
            assert len(text[slice(*span)]) == min(len(item) for item in held)


@pytest.mark.parametrize("order", list(permutations(["the share", "of pursuits", "that went our way"])))
def test_notions_name_a_measure_in_any_order(order: tuple[str, ...]):
    """What counts is that the notions stand together, not which comes first."""
    assert names(" ".join(order)) == ["win_rate"]


def test_notions_of_two_sentences_name_nothing():
    """A share in one sentence and a win in the next are not a win rate."""
    assert names("what share went our way ?") == ["win_rate"]
    assert names("a share of it is mine . it went our way .") == []
    assert names("a share " + "of this and that " * 6 + "went our way") == []


def test_weak_notions_count_only_where_nothing_else_is_named():
    """Money that came in is revenue, unless the question names another measure."""
    assert names("the money that banks paid us") == ["revenue"]
    assert names("the talk ratio where banks paid us money") == ["talk_ratio"]


def test_strong_notions_come_before_the_phrases_inside_them():
    """Dollars a day through the funnel are a velocity: neither revenue nor a pipeline value."""
    assert names("dollars a day going through the funnel") == ["velocity"]
    assert names("dollars won") == ["revenue"]


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("in how big a portion of the pitches did we prevail", "win_rate"),
        ("the cash that insurers handed over and we collected", "revenue"),
        ("are the orders we get growing fatter", "deal_size"),
        ("tally of the victories since may", "deal_count"),
        ("how many weeks lie between the opening and the signing of a contract", "cycle_time"),
        ("the sum of what is undecided", "pipeline_value"),
        ("is the funnel sufficient to fill the gap", "coverage"),
        ("at what pace does the funnel flow", "velocity"),
        ("what fraction of demos advance to a proposal", "stage_conversion"),
        ("how many months have these been lying around", "deal_age"),
        ("how often is a signing date put back", "slippage"),
        ("your best guess for next month", "forecast"),
        ("the figures that people have sworn to", "commit"),
        ("how far short of the goal are we", "quota_attainment"),
        ("the number of visits we made", "activity"),
        ("who hogs the mic", "talk_ratio"),
        ("how many things do sellers ask per meeting", "question_rate"),
        ("speeches without drawing breath", "monologue"),
        ("seconds of quiet before we reply", "patience"),
        ("do we barge in on people", "interruptions"),
        ("what portion of meetings wrap up with a date agreed", "next_step_rate"),
        ("how frequently do buyers grumble about it", "mention_rate"),
        ("how soon do joiners contribute", "ramp_time"),
        ("how deep a price cut do banks get", "discount"),
    ],
)
def test_each_measure_is_found_without_its_name(question: str, measure: str):
    """Every measure can be asked for in words that do not contain its name."""
    assert names(question) == [measure]


def test_the_measures_above_are_all_there_are():
    """No measure is left without notions of its own."""
    assert {item.measure for item in together()} == {name.split()[0] for name in sections("measures")}


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        (["slippage: slipped", "pipeline_value: pipeline"], ["slippage"]),
        (["slippage: slipped", "pipeline_value: pipeline value"], ["slippage", "pipeline_value"]),
        (["forecast: forecast", "revenue: revenue"], ["forecast"]),
        (["discount: discounts", "revenue: dollars"], ["discount"]),
        (["revenue: dollars"], ["revenue"]),
        (["deal_age: age", "deal_count: deals by"], ["deal_age"]),
        (["win_rate: win rate", "deal_count: number of deals"], ["win_rate", "deal_count"]),
    ],
)
def test_a_measure_gives_way_to_what_it_says_more_about(found: list[str], kept: list[str]):
    """Bare words give way; a measure in full does not, and none gives way to nothing."""
    pairs = [item.split(": ") for item in found]
    items = [Found(name, words, start) for start, (name, words) in enumerate(pairs)]
    assert asked_for(items) == kept


WORDS = {
    "region": "region",
    "rep": "seller",
    "manager": "manager",
    "product": "product",
    "segment": "sector",
    "stage": "stage",
    "competitor": "rival",
    "account": "client",
    "content": "document",
    "training": "course",
    "quarter": "quarter",
    "month": "month",
    "week": "week",
    "year": "year",
    "size": "headcount band",
    "country": "country",
    "objection": "objection",
    "topic": "theme",
}
FORMS = (
    "deals by {}",
    "deals per {}",
    "deals {} wise",
    "deals , {} by {}",
    "deals cut by {}",
    "deals for every {}",
    "deals , one line per {}",
    "deals , split by {}",
)


@pytest.mark.parametrize("dimension", WORDS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_groups_by_every_dimension(dimension: str, form: str):
    """A form of grouping works for all dimensions alike."""
    assert grouped(form.format(*[WORDS[dimension]] * form.count("{}"))) == [dimension]


@pytest.mark.parametrize(
    ("text", "dimensions"),
    [
        ("revenue by company size", ["size"]),
        ("revenue by kind of client", ["segment"]),
        ("win rates across the team", ["rep"]),
        ("win rates by rep and team", ["rep", "manager"]),
        ("win rates yoy", ["year"]),
        ("monthly , the win rates", ["month"]),
    ],
)
def test_the_word_that_says_what_kind_decides(text: str, dimensions: list[str]):
    """A dimension named inside another's words is not a second one."""
    assert sorted(grouped(text)) == sorted(dimensions)


def test_the_dimensions_above_are_all_there_are():
    """No dimension is left untried."""
    assert set(WORDS) == set(sections("dimensions"))


@pytest.mark.parametrize(
    "text",
    [
        "what did the client say",
        "their annual target",
        "questions per call",
        "the region is behind",
        "objections by phone about price",
        "wow , that is a good rep",
        "the last course of the year",
    ],
)
def test_a_dimension_that_is_only_spoken_of_groups_nothing(text: str):
    """The word alone asks for no table."""
    assert grouped(text) == []


def test_those_who_act_group_nothing():
    """What customers do is done by them; a table by customer is grouped."""
    assert grouped("what is said about support by customers that are up for renewal ?") == []
    assert grouped("which objection is common among the donors ?") == ["objection"]
    assert grouped("revenue by customer") == ["account"]
    assert grouped("revenue by customers") == ["account"]


def test_a_word_that_begins_like_another_is_not_taken_for_it():
    """An average donation is an average, although the word begins like "do"."""
    assert names("the average donation last month") == ["deal_size"]
    assert names("on average do we win ?") != ["deal_size"]


@pytest.mark.parametrize("verb", ["discount", "discounted", "discounting", "discounts"])
def test_every_form_of_a_verb_names_the_measure(verb: str):
    """Who discounts, is discounting or discounted too much is asked after the same measure."""
    assert names(f"who {verb} too much ?") == ["discount"]


def test_how_long_we_wait_is_no_cycle_time():
    """A silence that helps to win is measured, not how long winning takes."""
    found = [Found("cycle_time", "how long should we wait to win", 0), Found("patience", "wait", 19)]
    assert asked_for(found) == ["patience"]
