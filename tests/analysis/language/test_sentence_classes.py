"""Sentences are told apart by their words and by what stands around them."""

from __future__ import annotations

import pytest

from domains.analysis.language.sentence_classes import SentenceClassifier, place
from htn.model.errors import InputError


def calls(count):
    """Short calls in which "Yes, of course." means two things, told apart only by the question before it."""
    found, labels = [], []
    for number in range(count):
        asked = ("Would you give five dollars?", "agrees") if number % 2 else ("Do you know this charity?", "knows")
        said = [("rep", "Hello there.", 0), ("rep", asked[0], 0), ("prospect", "Yes, of course.", 0)]
        found += place(said)
        labels += ["greets", "asks", asked[1]]
    return found, labels


def test_the_same_words_are_told_apart_by_the_question_before_them():
    """Trained on some calls, the reply of others is read in the light of its question."""
    known, labels = calls(20)
    unseen, wanted = calls(6)
    assert SentenceClassifier().fit(known, labels).predict(unseen) == wanted


def test_what_stands_around_a_sentence_is_its_own_call():
    """The first sentence has nothing before it and the last nothing after; the other side's words are found."""
    first, second, third = place([("rep", "A", 0), ("rep", "B", 0), ("prospect", "C", 1)])
    assert (first.before, first.asked, first.after, first.answered) == ("", "", "B", "C")
    assert (second.before, second.answered, third.asked, third.after) == ("A", "C", "B", "")


def test_learning_from_nothing_is_refused():
    """One class, labels that do not fit, or asking before learning give a sentence that says so."""
    known, labels = calls(2)
    with pytest.raises(InputError, match="a label each"):
        SentenceClassifier().fit(known, labels[1:])
    with pytest.raises(InputError, match="at least two classes"):
        SentenceClassifier().fit(known, ["same"] * len(known))
    with pytest.raises(InputError, match="not learned"):
        SentenceClassifier().predict(known)
