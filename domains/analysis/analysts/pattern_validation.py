"""Validation of patterns on calls kept back: what one half of the buyers shows must show in the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.call_features import features
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.pattern_artifacts import Candidate, CandidateSet, Validated, ValidatedSet
from domains.analysis.analysts.pattern_behaviours import measure_features
from domains.analysis.analysts.pattern_cases import Cases, cases_of
from domains.analysis.analysts.pattern_phrases import count_phrases
from domains.analysis.analysts.pattern_sample import PatternSample, halves, meets_floor, pattern_sample
from domains.analysis.analysts.pattern_tests import shown
from domains.analysis.artifacts import Finding, Number
from domains.analysis.language.text import words
from domains.analysis.language.trackers import Tracker, phrases, possible
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics import strength_of
from domains.analysis.statistics.numbers import amount, percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.corpus.workspace import Workspace

__all__ = ["validate_patterns"]

_AFTER_DECISION = Tracker(
    "after the decision",
    phrases(
        r"""
        kick[- ]?off|onboarding|go[- ]live|welcome (?:aboard|on board)|contracts?|sign(?:ed|ing|ature)s?|invoice
        paperwork
        purchase order|order form|(?:setup|implementation) (?:call|team|date)|speaks of (?:contract|implementation)
        went with|going with|decided (?:against|not|to go)|chose|chosen
        """
    ),
)
# Half of the calls have half of the power. That the whole is beyond chance is for the corrected p value to say; the
# calls kept back are to show the same, not to show it alone: at .05 in either half two true patterns in five are lost.
REPLICATES_AT = 0.2
MOST_REPORTED = 5
MOST_ESTABLISHED = 8


@capability("validate_patterns", specialist="pattern analyst", output=ValidatedSet)
def validate_patterns(workspace: Workspace, scope: Scope, inputs: Inputs) -> ValidatedSet:
    """Test candidates again on the half of the buyers kept back: same direction as in the other, one-sided p <= .2.

    A pattern is established only if its corrected p value over all calls is at most .05, the floors are met, and it
    replicates. One that passes the correction and does not replicate is at most suggestive, and so are words that
    belong to a deal which is being closed or started: they follow the decision.
    """
    sample = pattern_sample(workspace, scope, inputs)
    sets = inputs.all(CandidateSet)
    kept = halves(sample.groups)
    cases = cases_of(sample) if sets else None
    patterns = [item for one in sets if cases for item in _validate(workspace, sample, cases, one, kept)]
    return ValidatedSet(
        patterns=tuple(patterns),
        tested=sum(one.tested for one in sets),
        calls=len(sample.calls),
        kept_back=sum(kept),
        findings=tuple(finding for one in sets for finding in _findings(one, patterns, sample)),
    )


def _validate(
    workspace: Workspace, sample: PatternSample, cases: Cases, found: CandidateSet, kept: Sequence[bool]
) -> list[Validated]:
    import numpy as np

    if not found.candidates:
        return []
    values = _values(workspace, sample, found.candidates)
    habits = [candidate.habit for candidate in found.candidates]
    cases = cases.with_stages_held() if found.kind == "phrase" else cases
    side = dict(zip(sample.groups, kept, strict=True))
    back = np.array([side[group] for group in cases.groups])
    first, second = (cases.compared(values, habits, chosen) for chosen in (~back, back))
    met = meets_floor(*sample.counts)
    verdicts = []
    for column, item in enumerate(found.candidates):
        (p_first, effect_first), (p_second, effect_second) = (
            (float(half.p[column]), float(half.effect[column])) for half in (first, second)
        )
        same = effect_first * effect_second > 0
        one_sided = p_second / 2 if same else 1 - p_second / 2
        replicates = same and one_sided <= REPLICATES_AT
        follows = possible(_AFTER_DECISION, item.name)
        strength = strength_of(item.q, n=item.n if met and replicates and not follows else 0, floor=1)
        verdicts.append(
            Validated(
                candidate=item,
                p_found=p_first,
                p_kept_back=one_sided,
                same_direction=same,
                replicates=replicates,
                follows_decision=follows,
                strength=strength,
            )
        )
    return verdicts


def _values(workspace: Workspace, sample: PatternSample, items: Sequence[Candidate]) -> NDArray[np.float64]:
    """Measure the candidates again from the calls themselves."""
    import numpy as np

    if items[0].kind == "behaviour":
        by_name = {feature.name: feature for feature in features(workspace.entities()["competitor"])}
        return measure_features([by_name[item.name] for item in items], sample)[0]
    wanted = [_phrase(item.name) for item in items]
    phrases = count_phrases(sample.calls, frozenset(), keep=wanted)
    column = {name: index for index, name in enumerate(phrases.names)}
    return np.column_stack([phrases.present[:, column[name]] for name in wanted])


def _phrase(name: str) -> tuple[str, str]:
    """Return side and phrase of a candidate's name.

    Examples
    --------
    >>> _phrase('rep says "good point"')
    ('rep', 'good point')
    """
    side, _, phrase = name.partition(' says "')
    return side, phrase[:-1]


def _findings(found: CandidateSet, patterns: Sequence[Validated], sample: PatternSample) -> list[Finding]:
    own = [item for item in patterns if item.candidate.kind == found.kind]
    what = "behaviours" if found.kind == "behaviour" else "phrases"
    distinct = _distinct(own) if found.kind == "phrase" else own
    firm = [item for item in distinct if item.strength == "established"]
    others = [item for item in distinct if item.strength != "established"]
    reported = [*firm[:MOST_ESTABLISHED], *others[: max(2, MOST_REPORTED - len(firm))]]
    return [_overall(found, what, own, sample), *(_one(item) for item in reported)]


def _distinct(patterns: Sequence[Validated]) -> list[Validated]:
    """Leave out phrases that share a word with one of smaller p value: "the kickoff" after "kickoff"."""
    taken: dict[str, set[str]] = {}
    kept = []
    for item in sorted(patterns, key=lambda one: (one.strength != "established", one.candidate.p)):
        side, phrase = _phrase(item.candidate.name)
        own = {word for word in words(phrase) if len(word) > 3} or set(words(phrase))
        if not own & taken.get(side, set()):
            kept.append(item)
            taken.setdefault(side, set()).update(own)
    return kept


def _overall(found: CandidateSet, what: str, own: Sequence[Validated], sample: PatternSample) -> Finding:
    firm = sum(item.strength == "established" for item in own)
    calls = found.calls_won + found.calls_lost
    window = "" if found.window == "whole call" else f" ({found.window})"
    compared = f"between {found.calls_won:,} won and {found.calls_lost:,} lost calls{window}"
    if found.noun == "deals":
        compared = f"between {found.cases_won:,} won and {found.cases_lost:,} lost deals with {calls:,} calls{window}"
    tested = f"{found.tested:,} {what} were compared {compared}"
    verdict = f"{firm:,} {'is' if firm == 1 else 'are'} established" if firm else "none is established"
    claim = f"{tested} of {found.groups:,} buyers: {verdict}."
    if not meets_floor(found.calls_won, found.calls_lost, found.groups):
        claim += " There are too few calls to establish anything (at least 100 calls, 50 of each outcome, 30 buyers)."
    elif not firm:
        claim += _what_it_would_take(found)
    numbers = [Number(name=f"{what} tested", value=float(found.tested), n=calls)]
    if found.smallest_visible is not None:
        numbers.append(
            Number(
                name="smallest visible difference",
                value=found.smallest_visible * 100,
                unit="points",
                n=calls,
                method=f"80 % power at a level of .05 / {found.tested}",
            )
        )
    return Finding(
        claim=claim,
        strength="descriptive" if firm else "not established",
        numbers=tuple(numbers),
        citations=(cite_rows("calls", [call.call.call_id for call in sample.calls]),),
        note="q values are corrected for all that were tested (Benjamini-Hochberg; of behaviours next steps, how "
        "people talk, objections, competitors and subjects have equal shares of the error); "
        f"{found.noun} of one buyer count as one cluster; replication is on half of the buyers, kept back.",
    )


def _what_it_would_take(found: CandidateSet) -> str:
    said = ""
    if found.smallest_visible is not None:
        least = f"{found.smallest_visible * 100:.0f} points"
        said = f" With so many {found.noun} only differences of {least} or more would show."
    best = found.candidates[0] if found.candidates else None
    if best and best.needed:
        said += (
            f" The nearest ({best.name}) would take about {best.needed:,} {found.noun} of each outcome to establish."
        )
    return said


def _one(item: Validated) -> Finding:
    one = item.candidate
    points = one.share or one.unit == "share"
    scale, unit = (100, "points") if points else (1, one.unit)
    show = percent if points else amount
    where = f"{show(one.won)} in won and {show(one.lost)} in lost {one.noun}"
    if one.share:
        where = f"in {show(one.won)} of won and {show(one.lost)} of lost {one.noun}"
    if one.share and one.habit and one.noun == "deals":
        where = f"on {show(one.won)} of the calls of won and {show(one.lost)} of those of lost deals"
    kept = "it replicates" if item.replicates else "it does not replicate"
    difference = f"{one.difference * scale:+.1f} {unit} [{one.low * scale:+.1f} to {one.high * scale:+.1f}]"
    verdict = {"suggestive": "suggestive only"}.get(item.strength, item.strength)
    notes = []
    if one.needed and item.strength != "established" and not item.follows_decision:
        notes.append(f"About {one.needed:,} {one.noun} of each outcome would be needed.")
    if item.follows_decision:
        notes.append(
            "Words of a deal that is being closed or started: they more likely follow the decision than lead to it."
        )
    number = Number(
        name=one.name,
        value=one.difference * scale,
        unit=unit,
        low=one.low * scale,
        high=one.high * scale,
        level=0.95,
        n=one.n,
        method=f"won less lost {one.noun}, like with like, cluster-robust; {shown('p', one.p)}, {shown('q', one.q)}",
    )
    return Finding(
        claim=f"{one.name}: {where}, like with like {difference}; {shown('q', one.q)}, "
        f"on the calls kept back {kept}: {verdict}.",
        strength=item.strength,
        numbers=(number,),
        citations=one.examples,
        note=" ".join(notes),
    )
