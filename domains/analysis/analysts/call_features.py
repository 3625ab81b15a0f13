"""Behaviours of a call as numbers: what is compared between won and lost calls, each with an example to quote."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn
from domains.analysis.language.next_steps import NextStep, next_steps
from domains.analysis.language.objection_cues import OBJECTIONS
from domains.analysis.language.roles import RoleMention, mentions
from domains.analysis.language.speech import (
    longest_turn_words,
    patience_seconds,
    question_share,
    switch_rate,
    talk_share,
)
from domains.analysis.language.text import word_count
from domains.analysis.language.topic_cues import TOPICS
from domains.analysis.language.trackers import Tracker, find, first_place

if TYPE_CHECKING:
    from datetime import date

    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.artifacts import Citation
    from domains.analysis.corpus.workspace import Turn

__all__ = ["CallView", "Feature", "features", "view_of"]

Found = tuple[float | None, "Citation | None"]


class CallView:
    """A call with what several features need of it, worked out once."""

    def __init__(self, call_id: str, day: date | None, turns: Sequence[Turn]) -> None:
        self.call_id = call_id
        self.turns = turns
        self._day = day
        self._measured: dict[str, Found] = {}

    @cached_property
    def steps(self) -> list[NextStep]:
        """Next steps that have an owner."""
        return [item for item in next_steps(self.turns, self._day) if item.owner != "unknown"]

    @cached_property
    def buyers_roles(self) -> list[RoleMention]:
        """Job titles that the prospect's side speaks of."""
        return [item for item in mentions(self.turns) if item.role == "prospect"]

    def value(self, feature: Feature) -> Found:
        """Return a feature's value and example on this call, measured once."""
        if feature.name not in self._measured:
            self._measured[feature.name] = feature.measure(self)
        return self._measured[feature.name]

    def turns_with(self, tracker: Tracker, role: str) -> Sequence[Turn]:
        """Return a side's turns from the first in which a phrase can be; usually there is none, and that is quick."""
        turns, lowered, starts = self._said[role]
        place = first_place(tracker, lowered)
        return () if place is None else turns[bisect_right(starts, place) - 1 :]

    @cached_property
    def _said(self) -> dict[str, tuple[list[Turn], str, list[int]]]:
        """Per side its turns, all it said in small letters, and where each turn begins in that."""
        found = {}
        for role in ("rep", "prospect"):
            turns = [turn for turn in self.turns if turn.role == role]
            lowered = [turn.text.lower() for turn in turns]
            starts = list(accumulate((len(text) + 1 for text in lowered), initial=0))[:-1]
            found[role] = (turns, "\n".join(lowered), starts)
        return found


# Steps go over all calls in the same order, one after the other. A cache of fewer calls than there are would have put
# away each call just before it comes up again, and every step would measure everything anew.
MOST_VIEWS = 20_000


@lru_cache(maxsize=MOST_VIEWS)
def _view(call_id: str, day: date | None, turns: tuple[Turn, ...]) -> CallView:
    return CallView(call_id, day, turns)


def view_of(call: SpokenCall) -> CallView:
    """Return the view of a call; steps that look at the same words of a call share what was measured."""
    return _view(call.call.call_id, call.day, tuple(call.turns))


@dataclass(frozen=True)
class Feature:
    """A behaviour: its name, whether it is there or not (`share`) or a number, and how it is measured on a call.

    `family` says what it is corrected with when many are tested: the question that it is part of an answer to. A habit
    belongs to the calls of a deal one by one; anything else is said of a deal when one of its calls shows it.
    """

    name: str
    share: bool
    unit: str
    measure: Callable[[CallView], Found]
    family: str = "speech"
    habit: bool = False


def features(competitors: Sequence[str] = ()) -> list[Feature]:
    """Return the behaviours that calls are compared by.

    Parameters
    ----------
    competitors : sequence of str
        Names known to the workspace; being named by the prospect is one behaviour each.
    """
    found = [*_numbers(), *_agreements()]
    found += [replace(_said(tracker, role), family="subjects") for tracker in TOPICS for role in ("rep", "prospect")]
    objections = [_said(tracker, "prospect", f"prospect objects on {tracker.name}") for tracker in OBJECTIONS]
    found += [replace(feature, family="objections") for feature in objections]
    for name in competitors:
        tracker = Tracker(name, (re.escape(name),))
        found.append(replace(_said(tracker, "prospect", f"prospect names {name}"), family="competitors"))
    return found


def _numbers() -> list[Feature]:
    def number(name: str, unit: str, measure: Callable[[Sequence[Turn]], float | None]) -> Feature:
        return Feature(name, share=False, unit=unit, measure=lambda call: (measure(call.turns), None), habit=True)

    return [
        number("rep's share of the talking", "share", lambda turns: talk_share(turns)[0]),
        number("share of the rep's sentences that ask", "share", question_share),
        number("share of the prospect's sentences that ask", "share", lambda turns: question_share(turns, "prospect")),
        number("rep's longest stretch", "words", longest_turn_words),
        number("prospect's longest stretch", "words", lambda turns: longest_turn_words(turns, "prospect")),
        number("changes of speaker", "per 1,000 words", switch_rate),
        number("rep's pause before answering", "seconds", patience_seconds),
        number("rep's first turn", "words", _first_turn_words),
    ]


def _first_turn_words(turns: Sequence[Turn]) -> float | None:
    first = next((turn for turn in turns if turn.role == "rep"), None)
    return float(word_count(first.text)) if first else None


def _said(tracker: Tracker, role: str, name: str | None = None) -> Feature:
    def measure(call: CallView) -> Found:
        for turn in call.turns_with(tracker, role):
            hits = find(tracker, turn.text)
            if hits:
                return 1.0, cite_turn(call.call_id, turn.idx, hits[0].sentence)
        return 0.0, None

    return Feature(name or f"{role} speaks of {tracker.name}", share=True, unit="", measure=measure)


def _agreements() -> list[Feature]:
    def step(call: CallView, *, dated: bool, agreed: bool) -> Found:
        for item in call.steps:
            if (item.said_date or not dated) and (item.agreed or not agreed):
                return 1.0, cite_turn(call.call_id, item.turn, item.quote)
        return 0.0, None

    def power(call: CallView) -> Found:
        for item in call.buyers_roles:
            if item.part == "economic buyer":
                return 1.0, cite_turn(call.call_id, item.turn, item.quote)
        return 0.0, None

    def agreement(name: str, *, dated: bool, agreed: bool) -> Feature:
        return Feature(name, True, "", lambda call: step(call, dated=dated, agreed=agreed), "next steps", habit=True)

    return [
        agreement("next step with an owner", dated=False, agreed=False),
        agreement("next step with an owner and a date", dated=True, agreed=False),
        agreement("next step the other side agrees to", dated=False, agreed=True),
        Feature("prospect speaks of an economic buyer", share=True, unit="", measure=power, family="subjects"),
    ]
