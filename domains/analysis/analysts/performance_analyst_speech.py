"""What is measured of how a rep speaks on one call, in the same units for all calls that are compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domains.analysis.language.speech import (
    first_half,
    longest_turn_words,
    patience_seconds,
    question_share,
    talk_share,
)

if TYPE_CHECKING:
    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.corpus.records import Turn

__all__ = ["CallSpeech", "Measure", "call_kind", "measures", "speech_of_calls"]

TIMED_SHARE = 0.9
_KINDS = re.compile(
    r"\b(discovery|qualification|intro(?:duction|ductory)?|demo(?:nstration)?|evaluation|proposal|pricing|negotiation|"
    r"closing|kick-?off|onboarding|renewal|check-?in|follow-?up|review|technical)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, its unit, how it is defined, and the least difference that transcripts can show.

    Times in transcripts are rarely better than a quarter of a second; calls that differ by less do not differ.
    """

    name: str
    unit: str
    definition: str
    resolution: float


@dataclass(frozen=True, slots=True)
class CallSpeech:
    """One call: its kind, and the measures of the whole and of its first half (None: cannot be told)."""

    spoken: SpokenCall
    kind: str
    values: tuple[float | None, ...]
    early: tuple[float | None, ...]


def call_kind(title: str | None) -> str:
    """Return the kind of a call as its title names it, or "unnamed".

    Examples
    --------
    >>> call_kind("Discovery call with Acme"), call_kind("Acme / weekly"), call_kind(None)
    ('discovery', 'unnamed', 'unnamed')
    """
    match = _KINDS.search(title or "")
    return match.group(1).lower().replace("-", "") if match else "unnamed"


def measures(timed: bool) -> tuple[Measure, ...]:
    """Return what is measured, with its definition; with timestamps in seconds, else in words."""
    length = Measure(
        "longest monologue",
        "seconds" if timed else "words",
        "the rep's longest stretch in which nobody else speaks",
        1.0,
    )
    basis = "speaking time" if timed else "words"
    return (
        Measure("talk ratio", "share", f"the rep's {basis} / the {basis} of all speakers, per call", 0.01),
        Measure("question rate", "share", "the rep's sentences that ask / all sentences of the rep, per call", 0.01),
        length,
        Measure(
            "patience", "seconds", "median pause before the rep speaks after the prospect, on calls with times", 0.25
        ),
    )


def speech_of_calls(calls: Sequence[SpokenCall]) -> tuple[tuple[Measure, ...], list[CallSpeech]]:
    """Return the measures and their values for every call, over the whole call and over its first half.

    Talk ratio and monologues use seconds where nine in ten calls have times on every turn, and then leave the other
    calls out; else they use words on all calls. A mixture would measure some reps by the clock and others by the word.
    """
    timed = sum(map(_timed, calls)) >= TIMED_SHARE * len(calls) > 0
    found = [
        CallSpeech(call, call_kind(call.call.title), _values(call.turns, timed), _values(first_half(call.turns), timed))
        for call in calls
    ]
    return measures(timed), found


def _timed(call: SpokenCall) -> bool:
    return all(turn.start_s is not None and turn.end_s is not None for turn in call.turns)


def _values(turns: Sequence[Turn], timed: bool) -> tuple[float | None, ...]:
    patience, questions = patience_seconds(turns), question_share(turns)
    if not timed:
        by_words = [replace(turn, start_s=None, end_s=None) for turn in turns]
        return talk_share(by_words)[0], questions, longest_turn_words(by_words), patience
    if any(turn.start_s is None or turn.end_s is None for turn in turns):
        return None, questions, None, patience
    return talk_share(turns)[0], questions, _longest_seconds(turns), patience


def _longest_seconds(turns: Sequence[Turn]) -> float | None:
    """Return the length of the rep's longest stretch between other speakers, from its first second to its last."""
    longest, begun, seen = 0.0, None, False
    for turn in turns:
        if turn.role != "rep":
            begun = None
            continue
        seen = True
        begun = turn.start_s if begun is None else begun
        longest = max(longest, (turn.end_s or 0.0) - (begun or 0.0))
    return longest if seen else None
