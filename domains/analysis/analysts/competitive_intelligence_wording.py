"""Wording around competitors: what is said beside a competitor's name more often in won deals, or in lost ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.comparison import calls_beyond
from domains.analysis.analysts.competitive_intelligence_turns import Mention, find_mentions
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.artifacts import Artifact, Citation, Finding, Number
from domains.analysis.language.text import excerpt, words
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import (
    ProportionTest,
    benjamini_hochberg,
    strength_of,
    two_proportion_p,
    two_proportion_test,
)
from domains.analysis.statistics.numbers import difference, percent, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CompetitorWording", "compare_wording"]

SIDE_FLOOR = 20
PHRASE_FLOOR = 5
SHOWN = 5
TOO_FEW = (
    "Wording around competitors is not compared: {won} won and {lost} lost deals have a call that names one, the "
    "floor is "
    "{floor} of each."
)
# Words that carry no meaning alone; two of them together are no phrase either.
_EMPTY = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her him his how i if in into "
    "is it its "
    "just me my no not now of oh okay on or our out right she so some than that the their them then there these they "
    "this to "
    "too up us very was we well were what when where which who will with would yeah yes you your i'm i'll i've it's "
    "that's "
    "we're we've you're they're don't".split()
)


class CompetitorWording(Artifact):
    """Phrases beside competitors' names by outcome: share of won deals less share of lost deals (points)."""

    tested: int = 0
    phrases: tuple[Number, ...] = ()


@dataclass(slots=True)
class _Unit:
    """A deal, or a customer where calls have no deal: its outcome, and the phrases beside a competitor's name."""

    won: bool
    calls: set[str] = field(default_factory=set)
    phrases: dict[str, Citation] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase, its corrected p value, and its comparison between won and lost deals."""

    words: str
    q: float
    test: ProportionTest


@capability("compare_wording", specialist="competitive intelligence", output=CompetitorWording)
def compare_wording(workspace: Workspace, scope: Scope, inputs: Inputs) -> CompetitorWording:
    """Compare words and pairs of words said within a turn of a competitor's name, in won and lost deals.

    Notes
    -----
    Counted once per deal, because the calls of one deal share its outcome. Every phrase that was looked at counts for
    the correction; phrases in fewer than 5 deals are not looked at. Competitors' names themselves are left out.
    """
    calls = [
        call for call in calls_beyond(workspace, scope, inputs, "competitor") if call.call.outcome in ("won", "lost")
    ]
    asked = value(scope, "competitor")
    mentions = [item for item in find_mentions(workspace, calls) if asked in (None, item.competitor)]
    units = _units(mentions)
    won = [unit for unit in units if unit.won]
    lost = [unit for unit in units if not unit.won]
    if min(len(won), len(lost)) < SIDE_FLOOR:
        return CompetitorWording(limits=(TOO_FEW.format(won=len(won), lost=len(lost), floor=SIDE_FLOOR),))
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for unit in units:
        for phrase in unit.phrases:
            counts[phrase][not unit.won] += 1
    looked_at = [(phrase, a, b) for phrase, (a, b) in sorted(counts.items()) if a + b >= PHRASE_FLOOR]
    values = [two_proportion_p(a, len(won), b, len(lost)) for _, a, b in looked_at]
    order = sorted(zip(benjamini_hochberg(values), values, looked_at, strict=True))
    best = [
        _Phrase(phrase, q, two_proportion_test(a, len(won), b, len(lost))) for q, _, (phrase, a, b) in order[:SHOWN]
    ]
    return CompetitorWording(
        tested=len(looked_at),
        phrases=tuple(difference(item.words, item.test) for item in best),
        findings=_findings(best, len(looked_at), units, len(won), len(lost)),
    )


def _units(mentions: list[Mention]) -> list[_Unit]:
    names = {word for mention in mentions for word in words(mention.turn.text[mention.start : mention.end])}
    units: dict[str, _Unit] = {}
    for mention in mentions:
        call = mention.spoken.call
        unit = units.setdefault(call.opportunity_id or mention.spoken.group, _Unit(call.outcome == "won"))
        unit.calls.add(call.call_id)
        for turn in mention.spoken.turns[max(0, mention.position - 1) : mention.position + 2]:
            for phrase in _phrases(turn.text, names):
                if phrase not in unit.phrases:
                    start = max(0, turn.text.lower().find(phrase))
                    quote = excerpt(turn.text, start, start + len(phrase))
                    unit.phrases[phrase] = cite_turn(turn.call_id, turn.idx, quote)
    return list(units.values())


def _phrases(text: str, names: set[str]) -> set[str]:
    said = words(text)
    single = {word for word in said if word not in _EMPTY and word not in names and len(word) > 2}
    pairs = {
        f"{a} {b}"
        for a, b in pairwise(said)
        if not {a, b} & names and not {a, b} <= _EMPTY and (a in single or b in single)
    }
    return single | pairs


def _findings(best: list[_Phrase], tested: int, units: list[_Unit], won: int, lost: int) -> tuple[Finding, ...]:
    everything = cite_rows("calls", {call for unit in units for call in unit.calls})
    held: list[Finding] = []
    for item in best:
        strength = strength_of(item.q, n=min(won, lost), floor=SIDE_FLOOR)
        if strength == "not established":
            break
        having = [unit for unit in units if item.words in unit.phrases]
        shares = [
            proportion(f"deals with “{item.words}”, {word}", sum(unit.won is side for unit in having), total)
            for word, side, total in (("won", True, won), ("lost", False, lost))
        ]
        held.append(
            Finding(
                claim=f"“{item.words}” is said beside a competitor's name in {percent(shares[0].value)} of won and "
                f"{percent(shares[1].value)} of lost deals.",
                strength=strength,
                numbers=(*shares, difference(item.words, item.test)),
                citations=(*spread([unit.phrases[item.words] for unit in having], 3), everything),
                note=f"p = {item.test.p:.2g}, corrected {item.q:.2g} over {tested:,} phrases. It need not be the "
                "cause.",
                title=f"“{item.words}” goes with the outcome",
            )
        )
    return tuple(held) or (_nothing(best, tested, won, lost, everything),)


def _nothing(best: list[_Phrase], tested: int, won: int, lost: int, everything: Citation) -> Finding:
    nearest = f" The nearest is “{best[0].words}”, corrected p = {best[0].q:.2g}." if best else ""
    return Finding(
        claim=f"No wording beside competitors' names goes with winning or losing: none of {tested:,} words and pairs "
        "of "
        f"words differs between {won} won and {lost} lost deals once corrected.{nearest}",
        strength="not established",
        numbers=tuple(difference(item.words, item.test) for item in best)
        or (Number(name="phrases looked at", value=0.0, n=won + lost, method="count"),),
        citations=(everything,),
        title="No wording goes with winning or losing",
    )
