"""Names are found as people write them; what is no name is left alone; what nobody knows is asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.analysis.question.assessment import assess
from domains.analysis.question.known import Known
from tests.analysis.question.scores import known_of

SAMPLE = known_of("sample")
LONG_NAMES = [
    (kind, name)
    for kind in ("account", "rep", "competitor")
    for name in SAMPLE.names(kind)
    if len(name) >= 9 and sum(name.split()[0] == other.split()[0] for other in SAMPLE.names(kind)) == 1
]


def named(question: str, known: Known = SAMPLE) -> set[tuple[str, str]]:
    """Return the names in the scope of a question."""
    return {pair for pair in assess(question, known).scope if pair[0] not in ("metric", "group_by", "period")}


@pytest.mark.parametrize("kind", ["account", "rep", "region", "competitor", "product", "content", "training"])
def test_every_known_name_is_found_in_any_case(kind: str):
    """The full name resolves to itself as written, in lower case and in capitals."""
    for name in SAMPLE.names(kind):
        for written in (name, name.lower(), name.upper()):
            assert (kind, name) in named(f"what is the win rate for {written} since March"), written


@given(st.sampled_from(LONG_NAMES), st.data())
def test_one_typing_error_in_a_long_name_is_resolved(item: tuple[str, str], data: st.DataObject):
    """A letter left out, doubled or swapped with its neighbour still means the known name."""
    kind, name = item
    place = data.draw(st.integers(1, len(name) - 3).filter(lambda at: name[at : at + 2].isalpha()))
    written = data.draw(
        st.sampled_from(
            [
                name[:place] + name[place + 1 :],
                name[:place] + name[place] + name[place:],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
            ]
        )
    )
    assert (kind, name) in named(f"how often do we win with {written} this year"), written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Calder Trust", ("account", "Calder Trust Company")),
        ("redfern", ("account", "Redfern & Associates")),
        ("Hollis and Wren", ("account", "Hollis & Wren")),
        ("legacy loom", ("competitor", "LegacyLoom")),
        ("Trust Harbour", ("competitor", "TrustHarbor")),
        ("Hana", ("rep", "Hana Kobayashi")),
        ("Kobayashi", ("rep", "Hana Kobayashi")),
        ("the bootcamp", ("training", "Discovery Bootcamp")),
        ("the MEDDPICC training", ("training", "MEDDPICC Certification")),
        ("the pricing one pager", ("content", "Pricing One-Pager")),
        ("the North East", ("region", "Northeast")),
    ],
)
def test_short_forms_are_resolved(written: str, expected: tuple[str, str]):
    """First words, joined or split words, and the kind of thing with an article mean the one name they fit."""
    assert expected in named(f"win rate with {written} in 2024")


def test_a_name_of_two_people_is_asked_about():
    """Neither is picked; both are offered."""
    found = assess("What is Dana's win rate?", SAMPLE)
    assert (found.verdict, found.reason) == ("ask_back", "ambiguous_entity")
    assert set(found.suggestions) == {"Dana Whitfield", "Dana Petrov"}


@pytest.mark.parametrize(
    "question",
    [
        "What objections did Vandelay Industries raise?",
        "win rate vs Cloudwills",
        "how is Gwendolyn Ashworth performing?",
        "Does the Referral Handbook help us win?",
        "how many deals did the Atlantis region win",
        "why do we lose to zintegra",
    ],
)
def test_a_name_nobody_knows_is_asked_about_and_not_dropped(question: str):
    """An analysis of everything, where one of something was asked for, would be a wrong answer."""
    found = assess(question, SAMPLE)
    assert (found.verdict, found.reason) == ("ask_back", "unknown_entity")
    assert found.ask is not None


def test_near_names_are_suggested():
    """Too far to be taken for it, near enough to be offered."""
    found = assess("How is the Silverbridge Capital deal going?", SAMPLE)
    assert found.reason == "unknown_entity"
    assert "Silverbrook Capital" in found.suggestions


def test_a_product_with_another_number_is_not_a_misspelling():
    """GTK 600 is not GTK 500 written badly, nor is it dropped."""
    found = assess("revenue from GTK 600 in 2017", known_of("crm"))
    assert (found.reason, found.suggestions) == ("unknown_entity", ("GTK 500",))


def test_the_name_inside_a_longer_name_is_not_counted():
    """The LegacyLoom Battlecard is content; LegacyLoom is then not the subject."""
    assert named("Is the LegacyLoom Battlecard any good?") == {("content", "LegacyLoom Battlecard")}


def test_other_spellings_of_competitors_are_known():
    """An alias in the workspace means its competitor."""
    known = replace(SAMPLE, other_names={"competitor": {"Loom": "LegacyLoom"}})
    assert ("competitor", "LegacyLoom") in named("win rate against Loom", known)


def test_what_is_left_out_is_no_filter():
    """What "without renewals" names goes to what is left out, not to the scope."""
    found = assess("win rate this year without renewals", SAMPLE)
    assert found.excludes == (("segment", "renewal"),)
    assert ("segment", "renewal") not in found.scope


def test_any_workspace_names_work():
    """Names are data: nothing in the rules depends on the invented worlds."""
    known = Known(
        entities={"account": ["Borealis Foods"], "rep": ["Ines Duarte"], "competitor": ["Nimbus CRM"]},
        as_of=date(2024, 12, 31),
    )
    assert named("What did Ines Duarte lose to Nimbus CRM last quarter?", known) == {
        ("rep", "Ines Duarte"),
        ("competitor", "Nimbus CRM"),
    }


@pytest.mark.parametrize(
    "question",
    ["please enumerate the wins by region", "do banks dither longer before they sign", "boil the calls down"],
)
def test_a_rare_english_word_names_nobody(question: str):
    """A word in lower case that is in any English word list is not asked back as an unknown name."""
    assert assess(question, SAMPLE).reason != "unknown_entity"


def test_a_rare_word_may_be_a_known_name_all_the_same():
    """Accounts called by a rare word are found without a capital letter too."""
    assert ("account", "Larkspur Law") in named("what happened with larkspur since march")


def test_a_line_of_products_is_asked_back():
    """What several products of many are called by fits them equally; what all are called by asks for none."""
    crm = known_of("crm")
    assert assess("How many GTX Plus did we sell in 2017?", crm).reason == "ambiguous_entity"
    assert ("product", "GTX Plus Pro") in named("How many GTX Plus Pro did we sell in 2017?", crm)
    assert assess("How much did we sell of Heirloom in May?", SAMPLE).reason != "ambiguous_entity"
    assert assess("How many MG Ultra did we sell?", crm).reason == "unknown_entity"


def test_a_name_of_two_common_words_is_asked_back_too():
    """Two capitals inside a short question are a name, though each word is English."""
    assert assess("How is Bob Miller doing?", SAMPLE).reason == "unknown_entity"


PLAIN_NAMES = ("Our Pipeline", "Forecast", "Win Rate", "Competitors", "Our Reps", "Target", "Next Quarter", "Close")
EVERYDAY = (
    "Where does our pipeline stand?",
    "Which competitors do we lose to?",
    "How do our reps perform?",
    "Win rate by region",
    "Forecast for next quarter",
    "What is our win rate?",
    "Are we on target to close the quarter?",
    "WIN RATE BY REGION",
    "Where Does Our Pipeline Stand?",
)


@pytest.mark.parametrize(
    "kind", ["account", "rep", "region", "competitor", "product", "content", "training", "segment"]
)
def test_records_named_like_words_of_questions_change_no_question(kind: str):
    """A field of the records that says "Forecast" or "Our Pipeline" takes no everyday question over."""
    taken = replace(SAMPLE, entities={**SAMPLE.entities, kind: [*SAMPLE.names(kind), *PLAIN_NAMES]})
    for question in EVERYDAY:
        before, after = assess(question, SAMPLE), assess(question, taken)
        assert (after.verdict, after.analysis, after.scope) == (before.verdict, before.analysis, before.scope), question


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How is the deal with Target going?", {("account", "Target")}),
        ('How is the deal with "our pipeline" going?', {("account", "Our Pipeline")}),
        ("Where do we stand with Our Pipeline?", {("account", "Our Pipeline")}),
        ("Are we on target?", set()),
        ("What is the Win Rate and the Forecast for the Target?", set()),
    ],
)
def test_such_a_name_is_found_in_quotes_or_as_it_is_written(question: str, expected: set[tuple[str, str]]):
    """Quotes, or the capitals of the records where nothing else of a question has them, mean the name."""
    known = replace(SAMPLE, entities={**SAMPLE.entities, "account": [*SAMPLE.names("account"), *PLAIN_NAMES]})
    assert named(question, known) == expected
