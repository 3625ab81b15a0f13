"""What the performance analysts test, corrected together: a report that asks six questions makes six chances to err."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeVar

from domains.analysis.artifacts import Artifact, Finding, Record
from domains.analysis.statistics.correction import fair_shares
from domains.analysis.statistics.strength import hedged, strength_of

__all__ = ["JudgedArtifact", "Judgement", "corrected_together", "judged"]

_ORDER = ("not established", "suggestive", "established")
_Kind = TypeVar("_Kind", bound="JudgedArtifact")


class Judgement(Record):
    """A test behind a finding.

    `question` is what it helps to answer, `claim` the finding's claim, `otherwise` the claim where the finding does not
    stand.
    """

    question: str
    claim: str
    otherwise: str
    p: float


class JudgedArtifact(Artifact):
    """An artifact that says which tests its findings rest on."""

    judgements: tuple[Judgement, ...] = ()


def corrected_together(artifacts: Iterable[JudgedArtifact | None]) -> dict[Judgement, float]:
    """Return the q value of every test of a report; every question has the same share of the error.

    Each analyst corrects his own tests. That keeps the error of every question at 5 %, and makes it several times as
    much for the report as a whole.
    """
    questions: dict[str, list[Judgement]] = defaultdict(list)
    for artifact in artifacts:
        for one in artifact.judgements if artifact else ():
            questions[one.question].append(one)
    corrected = fair_shares([[one.p for one in tests] for tests in questions.values()])
    return {
        one: q
        for tests, values in zip(questions.values(), corrected, strict=True)
        for one, q in zip(tests, values, strict=True)
    }


def judged(artifact: _Kind, corrected: Mapping[Judgement, float]) -> _Kind:
    """Return the artifact with the findings worded as they stand among all tests of the report; none gets firmer."""
    own = {one.claim: one for one in artifact.judgements}
    findings = [
        _judged(finding, own[finding.claim], corrected[own[finding.claim]], len(corrected))
        if finding.claim in own and finding.strength != "not established"
        else finding
        for finding in artifact.findings
    ]
    return artifact.model_copy(update={"findings": tuple(findings)})


def _judged(finding: Finding, test: Judgement, q: float, tests: int) -> Finding:
    weaker = min(finding.strength, strength_of(q, n=1, floor=1), key=_ORDER.index)
    note = f"{finding.note} Corrected over the {tests} tests of this report: q = {q:.2g}.".lstrip()
    if weaker == finding.strength:
        return finding.model_copy(update={"note": note})
    claim = test.otherwise if weaker == "not established" else hedged(finding.claim, "suggestive")
    return finding.model_copy(update={"claim": claim, "strength": weaker, "note": note, "title": ""})
