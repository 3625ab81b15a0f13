"""Sentences are told apart by their words and by what stands around them."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from domains.analysis.language.sentence_classes import SentenceClassifier, place
from domains.analysis.language.sentence_order import learn_order
from htn.model.errors import InputError


def calls(count):
    """Short calls in which "Yes, of course." means two things, told apart only by the question before it."""
    found, labels, names = [], [], []
    for number in range(count):
        asked = ("Would you give five dollars?", "agrees") if number % 2 else ("Do you know this charity?", "knows")
        said = [("rep", "Hello there.", 0), ("rep", asked[0], 0), ("prospect", "Yes, of course.", 0)]
        found += place(said)
        labels += ["greets", "asks", asked[1]]
        names += [f"call {number}"] * 3
    return found, labels, names


@pytest.mark.parametrize("count", [20, 36])
def test_the_same_words_are_told_apart_by_the_question_before_them(count):
    """Trained on some calls, the reply of others is read in the light of its question; few calls and many."""
    unseen, wanted, names = calls(6)
    assert SentenceClassifier().fit(*calls(count)).predict(unseen, names) == wanted


def test_a_side_is_given_only_what_it_was_seen_to_do():
    """A prospect who says what only reps were seen to say is given a class of prospects."""
    model = SentenceClassifier().fit(*calls(20))
    odd = place([("prospect", "Hello there.", 0), ("prospect", "Would you give five dollars?", 1)])
    assert set(model.predict(odd, ["x", "x"])) <= {"agrees", "knows"}


def test_the_likeliest_sequence_is_the_best_of_all_sequences():
    """Every sequence of five sentences and three classes tried out: none is likelier than the one returned."""
    chance = np.random.default_rng(1)
    for _ in range(20):
        order = learn_order(chance.integers(0, 3, 60).tolist(), [f"call {i // 6}" for i in range(60)], 3)
        evidence = np.log(chance.dirichlet([1, 1, 1], 5))

        def worth(path, evidence=evidence, order=order):
            steps = sum(order.follows[a, b] for a, b in pairwise(path))
            return sum(evidence[i, own] for i, own in enumerate(path)) + 0.7 * (order.begins[path[0]] + steps)

        best = max(product(range(3), repeat=5), key=worth)
        assert tuple(order.likeliest(evidence, ["x"] * 5, 0.7)) == best


def test_calls_do_not_run_into_each_other():
    """Two calls at once give what each gives alone."""
    order = learn_order([0, 1, 0, 1, 0, 1], ["a", "a", "b", "b", "c", "c"], 2)
    evidence = np.log([[0.6, 0.4], [0.5, 0.5], [0.4, 0.6], [0.5, 0.5]])
    alone = [*order.likeliest(evidence[:2], ["x", "x"], 1.0), *order.likeliest(evidence[2:], ["y", "y"], 1.0)]
    assert list(order.likeliest(evidence, ["x", "x", "y", "y"], 1.0)) == alone


def test_what_stands_around_a_sentence_is_its_own_call():
    """The first sentence has nothing before it and the last nothing after; the other side's words are found."""
    first, second, third = place([("rep", "A", 0), ("rep", "B", 0), ("prospect", "C", 1)])
    assert (first.before, first.asked, first.after, first.answered) == ("", "", "B", "C")
    assert (second.before, second.answered, third.asked, third.after) == ("A", "C", "B", "")


def test_learning_from_nothing_is_refused():
    """One class, labels that do not fit, or asking before learning give a sentence that says so."""
    known, labels, names = calls(2)
    with pytest.raises(InputError, match="a label and a call each"):
        SentenceClassifier().fit(known, labels[1:], names)
    with pytest.raises(InputError, match="at least two classes"):
        SentenceClassifier().fit(known, ["same"] * len(known), names)
    with pytest.raises(InputError, match="not learned"):
        SentenceClassifier().predict(known, names)
