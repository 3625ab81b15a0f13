"""What a claim says of whom, and in which direction, held against the finding's numbers and against other claims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from domains.analysis.artifacts import Finding
from domains.analysis.figures_in_words import group_of
from domains.analysis.recomputing import Measured

__all__ = ["contradiction", "contradictions", "direction_problem", "order_problem", "subject_problem"]

_UP = r"more|most|higher|highest|best|better|above|longer|longest|larger|largest|oftener"
_DOWN = r"less|least|fewer|fewest|lower|lowest|worst|worse|below|shorter|shortest|smaller|smallest|rarely|seldom"
_WAY = re.compile(rf"\b(?:({_UP})|({_DOWN}))\b", re.IGNORECASE)
# "won less often: -16 points", where the words and the sign have to agree.
_SIGNED = re.compile(
    rf"\b(?:({_UP})|({_DOWN})) (?:often|likely|frequently)\b[^.;:\[]{{0,60}}: ([+-]\d[\d.,]*)", re.IGNORECASE
)
_EXTREME = re.compile(r"\b(?:most|highest|best|largest|longest|least|lowest|worst|fewest|all others?|any other|all)\b")
_NEGATED = re.compile(r"\b(?:no|not|nor|neither|none|never)\b", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:fall(?:s|ing|en)|fell|ris(?:es|ing|en)|rose|grow(?:s|ing|n)|grew|declin\w+|shr[aiu]nk\w*|improv\w+|"
    r"worsen\w*|increas\w+|decreas\w+|dropp(?:ed|ing)|used to|last (?:year|month|quarter)|it was|were once|trend\w*|"
    r"(?:is|are) now|up from|down from)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:19|20)\d\d|\bQ[1-4]\b|"
    r"\b(?:month|quarter|year|week|day|before|after|last|earlier|later|first|change|per usual)\w*"
)
_MEASURE_BY = re.compile(
    r"\b([a-z]+(?: [a-z]+)?s?) (?:(?:differ|run|vary|compared) )?by (?!(?:the|an?|then|chance)\b)([a-z]+)\b",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"[+-]?\d[\d.,]*")


def direction_problem(finding: Finding) -> str | None:
    """Return where a claim's words point the other way than the figure after them, or None.

    Examples
    --------
    >>> direction_problem(Finding(claim="Such deals are won less often: +16 points.", strength="descriptive"))
    'its words say less often, and its figure is +16'
    """
    for match in _SIGNED.finditer(finding.claim):
        if (match[1] is not None) == (match[3][0] == "-"):
            return f"its words say {match[1] or match[2]} often, and its figure is {match[3]}"
    return None


def order_problem(finding: Finding) -> str | None:
    """Return where a claim puts a group above or below others and its numbers of the groups do not, or None.

    Examples
    --------
    >>> from domains.analysis.artifacts import Number
    >>> rates = tuple(Number(name=f"win rate, {name}", value=value) for name, value in (("West", 0.3), ("East", 0.5)))
    >>> order_problem(Finding(claim="The West wins more than all others.", strength="descriptive", numbers=rates))
    'its words put West above the others, and its numbers do not: win rate 0.3'
    """
    values: dict[str, dict[str, float]] = {}
    for number in finding.numbers:
        measure, group = group_of(number.name)
        if group and number.value is not None:
            values.setdefault(measure, {})[group] = number.value
    for sentence in re.split(r"(?<=[.;])\s", finding.claim):
        for measure, groups in values.items():
            problem = _misplaced(sentence, measure, groups)
            if problem:
                return problem
    return None


def _misplaced(sentence: str, measure: str, groups: dict[str, float]) -> str | None:
    named = [group for group in groups if re.search(rf"\b{re.escape(group)}\b", sentence)]
    ways = {match[1] is not None for match in _WAY.finditer(sentence)}
    told = any(word[:3] in sentence.lower() for word in measure.lower().split())
    if not told or len(named) != 1 or len(ways) != 1 or len(groups) < 2 or _NEGATED.search(sentence):
        return None
    mine = groups[named[0]]
    others = sorted(value for group, value in groups.items() if group != named[0])
    up = ways == {True}
    if _EXTREME.search(sentence):
        wrong = mine < others[-1] if up else mine > others[0]
    else:
        wrong = mine < others[0] if up else mine > others[-1]
    where = "above" if up else "below"
    return (
        f"its words put {named[0]} {where} the others, and its numbers do not: {measure} {mine:.4g}" if wrong else None
    )


def subject_problem(finding: Finding, measured: Measured) -> str | None:
    """Return what a claim speaks of that none of its numbers and citations is about, or None.

    A claim that a step makes in the same words has been checked there. Of any other, each group that it names is one of
    a number, of a row or of a quote of it; and change over time takes numbers of different times.

    Examples
    --------
    >>> from domains.analysis.artifacts import Artifact, Number
    >>> west, ledger = (Number(name=f"win rate, {name}", value=0.3) for name in ("West", "Ledger"))
    >>> measured = Measured([Artifact(findings=(Finding(claim="x", strength="descriptive", numbers=(west, ledger)),))])
    >>> subject_problem(Finding(claim="The West wins.", strength="descriptive", numbers=(ledger,)), measured)
    'it speaks of West, and none of its numbers does'
    >>> subject_problem(Finding(claim="The win rate is falling.", strength="descriptive", numbers=(west,)), measured)
    'it speaks of change over time (falling), and none of its numbers does'
    """
    if measured.says(finding.claim):
        return None
    about = [number.name for number in finding.numbers]
    about += [row.name for row in finding.table.rows] if finding.table else []
    about += [citation.quote or "" for citation in finding.citations]
    about += [key for citation in finding.citations for key in (citation.source, *citation.rows)]
    for group in sorted(measured.groups):
        if re.search(rf"\b{re.escape(group)}\b", finding.claim) and not any(group in text for text in about):
            return f"it speaks of {group}, and none of its numbers does"
    changes = _CHANGE.search(finding.claim)
    if changes and not any(_TIME.search(number.name) for number in finding.numbers):
        quoted = any(citation.quote for citation in finding.citations) and not finding.numbers
        if not quoted:
            return f"it speaks of change over time ({changes[0]}), and none of its numbers does"
    return None


def contradictions(findings: Sequence[Finding]) -> dict[int, str]:
    """Return the findings that say otherwise what an earlier finding says, by place, with the reason.

    Two findings say otherwise when they give one number differently (one name, one sample, one way to compute it),
    when they say the same in opposite directions, or when one calls established what the other found to be chance:
    the same numbers, or the same measure by the same groups. Of the two the earlier stands.

    Examples
    --------
    >>> from domains.analysis.artifacts import Number
    >>> def rate(value): return Number(name="win rate", value=value, n=64, method="share")
    >>> some = [Finding(claim=text, strength="descriptive", numbers=(rate(value),))
    ...     for text, value in (("Half is won.", 0.5), ("A third is won.", 0.33))]
    >>> contradictions(some)
    {1: "it gives win rate as 0.33, and another claim as 0.5: 'Half is won.'"}
    >>> list(contradictions([Finding(claim=f"Late deals are won {way} often.", strength="descriptive")
    ...     for way in ("more", "less")]))
    [1]
    """
    found: dict[int, str] = {}
    for place, finding in enumerate(findings):
        problem = contradiction(finding, findings[:place])
        if problem:
            found[place] = problem
    return found


def contradiction(finding: Finding, before: Sequence[Finding]) -> str | None:
    """Return why a finding says otherwise what one before it says, or None."""
    for earlier in before:
        problem = _against(finding, earlier) if finding.claim != earlier.claim else None
        if problem:
            return f"{problem}: {earlier.claim[:80]!r}"
    return None


def _against(finding: Finding, earlier: Finding) -> str | None:
    known = {(number.name, number.n, number.method): number.value for number in earlier.numbers}
    alone = len(finding.numbers) == 1 and len(earlier.numbers) == 1
    for number in finding.numbers:
        value = known.get((number.name, number.n, number.method))
        # In lists the names are those of groups, and the claim says what is measured.
        telling = alone or bool(group_of(number.name)[1])
        if not telling or value is None or number.value is None or number.n is None:
            continue
        if abs(value - number.value) > 1e-6 * max(1.0, abs(value)):
            return f"it gives {number.name} as {number.value:g}, and another claim as {value:g}"
    if _without_way(finding.claim) == _without_way(earlier.claim) and _ways(finding.claim) != _ways(earlier.claim):
        return "it says the opposite of another claim"
    firm = {finding.strength, earlier.strength}
    if firm == {"established", "not established"} and _same_subject(finding, earlier):
        return f"it is called {finding.strength}, and the same is {earlier.strength} in another claim"
    return None


@lru_cache(maxsize=4096)
def _without_way(claim: str) -> str:
    return " ".join(_NUMERAL.sub("#", _WAY.sub("~", claim)).split())


def _ways(claim: str) -> list[bool]:
    return [match[1] is not None for match in _WAY.finditer(claim)]


def _same_subject(finding: Finding, earlier: Finding) -> bool:
    if finding.numbers and set(finding.numbers) == set(earlier.numbers):
        return True
    subjects = [
        {(match[1].lower().removesuffix("s"), match[2].lower()) for match in _MEASURE_BY.finditer(each.claim)}
        for each in (finding, earlier)
    ]
    return bool(subjects[0] & subjects[1])
