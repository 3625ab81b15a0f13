"""What a performance report calls established holds among all that it tests, not each question for itself."""

from __future__ import annotations

import numpy as np
import pytest

from domains.analysis.analysts.performance_analyst_judgements import (
    JudgedArtifact,
    Judgement,
    corrected_together,
    judged,
)
from domains.analysis.artifacts import Finding
from domains.analysis.statistics import strength_of


def artifact(question, p_values):
    """An artifact with a finding for each p value, each as firm as it is when it is looked at alone."""
    findings, tests = [], []
    for place, p in enumerate(p_values):
        claim, otherwise = f"{question} {place} differs.", f"{question} {place} does not differ beyond chance."
        strength = strength_of(p, n=1, floor=1)
        said = otherwise if strength == "not established" else claim
        findings.append(Finding(claim=said, strength=strength))
        tests.append(Judgement(question=question, claim=said, otherwise=otherwise, p=p))
    return JudgedArtifact(findings=tuple(findings), judgements=tuple(tests))


def report(questions):
    """All findings of a report, as they stand in it."""
    artifacts = [artifact(question, values) for question, values in questions.items()]
    corrected = corrected_together(artifacts)
    return [finding for one in artifacts for finding in judged(one, corrected).findings]


def test_what_stands_alone_but_not_among_all_tests_is_not_said():
    """One of three questions at .04 is worded as not established; at .001 it stays, and says over how many tests."""
    weak, strong = report({"steps": [0.04], "speech": [0.6], "regions": [0.9]}), report({"steps": [0.001], "b": [0.9]})
    assert (weak[0].claim, weak[0].strength) == ("steps 0 does not differ beyond chance.", "not established")
    assert "q = 0.12" in weak[0].note
    assert (strong[0].claim, strong[0].strength) == ("steps 0 differs.", "established")
    assert "over the 2 tests" in strong[0].note


def test_what_becomes_suggestive_says_so():
    """Between .05 and .10 the claim stays and says itself that it is no more than suggestive."""
    found = report({"steps": [0.03], "speech": [0.9]})[0]
    assert found.strength == "suggestive"
    assert found.claim == "steps 0 differs; the evidence is no more than suggestive."


def test_nothing_becomes_firmer_among_others():
    """A finding that its analyst does not call established is not called so because others are."""
    found = report({"steps": [1e-9], "regions": [1e-9], "speech": [0.2, 1e-9]})
    assert found[2].strength == "not established"
    assert found[2].note == ""


def test_one_question_is_as_it_was():
    """A report that asks one question with one test has nothing to correct for."""
    assert report({"steps": [0.04]})[0].strength == "established"
    assert corrected_together([None]) == {}


@pytest.mark.parametrize("questions", [3, 5])
def test_reports_on_nothing_are_seldom_wrong(questions):
    """Where no question has an answer some 5 % of reports claim something; each question for itself makes it more."""
    chance = np.random.default_rng(9)
    drawn = [{f"Q{i}": [float(chance.random())] for i in range(questions)} for _ in range(600)]
    wrong = [any(one.strength == "established" for one in report(each)) for each in drawn]
    alone = [any(p <= 0.05 for (p,) in each.values()) for each in drawn]
    assert sum(wrong) / 600 < 0.075
    assert sum(alone) / 600 > 0.11
