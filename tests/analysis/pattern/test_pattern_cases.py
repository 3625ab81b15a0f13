"""What patterns are compared over: an outcome counts once, and a sentence counts once."""

from __future__ import annotations

import numpy as np
import pytest

from domains.analysis.analysts.call_artifacts import SpokenCall
from domains.analysis.analysts.call_features import Feature, view_of
from domains.analysis.analysts.pattern_alike import representatives
from domains.analysis.analysts.pattern_cases import cases_of
from domains.analysis.analysts.pattern_foretelling import foretell
from domains.analysis.analysts.pattern_sample import PatternSample
from domains.analysis.analysts.pattern_tests import differences
from domains.analysis.corpus.records import Call, Turn


def spoken(number, deal, account):
    """A call of a deal with one turn."""
    name = f"C{number}"
    call = Call(name, "2026-01-05", None, "Ann", None, account, deal, None, "won", None, None)
    return SpokenCall(call, [Turn(name, 0, "rep", "Ann", f"Call {number}.", None, None)])


def sample_of(rows, times=1):
    """A sample of (deal, account, segment, stage, won), every call of it as often as is said."""
    rows = [row for row in rows for _ in range(times)]
    calls = [spoken(number, deal, account) for number, (deal, account, *_) in enumerate(rows)]
    return PatternSample(
        calls=calls,
        ends=calls,
        won=[row[4] for row in rows],
        groups=[call.group for call in calls],
        segments=[row[2] for row in rows],
        stages=[row[3] for row in rows],
        amounts=[1000.0 + len(str(row[0])) for row in rows],
        window="whole call",
        exclusions=(),
    )


def drawn(deals=80, seed=3):
    """Deals with one to four calls in stages, and what each call shows."""
    chance = np.random.default_rng(seed)
    rows, shows = [], []
    for deal in range(deals):
        segment, won = str(chance.choice(["bank", "law"])), bool(chance.random() < 0.5)
        for stage in chance.choice(["early", "middle", "late"], chance.integers(1, 5)):
            rows.append((f"D{deal}", f"A{deal // 2}", segment, str(stage), won))
            shows.append([float(chance.random() < 0.3 + 0.2 * won), float(chance.normal())])
    return rows, np.array(shows)


def test_five_calls_of_a_deal_are_not_five_outcomes():
    """With every call there twice, effects and p values are what they were: nothing more was won or lost."""
    rows, shows = drawn()
    results = []
    for times in (1, 2):
        cases = cases_of(sample_of(rows, times))
        results.append(cases.compared(np.repeat(shows, times, axis=0), [False, True]))
    assert results[1].p == pytest.approx(results[0].p)
    assert results[1].effect == pytest.approx(results[0].effect)


def staged(deals, seed, *, late=0.0, habit=0.0):
    """Deals of which won ones get further; calls show more in late stages by `late`, those of won deals by `habit`."""
    chance = np.random.default_rng(seed)
    rows, shows = [], []
    for deal in range(deals):
        won = bool(chance.random() < 0.5)
        own = chance.normal()
        for stage in range(int(chance.integers(1, 4)) + (won and chance.random() < 0.6)):
            rows.append((f"D{deal}", f"A{deal}", "bank", f"stage {stage}", won))
            often = 0.2 + late * stage
            shows.append([habit * won + late * stage + own + 0.3 * chance.normal(), float(chance.random() < often)])
    return rows, np.array(shows)


def rejected(times, level=0.05, **effects):
    """How often each of two features, a habit and something said, is found."""
    found = np.zeros(2)
    for seed in range(times):
        rows, shows = staged(120, seed, **effects)
        found += cases_of(sample_of(rows)).compared(shows, [True, False]).p <= level
    return (found / times).tolist()


def test_what_belongs_to_late_stages_does_not_seem_to_win():
    """Won deals get further, where more is shown anyway: that is found about as often as chance finds it."""
    habit, said = rejected(150, late=0.15)
    assert habit < 0.1
    assert said < 0.1


def test_taking_off_what_stages_add_loses_less_than_holding_stages_equal():
    """A habit of won deals is found more often than with the number of calls in every stage held."""
    ours, held = 0, 0
    for seed in range(80):
        rows, shows = staged(120, seed, habit=0.45)
        cases = cases_of(sample_of(rows))
        ours += bool(cases.compared(shows, [True, False]).p[0] <= 0.05)
        stages = np.array([[float(row[3] == f"stage {stage}") for stage in range(4)] for row in rows])
        counts = np.array([stages[cases.place == deal].sum(axis=0) for deal in range(len(cases.won))])
        means = cases.shown(shows, [True, False])[:, :1]
        won = [float(one) for one in cases.won]
        held += bool(differences(means, won, cases.groups, held=np.hstack([cases.held, counts])).p[0] <= 0.05)
    assert ours > held
    assert ours >= 0.5 * 80


def test_a_stage_adds_nothing_to_what_all_calls_of_a_deal_show():
    """What differs between deals and not within them is compared as it is."""
    rows, _ = drawn()
    deals = sorted({row[0] for row in rows})
    values = np.array([[float(deals.index(row[0]) % 2)] for row in rows])
    cases = cases_of(sample_of(rows))
    assert cases.stages is not None
    plain = differences(cases.shown(values, [True]), [float(w) for w in cases.won], cases.groups, held=cases.held)
    assert cases.compared(values, [True]).effect == pytest.approx(plain.effect)


def test_phrases_are_compared_with_the_calls_in_every_stage_held():
    """Held equal is how many calls were in which stage; nothing changes where that is so already."""
    rows, shows = staged(120, 4, late=0.15)
    cases = cases_of(sample_of(rows))
    held = cases.with_stages_held()
    counts = [
        [sum(row[0] == f"D{deal}" and row[3] == f"stage {s}" for row in rows) for s in range(4)] for deal in range(120)
    ]
    said = cases.shown(shows, [False, False])
    plain = differences(said, [float(w) for w in cases.won], cases.groups, held=np.hstack([cases.held, counts]))
    assert cases.stages is not None
    assert held.compared(shows, [False, False]).p == pytest.approx(plain.p)
    assert held.with_stages_held() is held
    found = [
        cases_of(sample_of(rows)).with_stages_held().compared(shows[:, 1:], [False]).p[0] <= 0.05
        for rows, shows in (staged(120, seed, late=0.15) for seed in range(80))
    ]
    assert sum(found) <= 8


def test_stages_are_held_equal_where_few_deals_have_calls_in_several():
    """With one call each nothing can be measured within deals."""
    rows = [(f"D{i}", f"A{i}", "bank", "early" if i % 2 else "late", i % 3 == 0) for i in range(60)]
    cases = cases_of(sample_of(rows))
    assert cases.stages is None
    assert cases.held.shape[1] == 1 + 1 + 1 + 2


def test_a_deal_shows_what_one_call_shows_and_habits_by_the_share_of_its_calls():
    """Once is enough for an objection; of a habit the mean counts."""
    rows = [("D1", "A", "bank", "early", True)] * 3 + [("D2", "B", "bank", "late", False)]
    cases = cases_of(sample_of(rows))
    shown = cases.shown(np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 1.0]]), [False, True])
    assert shown.tolist() == [[1.0, pytest.approx(1 / 3)], [0.0, 1.0]]
    assert (cases.noun, list(cases.won), list(cases.groups)) == ("deals", [True, False], ["A", "B"])


def test_calls_without_deals_are_compared_one_by_one():
    """Where calls belong to no deal every call has an outcome of its own."""
    cases = cases_of(sample_of([(None, "A", "", "", True), (None, "A", "", "", False)]))
    assert (cases.noun, list(cases.won)) == ("calls", [True, False])


def test_a_sentence_that_brings_a_dozen_phrases_is_tested_once():
    """Phrases that come together have one representative each side; other phrases keep theirs."""
    chance = np.random.default_rng(6)
    sentence = (chance.random(100) < 0.3).astype(float)
    other = (chance.random(100) < 0.4).astype(float)
    seldom = np.zeros(100)
    seldom[:5] = 1.0
    present = np.column_stack([sentence, sentence, sentence, sentence, other, seldom])
    names = [("rep", "coming"), ("rep", "i coming"), ("rep", "am i coming"), ("prospect", "coming")]
    names += [("rep", "thanks"), ("rep", "rare")]
    assert representatives(present, names) == [2, 3, 4]


def test_what_is_measured_of_a_call_is_measured_once_however_many_calls_there_are():
    """Steps that go over three thousand calls one after the other share what the first of them measured."""
    measured = []

    def measure(view):
        measured.append(view.call_id)
        return 1.0, None

    feature = Feature("said", True, "", measure)
    calls = [spoken(number, "D", "A") for number in range(3000)]
    for _ in range(3):
        assert all(view_of(call).value(feature) == (1.0, None) for call in calls)
    assert len(measured) == 3000


def test_what_words_foretell_is_told_from_what_they_do_not():
    """Words that decide are found on buyers never seen; where nothing decides, the interval holds chance."""
    chance = np.random.default_rng(2)
    won = [bool(chance.random() < 0.5) for _ in range(240)]
    buyers = [f"B{number // 2}" for number in range(240)]
    filler = [" ".join(chance.choice(["we", "talk", "about", "plans", "prices", "dates"], 12)) for _ in won]
    told = foretell(
        [f"{text} {'gladly' if is_won else 'maybe'}" for text, is_won in zip(filler, won, strict=True)], won, buyers
    )
    nothing = foretell(filler, won, buyers)
    assert told.auc > 0.95
    assert told.low > 0.9
    assert nothing.low < 0.5 < nothing.high
