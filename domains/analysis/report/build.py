"""Builds a report from plain data: the answer first, then all that it rests on and all that it leaves out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domains.analysis.artifacts import Answer, Artifact, Finding
from domains.analysis.evidence import same_words
from domains.analysis.report import appendix
from domains.analysis.report.consequences import consequence_of, weakened
from domains.analysis.report.content import STRENGTHS, FindingPart, Notice, Reason, RecommendationPart, Report, StepRow
from domains.analysis.report.figures import moment
from domains.analysis.report.headings import heading
from domains.analysis.report.numbers import number_rows
from domains.analysis.report.references import ReferenceList
from domains.analysis.report.tables import table_part
from domains.analysis.review import Checks, EvidenceReview, ReviewedAnswer
from domains.analysis.scope import describe

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["build_report"]

Document = Mapping[str, Any]
Artifacts = Mapping[str, tuple[str, Document]]

NO_ANSWER = "The run has no answer yet. What its finished steps found stands below, each claim checked by itself."
NOTHING_YET = "The run has no answer, and none of its finished steps has found anything yet."
_MOST_UNFOLDED = 8
_SOFTEST = "This answer was not reviewed, because the workspace could not be opened: its citations may lead nowhere."


def build_report(
    question: str,
    assessment: Document,
    plan: Document,
    answer: Document | None,
    artifacts: Artifacts,
    status: Document,
    estimate: Document,
    workspace: Workspace | None,
    *,
    agents: Document | None = None,
    durations: Document | None = None,
) -> Report:
    """Return the report on a run.

    Parameters
    ----------
    question : str
        As it was asked.
    assessment : Mapping
        How it was understood: ``analysis``, ``scope``, ``complexity``, ``notes``, where known.
    plan : Mapping
        The plan's JSON (``htn-plan/1``).
    answer : Mapping or None
        The reviewed answer's document; None when the run has none. Then what its steps found is shown instead, after
        the same review.
    artifacts : Mapping
        Type name and document of what steps produced, by step id.
    status : Mapping
        The run's status as JSON data, with ``usage`` and ``verdicts`` by step id; empty for a plan that was not run.
    estimate : Mapping
        Totals by resource, as an analysis plan holds them.
    workspace : Workspace or None
        Where citations are looked up.
    agents, durations : Mapping, optional
        Specialist by capability, and expected seconds by step id.

    Returns
    -------
    Report
        Plain data that writes itself as Markdown or HTML.
    """
    run = status.get("run", {})
    reviewed, is_reviewed = _reviewed(answer, plan, artifacts, workspace)
    steps = appendix.step_rows(plan, agents or {}, durations or {}, status)
    references = ReferenceList(workspace)
    origins = _origins(plan, artifacts)
    reviewed = _as_firm_as_may_be(reviewed, plan, origins, status)
    drawn = _drawn_from(reviewed.headline, reviewed.findings)
    leading = {*drawn, *(place + 1 for item in reviewed.recommendations for place in item.because)}
    findings = _findings(reviewed.findings, references, origins, leading)
    missing = _missing(run, steps)
    notices = _notices(reviewed, answer is not None, is_reviewed, status, missing, workspace)
    return Report(
        question=question,
        understood=_understood(assessment),
        run=str(run.get("run_id", "")),
        status=_status(run),
        notices=notices,
        headline=reviewed.headline,
        standing=_standing(reviewed.findings),
        drawn_from=drawn,
        findings=findings,
        recommendations=tuple(
            RecommendationPart(item.action, tuple(place + 1 for place in item.because))
            for item in reviewed.recommendations
        ),
        references=references.references(),
        missing=missing,
        limits=(*map(str, assessment.get("notes", ())), *reviewed.limits),
        excluded=tuple(Reason(item.what, item.reason, item.count) for item in reviewed.exclusions),
        dropped=tuple(Reason(item.claim, item.reason, kind=item.kind) for item in reviewed.dropped),
        checked=_checked(reviewed.checks) if is_reviewed else "",
        tree=appendix.tree_lines(plan),
        steps=steps,
        cost=appendix.cost_rows(estimate, status),
        data=appendix.data_rows({} if workspace is None else workspace.summary()),
        commands=appendix.commands(str(run.get("run_id", "")), steps),
    )


def _reviewed(
    answer: Document | None, plan: Document, artifacts: Artifacts, workspace: Workspace | None
) -> tuple[ReviewedAnswer, bool]:
    """Return the reviewed answer and whether it is one; without it, a review of what there is."""
    if answer is not None and "checks" in answer:
        return ReviewedAnswer.model_validate(answer), True
    found = Answer.model_validate(answer) if answer is not None else _partial(plan, artifacts)
    if workspace is not None:
        return EvidenceReview().review(found, workspace), True
    return ReviewedAnswer(**{name: getattr(found, name) for name in Answer.model_fields}), False


def _partial(plan: Document, artifacts: Artifacts) -> Answer:
    """Return what there is of an answer: one that was not reviewed yet, else the findings of the steps."""
    order = [step["id"] for step in plan.get("steps", ()) if step["id"] in artifacts]
    parts = []
    for step in order:
        known = {name: value for name, value in artifacts[step][1].items() if name in Answer.model_fields}
        if "headline" in known:
            return Answer.model_validate(known)
        parts.append(Artifact.model_validate(known))
    findings = tuple(dict.fromkeys(finding for part in parts for finding in part.findings))
    return Answer(
        headline=NO_ANSWER if findings else NOTHING_YET,
        findings=findings,
        exclusions=tuple(dict.fromkeys(item for part in parts for item in part.exclusions)),
        limits=tuple(dict.fromkeys(item for part in parts for item in part.limits)),
    )


def _origins(plan: Document, artifacts: Artifacts) -> dict[str, int]:
    """Return, by claim, the number of the step that found it; the answer only repeats what steps found."""
    found: dict[str, int] = {}
    for place, step in enumerate(plan.get("steps", ()), 1):
        if step["id"] in artifacts:
            for finding in artifacts[step["id"]][1].get("findings", ()):
                found.setdefault(finding["claim"], place)
    return found


def _as_firm_as_may_be(
    reviewed: ReviewedAnswer, plan: Document, origins: Mapping[str, int], status: Document
) -> ReviewedAnswer:
    """Return the answer with findings stated less firmly where something is missing that they rest on."""
    result = status.get("run", {}).get("result") or {}
    missing = tuple(
        dict.fromkeys(str(item.get("task", "")) for item in (*result.get("missing", ()), *result.get("left_out", ())))
    )
    tasks = [step["task"] for step in plan.get("steps", ())]
    ids = [step["id"] for step in plan.get("steps", ())]
    findings = []
    for finding in reviewed.findings:
        place = origins.get(finding.claim)
        if place is not None:
            verdicts = status.get("verdicts", {}).get(ids[place - 1], ())
            unmet = [item.get("description") or item["name"] for item in verdicts if not item["met"]]
            finding = weakened(finding, tasks[place - 1], missing, unmet)
        findings.append(finding)
    return reviewed.model_copy(update={"findings": tuple(findings)})


def _findings(
    findings: Sequence[Finding], references: ReferenceList, origins: Mapping[str, int], leading: Collection[int]
) -> tuple[FindingPart, ...]:
    described = [
        place
        for place, finding in enumerate(findings, 1)
        if finding.strength == "descriptive" and place not in leading and finding.table is None
    ]
    return tuple(
        FindingPart(
            number=place,
            heading=heading(finding),
            claim=finding.claim,
            strength=finding.strength,
            note=finding.note,
            references=references.cite(finding.citations, place),
            numbers=number_rows(finding.numbers),
            table=table_part(finding.table, finding.numbers) if finding.table else None,
            step=origins.get(finding.claim),
            apart=len(findings) > _MOST_UNFOLDED and place in described,
        )
        for place, finding in enumerate(findings, 1)
    )


_ASKED = {"metric": "measure", "group_by": "by"}


def _understood(assessment: Document) -> str:
    if not assessment.get("analysis"):
        return ""
    scope = tuple((str(key), str(value)) for key, value in assessment.get("scope", ()))
    about = describe(tuple(pair for pair in scope if pair[0] not in _ASKED))
    asked = [f"{_ASKED[key]} {value.replace('_', ' ')}" for key, value in scope if key in _ASKED]
    kind = assessment.get("complexity")
    parts = ", ".join([f"{assessment['analysis']} analysis of {about}", *asked])
    return f"{parts} ({kind} question)" if kind else parts


def _status(run: Document) -> str:
    if not run:
        return "planned, not run"
    if run.get("created") is None:
        return str(run.get("status", "unknown"))
    started = f"started {moment(run['created'])}"
    if run.get("finished") is None:
        return f"{run.get('status', 'unknown')}, {started}"
    return f"{run.get('status', 'unknown')}, {started}, ended {moment(run['finished'])}"


def _standing(findings: Sequence[Finding]) -> str:
    """Return how many claims stand how firmly, in words."""
    if not findings:
        return "The answer rests on no claim that could be checked."
    held: Counter[str] = Counter(finding.strength for finding in findings)
    parts = [f"{held[name]} {'is' if held[name] == 1 else 'are'} {name}" for name in STRENGTHS if held[name]]
    claims = "one claim" if len(findings) == 1 else f"{len(findings)} claims"
    if len(held) == 1:
        return f"The answer rests on {claims}, {'which is' if len(findings) == 1 else 'all'} {findings[0].strength}."
    return f"The answer rests on {claims}: {', '.join(parts)}."


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _drawn_from(headline: str, findings: Sequence[Finding]) -> tuple[int, ...]:
    """Return the findings, by number, of which the headline repeats the claim or at least two telling figures."""
    said, figures = same_words(headline), _figures(headline)
    return tuple(
        place
        for place, finding in enumerate(findings, 1)
        if same_words(finding.claim) in said or len(figures & _figures(finding.claim)) >= 2
    )


def _figures(text: str) -> set[str]:
    """Return the figures in a text that are unlikely to occur twice by chance: with decimals, or of three digits."""
    return {item for item in _FIGURE.findall(_DATE.sub(" ", text)) if "." in item or len(item) >= 3}


def _missing(run: Document, steps: Sequence[StepRow]) -> tuple[Reason, ...]:
    """Return what could not be done: as the run's end says, or as its steps stand."""
    result = run.get("result") or {}
    ended = [*result.get("missing", ()), *result.get("left_out", ()), *result.get("in_part", ())]
    if ended:
        return tuple(
            Reason(
                item.get("description") or item.get("task", ""),
                item.get("why", ""),
                kind=item.get("failure") or "",
                means=consequence_of(item),
            )
            for item in ended
        )
    lost = [step for step in steps if step.status in ("failed", "skipped")]
    return tuple(Reason(step.description, step.message or f"it {step.status}") for step in lost)


def _notices(
    reviewed: ReviewedAnswer,
    has_answer: bool,
    is_reviewed: bool,
    status: Document,
    missing: Sequence[Reason],
    workspace: Workspace | None,
) -> tuple[Notice, ...]:
    found = []
    synthetic = None if workspace is None else appendix.synthetic_words(workspace)
    if synthetic:
        found.append(Notice("synthetic", "Synthetic data", synthetic))
    run = status.get("run", {})
    if run.get("status") != "completed":
        sentence = str(status.get("sentence") or "The plan has not been carried out.")
        found.append(Notice("incomplete", "This run is not complete", sentence))
    elif missing:
        part = len((run.get("result") or {}).get("in_part", ()))
        told = [f"{_steps(len(missing) - part)} could not be done; what follows is without them."] * (
            len(missing) > part
        )
        told += [f"{_steps(part)} did not give all that was wished for; see What is missing."] * (part > 0)
        found.append(Notice("incomplete", "Parts are missing", " ".join(told)))
    if has_answer and not is_reviewed:
        found.append(Notice("review", "Not reviewed", _SOFTEST))
    lost = sum(item.kind == "finding" for item in reviewed.dropped)
    if lost:
        claims = "1 claim" if lost == 1 else f"{lost} claims"
        text = f"{claims} of {reviewed.checks.claims} did not hold up when checked against the records; see Review."
        if not any(item.kind == "headline" for item in reviewed.dropped):
            text += " The headline was written before that."
        found.append(Notice("review", "The review dropped claims", text))
    return tuple(found)


def _steps(number: int) -> str:
    return "1 step" if number == 1 else f"{number} steps"


def _checked(checks: Checks) -> str:
    return (
        f"{checks.kept} of {checks.claims} claims were kept. Looked up were {checks.turns:,} quotes and "
        f"{checks.rows:,} rows; checked were {checks.numbers:,} numbers, {checks.intervals:,} of them with an interval."
    )
