"""What counts as evidence, as a next step and as a person's part: said, not guessed from a cue word."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from domains.analysis.corpus.workspace import Turn
from domains.analysis.language.job_titles import part_of
from domains.analysis.language.meddpicc import evidence
from domains.analysis.language.next_steps import next_steps
from domains.analysis.language.objections import episodes
from domains.analysis.language.roles import mentions
from domains.analysis.sample import generate

LETTERS = {
    "M": "metrics", "E": "economic buyer", "DC": "decision criteria", "DP": "decision process", "PP": "paper process",
    "I": "identified pain", "CH": "champion",
}  # fmt: skip


def call(*said):
    """Return the turns of a call, given as (speaker, text); Ann sells, everybody else buys."""
    sides = {"Ann": "rep"}
    return [Turn("c", at, sides.get(who, "prospect"), who, text, None, None) for at, (who, text) in enumerate(said)]


@pytest.mark.parametrize(
    ("text", "name", "title", "part"),
    [
        ("Keiko joined us, the managing director.", "Keiko", "managing director", "economic buyer"),
        ("Conor is on as well, our enterprise architect.", "Conor", "enterprise architect", "technical buyer"),
        ("And Selene joined us, the president here.", "Selene", "president", "economic buyer"),
        ("The final word is Irina's, our CFO.", "Irina", "cfo", "economic buyer"),
        ("I've brought Tamara, who is our data analyst.", "Tamara", "data analyst", "technical buyer"),
        ("After that the board confirms.", None, "board", "economic buyer"),
    ],
)
def test_a_name_said_with_a_title_is_its_holder(text, name, title, part):
    """Name and title are linked over the words between them; a function without a name stays without one."""
    assert [(one.name, one.title, one.part) for one in mentions(call(("Bo", text)))] == [(name, title, part)]


def test_a_word_that_is_also_a_title_is_none_where_nobody_holds_it():
    """Somebody wishing for "an owner" speaks of nobody."""
    assert mentions(call(("Bo", "An owner, and a realistic plan."))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Somebody has a spreadsheet.",
        "Thanks, I'll forward that to the others.",
        "I'll introduce you.",
        "It cost us a client last year, I'm convinced.",
        "We talk to a lot of people.",
    ],
)
def test_a_cue_word_alone_is_no_evidence(text):
    """Pain, champion and metrics need somebody to say them."""
    assert evidence(call(("Ann", "Right."), ("Bo", text))) == []


@pytest.mark.parametrize(
    ("question", "evasive", "telling", "letter"),
    [
        ("How much time does it cost you?", "That nobody talks about it.", "About six hours a week.", "metrics"),
        ("Who signs off on this?", "Someone who counts things.", "It's Irina, our treasurer.", "economic buyer"),
        (
            "What's the process for new suppliers?",
            "You will find out.",
            "Our legal team reads it.",
            "paper process",
        ),
    ],
)
def test_an_answer_is_evidence_when_it_says_what_was_asked(question, evasive, telling, letter):
    """A figure for metrics, somebody for the economic buyer, the papers for the paper process."""
    assert letter not in {one.letter for one in evidence(call(("Ann", question), ("Bo", evasive)))}
    assert letter in {one.letter for one in evidence(call(("Ann", question), ("Bo", telling)))}


def test_relief_is_no_objection():
    """What takes a worry away raises none."""
    assert episodes(call(("Bo", "That takes some of the worry out of it."), ("Ann", "Good."))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Alright, let's bring it home.",
        "Let me show you the dashboards instead.",
        "Could you walk me through how a new file starts, step by step?",
        "Who would you show that to?",
        "If you went ahead, where would you start?",
        "So how does the work flow today, start to finish?",
        "Let me bring Ines in here, who builds these things.",
    ],
)
def test_what_is_done_asked_or_supposed_on_the_call_is_no_next_step(text):
    """Only what is to be done after the call counts."""
    assert next_steps(call(("Bo", "Hm."), ("Ann", text)), None) == []


def test_a_next_step_has_its_people_and_the_day_it_refers_to():
    """Who promises, who is asked, or both for a meeting; "that day" is the day said before."""
    turns = call(
        ("Bo", "Good."),
        ("Ann", "Could you send me the list by March 8th? Shall we talk that day?"),
        ("Bo", "Sure. I'll bring our CFO."),
    )
    steps = next_steps(turns, date(2024, 3, 1))
    assert [(one.people, one.due) for one in steps] == [
        (("Bo",), date(2024, 3, 8)),
        (("Ann", "Bo"), date(2024, 3, 8)),
        (("Bo",), None),
    ]


def test_letters_are_those_that_were_planted():
    """On synthetic calls a letter heard from the buyer was mostly written there, and most that were are heard."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for item in generate(seed=31, calls=200, deals=160).calls:
        turns = [Turn(item.call_id, i, t.role, t.speaker, t.text, t.start_s, t.end_s) for i, t in enumerate(item.turns)]
        heard = {one.letter for one in evidence(turns) if one.role == "prospect"}
        for letter, name in LETTERS.items():
            planted = letter in item.plan.letters
            right[letter] += planted and name in heard
            wrong[letter] += name in heard and not planted
            missed[letter] += planted and name not in heard
    for letter in LETTERS:
        assert right[letter] > 0.7 * (right[letter] + wrong[letter]), letter
        assert right[letter] > 0.6 * (right[letter] + missed[letter]), letter


def test_most_titles_tell_the_part_that_their_holder_was_written_for():
    """Users, technical people, those who buy and those who decide are told by title for most people of a sample."""
    parts = {
        "economic_buyer": {"economic buyer"},
        "technical": {"technical buyer"},
        "procurement": {"procurement", "legal"},
        "user": {"user"},
    }
    people = {one.name: one for item in generate(seed=31, calls=120, deals=100).calls for one in item.plan.people}
    agree = [part_of(one.title) in parts[one.role] for one in people.values() if one.role in parts]
    assert len(agree) > 40
    assert sum(agree) > 0.8 * len(agree)
