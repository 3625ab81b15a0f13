"""What stands of a model's artifact: words that were said, rows that exist, numbers that were measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, TypeVar

from domains.analysis.artifacts import Answer, Artifact, Citation, Exclusion, Finding, Number, Recommendation
from domains.analysis.claude.figures import SAID, Figures
from domains.analysis.directions import direction_problem, order_problem, subject_problem
from domains.analysis.evidence import Evidence, same_words
from domains.analysis.firmness import firmness_problem
from domains.analysis.review import citation_problem

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Verification"]

A = TypeVar("A", bound=Artifact)

_REASONS = {
    "citations": "the cited words or rows are not there, or not within the scope of the step",
    "numbers": "local statistics computed no such number",
    "findings": "nothing that holds is cited, or it says something that was neither measured nor quoted",
    "entries": "nothing that holds is cited",
    "strengths": "called firmer than the statistics behind it allow, and lowered",
    "headlines": "a number is named that was not measured; the local headline stands instead",
    "recommendations": "they rest on no finding that holds, or name a number that was not measured",
}

_FEWEST_KNOWN_WORDS = 0.6
"""Which share of the telling words of a claim without quotes the statistics must speak of too."""


class Verification:
    """Verifies one artifact of a model; what is dropped is counted by kind.

    Parameters
    ----------
    workspace : Workspace
        Where quotes and rows are looked up.
    calls : collection of str
        Ids of the calls that the step may read.
    figures : Figures
        What was measured.
    """

    def __init__(self, workspace: Workspace, calls: Collection[str], figures: Figures) -> None:
        self._evidence = Evidence(workspace)
        self._calls = calls
        self._figures = figures
        self._known = tuple(dict.fromkeys(item for finding in figures.findings for item in finding.citations))
        self.dropped: Counter[str] = Counter()

    def _held(self, citation: Citation) -> Citation | None:
        """Return a citation that holds: of a turn or of rows within the scope, or as the local statistics have it."""
        if citation.kind == "turn":
            holds = citation.source in self._calls and citation_problem(citation, self._evidence) is None
            return citation if holds else None
        # Of many rows the model is shown the first few; the measured citation it repeats has all of them.
        return next(
            (
                known
                for known in self._known
                if (known.kind, known.source, known.total) == (citation.kind, citation.source, citation.total)
                and set(citation.rows) <= set(known.rows)
            ),
            None,
        )

    def keep(self, citations: Iterable[Citation]) -> tuple[Citation, ...]:
        """Return the citations that hold, and count the others."""
        given = tuple(citations)
        kept = tuple(held for citation in given if (held := self._held(citation)) is not None)
        self.dropped["citations"] += len(given) - len(kept)
        return kept

    def verified(self, artifact: A, local: Artifact) -> A:
        """Return what stands of an artifact, with an exclusion for each kind of thing that does not.

        Parameters
        ----------
        artifact : Artifact
            What the model made.
        local : Artifact
            What the local analyst has; its headline stands where the model's does not.
        """
        limits = tuple(limit for limit in artifact.limits if self._figures.unknown(limit) is None)
        places: dict[int, int] = {}
        kept: list[Finding] = []
        for place, finding in enumerate(artifact.findings):
            found = self._finding(finding, limits)
            if found is not None:
                places[place] = len(kept)
                kept.append(found)
        self.dropped["findings"] += len(artifact.findings) - len(kept)
        changes: dict[str, object] = {"findings": tuple(kept), "limits": limits}
        if isinstance(artifact, Answer) and isinstance(local, Answer):
            changes |= self._advice(artifact, local, places)
        counted = tuple(
            Exclusion(what=f"{what} of the model", count=number, reason=_REASONS[what])
            for what, number in sorted(self.dropped.items())
            if number
        )
        return artifact.model_copy(update=changes | {"exclusions": (*artifact.exclusions, *counted)})

    def _finding(self, finding: Finding, limits: tuple[str, ...]) -> Finding | None:
        citations = self.keep(finding.citations)
        numbers = tuple(self._figures.find(number) for number in finding.numbers)
        measured = tuple(number for number in numbers if number is not None)
        self.dropped["numbers"] += len(numbers) - len(measured)
        says_absence = finding.strength == "descriptive" and not finding.numbers and finding.claim in limits
        if not citations and not says_absence:
            return None
        quotes = [citation.quote for citation in citations if citation.quote]
        said = f"{finding.claim} {finding.note}"
        if self._figures.unknown(said, quotes) is not None:
            return None
        # What somebody named on a call is no measurement, however it is put.
        claim = finding.claim if self._figures.unknown(said) is None else f"{SAID}{finding.claim}"
        held = finding.model_copy(update={"citations": citations, "numbers": measured})
        if not says_absence and not self._means_what_was_measured(held, quotes):
            return None
        return self._lowered(held.model_copy(update={"claim": claim} | self._layout(measured)))

    def _means_what_was_measured(self, finding: Finding, quotes: list[str]) -> bool:
        """Whether a claim says of the right groups, in the right direction, what its numbers or quotes say.

        What local statistics say in the same words does.
        """
        known = self._figures.measured
        if known.says(finding.claim):
            return True
        borne = self._figures.bears(finding, quotes)
        if borne is None or subject_problem(borne, known) or direction_problem(borne) or order_problem(borne):
            return False
        return bool(quotes) or self._figures.known_words(finding.claim) >= _FEWEST_KNOWN_WORDS

    def _layout(self, numbers: tuple[Number, ...]) -> dict[str, object]:
        """Return the table of the measured finding that has just these numbers: a model lays nothing out."""
        same = [known.table for known in self._figures.findings if numbers and known.numbers == numbers]
        return {"title": "", "table": same[0] if same else None}

    def _lowered(self, finding: Finding) -> Finding:
        """Call a finding no firmer than a measured finding that has one of its numbers."""
        if finding.strength in ("descriptive", "not established"):
            return finding
        firm = ("established",) if finding.strength == "established" else ("established", "suggestive")
        # How many cases were compared, several findings have in common.
        telling = {number for number in finding.numbers if number.method != "count"}
        backed = any(known.strength in firm and telling.intersection(known.numbers) for known in self._figures.findings)
        if backed and firmness_problem(finding) is None:
            return finding
        self.dropped["strengths"] += 1
        return finding.model_copy(update={"strength": "not established" if finding.numbers else "descriptive"})

    def _advice(self, answer: Answer, local: Answer, places: dict[int, int]) -> dict[str, object]:
        recommendations = []
        for item in answer.recommendations:
            because = tuple(dict.fromkeys(places[place] for place in item.because if place in places))
            if because and self._figures.unknown(item.action) is None:
                recommendations.append(Recommendation(action=item.action, because=because))
        self.dropped["recommendations"] += len(answer.recommendations) - len(recommendations)
        headline = answer.headline
        if not same_words(headline) or self._figures.unknown(headline) is not None:
            self.dropped["headlines"] += 1
            headline = local.headline
        return {"headline": headline, "recommendations": tuple(recommendations)}
