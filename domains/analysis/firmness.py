"""Whether a finding may be called as firm as it is: its intervals, its p values and its number of cases decide."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domains.analysis.artifacts import Finding, Number
from domains.analysis.figures_in_words import bears_out, group_of, stated_figures

__all__ = ["FLOORS", "firmness_problem", "floor_of", "is_tested"]

FLOORS: tuple[tuple[str, int], ...] = (
    (r"\bwin rates?\b|\bdeals?\b|\bchance to win\b", 30),
    (r"\bcalls?\b|\btalk ratio\b|\bquestion rate\b", 20),
)
"""What a number's name says that it counts, and how many cases a claim about it needs to be called established."""
FEWEST = 8
"""The same for anything else: quotas and reps are few."""

_FIRM_AT = {"established": 0.05, "suggestive": 0.1}
_P = re.compile(r"\b(?:corrected )?[pq](?:[ -]values?)?\s*(?:=|<|≤|of|is|are)?\s*(\d*\.\d+(?:e-?\d+)?|\d+e-\d+|[01]\b)")
_P_NAME = re.compile(r"(?:corrected )?(?:p|q)(?: value)?(?: |$)")
_END = r"([+-]?\d[\d,]*(?:\.\d+)?)"
_INTERVAL = re.compile(rf"(.{{0,40}}?)\[{_END} ?%? to {_END}")
_EFFECT = re.compile(
    r"\bless\b|\bdifference\b|\beffect\b|\bper usual difference\b|\bodds\b|\bratio of\b|\bchance to win\b|\bchange\b|"
    r"\bgap\b|\bmore\b|\bbeyond its mix\b"
)
_RATIO = re.compile(r"\bodds\b|\bratio of\b|\btimes\b|\bhazard\b")


def floor_of(number: Number) -> int:
    """Return how many cases a number must rest on to bear what is called established.

    Examples
    --------
    >>> floor_of(Number(name="win rate, West", value=0.5)), floor_of(Number(name="quotas met", value=0.5))
    (30, 8)
    """
    return next((floor for pattern, floor in FLOORS if re.search(pattern, number.name)), FEWEST)


def _is_effect(number: Number) -> bool:
    return (number.unit == "points" or _EFFECT.search(number.name) is not None) and not _P_NAME.match(number.name)


def _holds_null(number: Number) -> bool:
    null = 1.0 if _RATIO.search(number.name) or number.unit in ("times", "odds ratio") else 0.0
    return number.low is not None and number.high is not None and number.low <= null <= number.high


def _p_values(finding: Finding) -> Iterator[float]:
    """Yield the p values of a finding: among its numbers, in how they were computed, and in its note."""
    for number in finding.numbers:
        if _P_NAME.match(number.name) and number.value is not None:
            yield number.value
        yield from map(float, _P.findall(number.method))
    yield from map(float, _P.findall(finding.note))


def is_tested(finding: Finding) -> bool:
    """Whether a finding gives a test of what it says: a p value, or the interval of an effect."""
    said = _P.search(finding.claim) is not None or next(_p_values(finding), None) is not None
    return said or any(_is_effect(number) and number.low is not None for number in finding.numbers)


def firmness_problem(finding: Finding) -> str | None:
    """Return why a finding may not be called as firm as it is, or None.

    Established is what its own p values, those in words among them, put at .05 or below (suggestive: .10), whose
    interval does not hold the value of no effect, and which rests on as many cases as its measure needs.

    Examples
    --------
    >>> p = Number(name="p value of no difference", value=0.2)
    >>> firmness_problem(Finding(claim="They differ.", strength="established", numbers=(p,)))
    'it is called established, and its p value is 0.2'
    >>> firmness_problem(Finding(claim="They differ (corrected p = 0.24).", strength="established"))
    'it is called established, and its words say p = 0.24'
    >>> firmness_problem(Finding(claim="Won more often: +3 points [-8 to +14].", strength="established"))
    'it is called established, and its interval [-8 to +14] holds the value of no effect'
    """
    most = _FIRM_AT.get(finding.strength)
    if most is None:
        return None
    called = f"it is called {finding.strength}, and"
    said = [float(text) for text in _P.findall(finding.claim)]
    if said and max(said) > most:
        return f"{called} its words say p = {max(said):.2g}"
    tested = list(_p_values(finding))
    if tested and min(tested) > most:
        return f"{called} its p value is {min(tested):.2g}"
    if finding.strength == "suggestive":
        return None
    problem = _interval_problem(finding) or _floor_problem(finding)
    return f"{called} {problem}" if problem else None


def _interval_problem(finding: Finding) -> str | None:
    for before, low, high in _INTERVAL.findall(finding.claim):
        null = 1.0 if _RATIO.search(before) else 0.0
        if float(low.replace(",", "")) <= null <= float(high.replace(",", "")) and (null or low[0] in "+-"):
            return f"its interval [{low} to {high}] holds the value of no effect"
    effects = [number for number in finding.numbers if _is_effect(number) and number.low is not None]
    if effects and all(map(_holds_null, effects)):
        number = effects[0]
        return f"the interval of {number.name}, {number.low:.3g} to {number.high:.3g}, holds the value of no effect"
    return None


def _floor_problem(finding: Finding) -> str | None:
    # A count or a sum is what it is, however small; what has an interval speaks for more than its cases.
    numbers = [number for number in finding.numbers if number.n is not None and number.low is not None]
    floor = finding.table.floor if finding.table and finding.table.floor else 0
    for number in _stated(finding, numbers):
        if (number.n or 0) < max(floor_of(number), floor):
            return f"{number.name} rests on {number.n} cases, fewer than {max(floor_of(number), floor)}"
    return None


def _stated(finding: Finding, numbers: list[Number]) -> list[Number]:
    """Return the numbers that a claim gives: with the interval, or the value of a group that it names."""
    claim = finding.claim
    intervals = [stated_figures(f"{low} to {high}") for _, low, high in _INTERVAL.findall(claim)]
    said = stated_figures(claim)
    found = []
    for number in numbers:
        bare = number.model_copy(update={"low": None, "high": None, "n": None, "level": None})
        low, high = (bare.model_copy(update={"value": end}) for end in (number.low, number.high))
        shown = any(len(ends) == 2 and bears_out(ends[0], [low]) and bears_out(ends[1], [high]) for ends in intervals)
        group = group_of(number.name)[1] or number.name
        if shown or (group in claim and any(bears_out(item, [bare]) for item in said)):
            found.append(number)
    return found
