"""Putting an answer together: findings of several steps in order, recommendations that point at them."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.artifacts import Answer, Artifact, Exclusion, Finding, Recommendation

__all__ = ["LEVEL_OF_INTERVALS", "AnswerDraft"]

LEVEL_OF_INTERVALS = "Intervals in square brackets hold the true value 95 % of the time unless another level is named."


class AnswerDraft:
    """An answer in the making.

    Examples
    --------
    >>> draft = AnswerDraft()
    >>> positions = draft.add(Artifact(findings=(Finding(claim="12 deals are open.", strength="descriptive"),)))
    >>> draft.recommend("Close them.", positions)
    >>> draft.answer("12 deals are open.").recommendations
    (Recommendation(action='Close them.', because=(0,)),)
    """

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._exclusions: list[Exclusion] = []
        self._limits: list[str] = []
        self._recommendations: list[Recommendation] = []

    def add(self, artifact: Artifact | None, findings: Iterable[Finding] | None = None) -> tuple[int, ...]:
        """Take over a step's findings, exclusions and limits; return where the findings now stand.

        Parameters
        ----------
        artifact : Artifact or None
            None, for a step that the plan does not have, adds nothing.
        findings : iterable of Finding, optional
            Only these of its findings.
        """
        if artifact is None:
            return ()
        chosen = artifact.findings if findings is None else tuple(findings)
        start = len(self._findings)
        self._findings.extend(chosen)
        self._exclusions.extend(item for item in artifact.exclusions if item not in self._exclusions)
        self._limits.extend(item for item in artifact.limits if item not in self._limits)
        return tuple(range(start, start + len(chosen)))

    def limit(self, sentence: str) -> None:
        """Say something that the data cannot tell."""
        if sentence not in self._limits:
            self._limits.append(sentence)

    def recommend(self, action: str, because: Iterable[int]) -> None:
        """Recommend something, for the findings at these positions; without any, nothing is recommended."""
        positions = tuple(because)
        if positions:
            self._recommendations.append(Recommendation(action=action, because=positions))

    def answer(self, headline: str) -> Answer:
        """Return the finished answer."""
        return Answer(
            headline=headline,
            findings=tuple(self._findings),
            recommendations=tuple(self._recommendations),
            exclusions=tuple(self._exclusions),
            limits=tuple(self._limits),
        )
