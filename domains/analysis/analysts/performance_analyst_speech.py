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

_KINDS = re.compile(
    r"\b(discovery|qualification|intro(?:duction|ductory)?|demo(?:nstration)?|evaluation|proposal|pricing|negotiation|"
    r"closing|kick-?off|onboarding|renewal|check-?in|follow-?up|review|technical)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, its unit ("share" is shown in percent), and how it is defined."""

    name: str
    unit: str
    definition: str


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
    )
    basis = "speaking time" if timed else "words"
    return (
        Measure("talk ratio", "share", f"the rep's {basis} / the {basis} of all speakers, per call"),
        Measure("question rate", "share", "the rep's sentences that ask / all sentences of the rep, per call"),
        length,
        *(
            (Measure("patience", "seconds", "median pause before the rep speaks after the prospect, per call"),)
            if timed
            else ()
        ),
    )


def speech_of_calls(calls: Sequence[SpokenCall]) -> tuple[tuple[Measure, ...], list[CallSpeech]]:
    """Return the measures and their values for every call, over the whole call and over its first half.

    Talk ratio and monologues use seconds only where every turn of every call has both its ends: else some reps would be
    measured by the clock and others by the word.
    """
    timed = bool(calls) and all(
        turn.start_s is not None and turn.end_s is not None for call in calls for turn in call.turns
    )
    found = [
        CallSpeech(call, call_kind(call.call.title), _values(call.turns, timed), _values(first_half(call.turns), timed))
        for call in calls
    ]
    return measures(timed), found


def _values(turns: Sequence[Turn], timed: bool) -> tuple[float | None, ...]:
    counted = turns if timed else [replace(turn, start_s=None, end_s=None) for turn in turns]
    longest = _longest_seconds(counted) if timed else longest_turn_words(counted)
    return talk_share(counted)[0], question_share(counted), longest, patience_seconds(turns)


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
