"""What is planned for a call is in its words, and what is not is not: checked by other means than the writer's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from domains.analysis.sample import Corpus
from domains.analysis.sample.names import COMPETITOR_ALIASES, CONTENT
from domains.analysis.sample.phrases import filler
from domains.analysis.sample.records import SampleCall

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
DAY = re.compile(
    rf"\b(?:(?:{'|'.join(WEEKDAYS)})\b|(?:{'|'.join(MONTHS)}) \d|\d{{1,2}}(?:st|nd|rd|th) of (?:{'|'.join(MONTHS)}))"
)
SENTENCE = re.compile(r"(?<=[.?!])\s+")


def _said(call: SampleCall, role: str | None = None) -> str:
    """The words of a call without titles in quotation marks."""
    text = "\n".join(turn.text for turn in call.turns if role in (None, turn.role))
    return re.sub(r'"[^"]*"', "", text)


def test_competitors_are_named_if_and_only_if_planned(corpus: Corpus) -> None:
    """A competitor's name or alias is said on exactly the calls whose plan has it, by the planned side first."""
    for call in corpus.calls:
        planned = dict(call.plan.mentions)
        for name, aliases in COMPETITOR_ALIASES.items():
            forms = [form.lower() for form in (name, *aliases)]
            sides = [turn.role for turn in call.turns if any(form in turn.text.lower() for form in forms)]
            assert bool(sides) == (name in planned), (call.call_id, name)
            if sides:
                assert sides[0] == planned[name]


def test_every_recorded_deal_with_a_competitor_has_a_call_that_names_it(corpus: Corpus) -> None:
    """What is true of a deal can be found out from its calls."""
    named: dict[str, set[str]] = defaultdict(set)
    for call in corpus.calls:
        named[call.plan.deal.opportunity_id] |= {name for name, _ in call.plan.mentions}
    for call in corpus.calls:
        assert named[call.plan.deal.opportunity_id] == set(call.plan.deal.competitors)


def test_a_day_is_said_if_and_only_if_a_dated_next_step_is_planned(corpus: Corpus) -> None:
    """Days are said on calls with a dated next step and on no others."""
    kinds: Counter[str] = Counter()
    for call in corpus.calls:
        dated = call.plan.next_step.kind == "dated"
        assert bool(DAY.search(_said(call))) == dated, call.call_id
        kinds[call.plan.next_step.kind] += 1
    assert min(kinds["dated"], kinds["vague"], kinds["none"]) > 20


def test_the_day_that_is_said_is_the_planned_one(corpus: Corpus) -> None:
    """Month and number, or the weekday of next week, lead back to the date in the plan."""
    for call in corpus.calls:
        planned = call.plan.next_step.date
        if planned is None:
            continue
        text = next(turn.text for turn in call.turns if "next_step:dated" in turn.intents)
        number = re.search(
            rf"(?:{MONTHS[planned.month - 1]}) {planned.day}\D|\b{planned.day}\w\w of {MONTHS[planned.month - 1]}", text
        )
        weekday = f"{WEEKDAYS[planned.weekday()]} of next week" in text
        assert number or (weekday and _week(planned) == _week(call.plan.date) + 1), (call.call_id, text)
        assert planned > call.plan.date
        assert planned.weekday() < 5


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7


def test_the_next_step_habit_is_the_same_on_all_calls_of_a_deal(corpus: Corpus) -> None:
    """The habit belongs to the deal, so that calls and deals tell the same story."""
    for call in corpus.calls:
        assert (call.plan.next_step.kind == "dated") == call.plan.deal.dated_next_step


def test_the_costly_objection_is_raised_if_and_only_if_planned(corpus: Corpus) -> None:
    """Customers speak of migrating or converting on exactly the calls where the objection is planned."""
    for call in corpus.calls:
        planned = {item.kind: item.handled_well for item in call.plan.objections}
        said = bool(re.search(r"migrat|convert|conversion", _said(call, "prospect"), re.IGNORECASE))
        assert said == ("migration" in planned), call.call_id


def test_the_good_response_is_given_if_and_only_if_planned(corpus: Corpus) -> None:
    """A sample migration is offered exactly where the costly objection is handled well."""
    offered = 0
    for call in corpus.calls:
        planned = {item.kind: item.handled_well for item in call.plan.objections}
        said = "sample" in _said(call, "rep")
        well = planned.get("migration", False)
        assert said == well, call.call_id
        offered += well
    assert offered > 10


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("price", r"\bprice|expensive|budget"),
        ("security", r"security|data residency|breach"),
        ("timing", r"right time|timing|next year|priorit"),
        ("features", r"feature|functionality|missing the|look thin|gap for us"),
    ],
)
def test_other_objections_are_raised_where_planned(corpus: Corpus, kind: str, words: str) -> None:
    """Every planned objection has a turn of the customer about it, followed by an answer of the rep."""
    found = 0
    for call in corpus.calls:
        turns = [i for i, turn in enumerate(call.turns) if f"objection:{kind}" in turn.intents]
        assert len(turns) == sum(item.kind == kind for item in call.plan.objections)
        for i in turns:
            assert call.turns[i].role == "prospect"
            assert re.search(words, call.turns[i].text, re.IGNORECASE), call.turns[i].text
            assert call.turns[i + 1].role == "rep"
            found += 1
    assert found > 20


def test_content_is_named_if_and_only_if_planned(corpus: Corpus) -> None:
    """A title is said on exactly the calls on which the piece is shared."""
    for call in corpus.calls:
        text = "\n".join(turn.text for turn in call.turns)
        assert {piece.content_id for piece in CONTENT if f'"{piece.title}"' in text} == set(call.plan.content)


def test_a_monologue_is_there_if_and_only_if_planned(corpus: Corpus) -> None:
    """The longest turn of the rep tells the habit without doubt."""
    for call in corpus.calls:
        longest = max(len(turn.text.split()) for turn in call.turns if turn.role == "rep")
        assert (longest >= 110) == call.plan.deal.long_monologue


def test_reps_who_ask_much_ask_more(corpus: Corpus) -> None:
    """Questions a minute separate the habit clearly, within each kind of call."""
    rates = defaultdict(list)
    for call in corpus.calls:
        asked = sum(turn.text.count("?") for turn in call.turns if turn.role == "rep")
        rates[call.plan.kind, call.plan.deal.many_questions].append(60 * asked / call.duration_s)
    for kind in ("discovery", "demo", "evaluation", "proposal"):
        assert np.mean(rates[kind, True]) > np.mean(rates[kind, False]) + 0.25


def test_talk_ratio_follows_its_target_and_stays_in_range(corpus: Corpus) -> None:
    """Reps who are to talk more do, and no call is a lecture or an interrogation."""
    pairs = []
    for call in corpus.calls:
        spoken = {role: sum(t.end_s - t.start_s for t in call.turns if t.role == role) for role in ("rep", "prospect")}
        pairs.append((call.plan.deal.talk_ratio, spoken["rep"] / sum(spoken.values())))
    target, ratio = np.array(pairs).T
    assert np.corrcoef(target, ratio)[0, 1] > 0.3
    assert 0.3 < ratio.min() < ratio.max() < 0.85


def test_qualification_evidence_is_where_it_is_planned(corpus: Corpus) -> None:
    """Each letter has one turn of the customer, with the words of that letter."""
    words = {
        "M": r"\d|One in",
        "E": "decides|last word|final word|It's|That would be",
        "DC": "audit trail|sign-on|accuracy",
    }
    words |= {
        "DP": "committee|management",
        "PP": "vendor|supplier|Our paper|our own agreement",
        "CH": "all in|advocate|supporter|I want this",
    }
    for call in corpus.calls:
        found = {intent[9:]: turn for turn in call.turns for intent in turn.intents if intent.startswith("meddpicc:")}
        assert set(found) == set(call.plan.letters)
        for letter, turn in found.items():
            assert turn.role == "prospect"
            if letter in words:
                assert re.search(words[letter], turn.text, re.IGNORECASE), turn.text


def test_hostile_text_is_in_three_calls_only(corpus: Corpus) -> None:
    """An instruction to a model, a script and terminal escapes: one call each, and nowhere else."""
    marks = {"instruction": "gnore previous instructions", "html": "<script>", "terminal": "\x1b["}
    for kind, mark in marks.items():
        having = [call for call in corpus.calls if any(mark in turn.text for turn in call.turns)]
        assert [call.plan.hostile for call in having] == [kind]
    assert set(marks) == set(filler.HOSTILE_TEXT)


def test_only_planned_people_speak(corpus: Corpus) -> None:
    """Speakers are the rep, the planned people of the account, and at most one expert in the role `other`."""
    for call in corpus.calls:
        by_role = defaultdict(set)
        for turn in call.turns:
            by_role[turn.role].add(turn.speaker)
        assert by_role["rep"] == {call.plan.deal.rep.rep}
        assert by_role["prospect"] <= {person.name for person in call.plan.people}
        assert len(by_role["other"]) <= 1
        assert set(by_role) <= {"rep", "prospect", "other"}


def test_time_goes_forward(corpus: Corpus) -> None:
    """Starts increase, turns last, pauses and a few interruptions occur."""
    gaps = []
    for call in corpus.calls:
        assert all(turn.start_s < turn.end_s for turn in call.turns)
        assert all(one.start_s < two.start_s for one, two in pairwise(call.turns))
        gaps += [two.start_s - one.end_s for one, two in pairwise(call.turns)]
    assert 0.005 < np.mean(np.array(gaps) < 0) < 0.1
    assert np.median(gaps) > 0.2


def test_the_text_is_varied(corpus: Corpus) -> None:
    """Most longer sentences are said once, and no sentence of four words is in more than a sixth of the calls."""
    where = defaultdict(set)
    longer = []
    for call in corpus.calls:
        for turn in call.turns:
            for sentence in SENTENCE.split(turn.text):
                words = len(sentence.split())
                if words >= 4:
                    where[sentence].add(call.call_id)
                if words >= 7:
                    longer.append(sentence)
    assert len(set(longer)) / len(longer) > 0.5
    assert max(len(calls) for calls in where.values()) <= len(corpus.calls) / 6
    turns = [turn.text for call in corpus.calls for turn in call.turns]
    assert len(set(turns)) / len(turns) > 0.7


def test_no_template_shows_through(corpus: Corpus) -> None:
    """No slot, choice mark or double space is left in what is said."""
    for call in corpus.calls:
        for turn in call.turns:
            if not any(intent.startswith("hostile") for intent in turn.intents):
                assert not re.search(r"[\[\]{}|]|  |\s[,.?!]|^\s|\s$", turn.text), turn.text
                assert turn.text[0].isupper() or turn.text[0] in '"$1234567890'
