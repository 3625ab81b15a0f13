"""Which of the measures found in one clause is asked for: a measure gives way to what it only says more about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domains.analysis.question.measures import Found

__all__ = ["asked_for"]

# Words without an amount: "how much of the pipeline slipped" asks for no pipeline value.
_NO_AMOUNT = r"(?!.*(?:value|amount|worth|total|size|sum|sold|won|big|large|bookings|turnover|how much (?:open|is))).*"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Measures that give way to others in the same clause, if their words are such as these."""

    to: frozenset[str]
    gives_way: frozenset[str]
    words: re.Pattern[str]

    def applies(self, item: Found, names: set[str]) -> bool:
        """Return whether a measure gives way to any of the names."""
        others = names - {item.name} if not self.to else names & self.to
        return item.name in self.gives_way and bool(others) and self.words.fullmatch(item.words) is not None


def _rule(to: str, gives_way: str, words: str = ".*") -> _Rule:
    return _Rule(frozenset(to.split()), frozenset(gives_way.split()), re.compile(words))


# To whom, who gives way, with which words; to "" is to any other.
_RULES = (
    _rule("forecast", "revenue deal_count win_rate pipeline_value quota_attainment"),
    _rule("next_step_rate", "mention_rate"),
    # "Interruptions have become more common": something else than words has.
    _rule("", "mention_rate", r"(?:is|are|be|been|was|were|becom|becam|get|got|grow).*(?:common|frequent|rare|usual)"),
    # "How many calls ended without a next step?" counts no calls as such.
    _rule("next_step_rate", "activity", r"how many .*"),
    _rule("patience monologue ramp_time", "cycle_time"),
    _rule("deal_count", "pipeline_value", r".*still open"),
    _rule("slippage stage_conversion", "deal_count"),
    _rule("slippage deal_age velocity", "pipeline_value revenue", _NO_AMOUNT),
    _rule("commit", "revenue", _NO_AMOUNT),
    _rule("monologue", "talk_ratio", r"word in|talk time"),
    # "What share of deals closed late" asks for no win rate.
    _rule("slippage", "win_rate", r".*clos(?:e|es|ed)"),
    # The deals that something else is measured of, the unit it is counted in, or how it stands.
    _rule("", "deal_count", r"(?:deals|opportunities|wins) (?:per|by|in total)"),
    _rule("", "revenue", r"(?:top|largest|biggest) .*"),
    _rule("", "revenue", r"dollars|booked|income|in sales|(?:in|by) value|worth (?:the )?(?:more|less|most|least)"),
    _rule("coverage", "pipeline_value"),
)


def asked_for(found: Sequence[Found]) -> list[str]:
    """Return the names of the measures that are asked for, in order.

    Examples
    --------
    >>> asked_for([Found("slippage", "slipped", 20), Found("pipeline_value", "pipeline", 12)])
    ['slippage']
    >>> asked_for([Found("slippage", "slipped", 30), Found("pipeline_value", "pipeline value", 8)])
    ['slippage', 'pipeline_value']
    """
    kept = list(found)
    for rule in _RULES:
        names = {item.name for item in kept}
        kept = [item for item in kept if not rule.applies(item, names)]
    return [item.name for item in kept]
