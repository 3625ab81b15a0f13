"""What the benchmark of human labels says of a classifier is what was planted."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from benchmarks.labels import OURS, Told, agreement, by_call, interval, sentences

HEADERS = ("B2", "Turn", "Unit", "er_label_1", "ee_label_1")


def told(truth, guesses, calls, roles=None):
    """What a classifier said, made up."""
    every = np.array(roles or ["rep"] * len(truth))
    return Told(np.array(calls), every, np.array(truth), np.ones(len(truth), bool), {OURS: np.array(guesses)})


@pytest.fixture
def folder(tmp_path):
    """Three calls: two greet in the same words and were labelled in two ways; the third greets in others."""
    rows = [("a", 0, "Hello.", "greets", ""), ("b", 0, "hello.", "other", ""), ("c", 0, "Good day.", "greets", "")]
    rows += [(call, 0, "Yes.", "", "agrees") for call in "ab"]
    with (tmp_path / "sentence_labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADERS)
        writer.writerows(sorted(rows))
    return tmp_path


def test_an_interval_is_that_of_calls_drawn_anew():
    """Calls that are all alike leave no doubt; calls that differ give an interval around what was measured."""
    alike = told(["a", "b", "b"] * 9, ["a", "b", "a"] * 9, [f"call {i // 3}" for i in range(27)])
    assert interval(alike, OURS, alike.roles == "rep") == pytest.approx((2 / 3, 2 / 3))
    chance = np.random.default_rng(3)
    truth = chance.choice(["a", "b"], 400)
    right = chance.random(400) < np.repeat(chance.uniform(0.4, 1.0, 40), 10)
    other = np.where(truth == "a", "b", "a")
    mixed = told(truth, np.where(right, truth, other), [f"call {i // 10}" for i in range(400)])
    low, high = interval(mixed, OURS, mixed.roles == "rep")
    assert low < right.mean() < high
    assert 0.05 < high - low < 0.25


def test_what_is_left_of_a_difference_between_calls_is_what_was_planted():
    """Of ten calls with a class eight are said to have it, of ten without it one: seven tenths are left."""
    calls = [f"call {i:02}" for i in range(20)]
    truth = ["story"] * 10 + ["other"] * 10
    guesses = ["story"] * 8 + ["other"] * 2 + ["story"] + ["other"] * 9
    planted = told(truth * 2, guesses * 2, calls * 2, ["rep"] * 20 + ["prospect"] * 20)
    assert by_call(planted)[0][:2] == ["rep", 2]
    assert by_call(planted)[0][2:] == pytest.approx([0.85, 0.15, 0.7])


def test_agreement_counts_the_same_words_in_several_calls(folder):
    """Greeting is labelled in two ways, agreeing in one; words of one call alone are not compared."""
    assert agreement(folder) == [["rep", 1, 2, 0.0], ["prospect", 1, 2, 1.0]]


def test_sentences_of_a_call_stay_together_and_in_order(folder):
    """Each comes with its call and its label, and knows what the other side says."""
    found = sentences(folder)
    assert [(call, label) for call, _, label in found][:2] == [("a", "greets"), ("a", "agrees")]
    assert found[1][1].asked == "Hello."
