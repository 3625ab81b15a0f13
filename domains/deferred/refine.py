"""Iterative refinement: a draft is revised until its review is good enough, or the rounds are used up."""

from __future__ import annotations

from typing import Any

from htn.model import Domain, State, refuse

__all__ = ["ROUNDS", "WANTED", "domain", "expected_seconds", "problem"]

domain = Domain("refinement")

WANTED = 0.8
"""The score at which a draft is good enough."""
ROUNDS = 3
"""How many drafts are written at most."""


@domain.operator(describe="write draft {1} of {0}")
def draft(state: State, text: str, number: int) -> object:
    """Write a draft, the first or a better one."""
    state.drafts[text] = number
    return state


@domain.operator(describe="review draft {1} of {0}")
def review(state: State, text: str, number: int) -> object:
    """Have a draft reviewed; its score is observed, not predicted."""
    if state.drafts[text] != number:
        return refuse(f"there is no draft {number}")
    state.reviews[text] = number
    return state


@domain.operator(describe="publish {0}")
def publish(state: State, text: str) -> object:
    """Publish the draft that there is."""
    return _made_public(state, text, "as it is")


@domain.operator(describe="publish {0}, saying what the review still misses")
def publish_with_reservations(state: State, text: str) -> object:
    """Publish the draft that there is, and say that it is not as good as it was to be."""
    return _made_public(state, text, "with reservations")


def _made_public(state: State, text: str, how: str) -> object:
    if state.reviews[text] != state.drafts[text]:
        return refuse("the last draft is not reviewed")
    state.public[text] = how
    return state


@domain.method("write")
def draft_and_review(state: State, text: str) -> object:
    """Applies always: a draft, its review, and what follows from that."""
    return [("draft", text, 1), ("review", text, 1), ("improve", text, 1)]


@domain.deferred(
    "improve", known=lambda state, text, number: (text, number) in state.score, until="the review's score is known"
)
def improved(state: State, text: str, number: int) -> object:
    """Predict that it will be published."""
    if state.reviews[text] != number:
        return refuse(f"draft {number} is not reviewed")
    state.public[text] = "somehow"
    return state


@domain.method("improve")
def good_enough(state: State, text: str, number: int) -> object:
    """Applies when the score is as wanted."""
    score = state.score[text, number]
    return [("publish", text)] if score >= WANTED else refuse(f"the score is {score:.1f}, wanted is {WANTED:.1f}")


@domain.method("improve")
def once_more(state: State, text: str, number: int) -> object:
    """Applies when there is a round left: another draft, its review, and again what follows from that."""
    if number >= ROUNDS:
        return refuse(f"{ROUNDS} rounds are used up")
    return [("draft", text, number + 1), ("review", text, number + 1), ("improve", text, number + 1)]


@domain.method("improve")
def leave_it_at_that(state: State, text: str, number: int) -> object:
    """Applies when the rounds are used up."""
    return [("publish_with_reservations", text)]


def expected_seconds(task: str, *args: Any) -> float:
    """Return what a task is expected to take; of the open one, every second draft being good enough."""
    known = {"draft": 40.0, "review": 20.0, "publish": 2.0, "publish_with_reservations": 2.0}
    if task != "improve":
        return known[task]
    left = ROUNDS - int(args[1])
    return known["publish"] + sum(0.5**turn * (known["draft"] + known["review"]) for turn in range(1, left + 1))


def problem(text: str = "the summary") -> tuple[State, list[tuple[Any, ...]]]:
    """Return a text that is not written yet.

    Examples
    --------
    >>> problem()[1]
    [('write', 'the summary')]
    """
    return State("blank", drafts={text: 0}, reviews={text: 0}, public={text: "no"}, score={}), [("write", text)]
