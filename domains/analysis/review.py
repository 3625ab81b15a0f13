"""Quality review: a claim is kept when every citation and every number of it can be checked, else it is named."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from domains.analysis.artifacts import Answer, Artifact, Citation, Finding, Number, Recommendation, Record
from domains.analysis.directions import contradiction, direction_problem, order_problem, subject_problem
from domains.analysis.evidence import ONE_ROW_EACH, Evidence, same_words
from domains.analysis.figures_in_words import Stated, bears_out, group_of, stated_figures, strange_figure
from domains.analysis.firmness import firmness_problem, is_tested
from domains.analysis.recomputing import Measured, recount_problem
from domains.analysis.wording_checks import figure_problem, layout_problem

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = [
    "Checks",
    "Dropped",
    "EvidenceReview",
    "QualityReview",
    "ReviewedAnswer",
    "citation_problem",
    "measured_among",
]

SLACK = 1e-9
NOTHING_KEPT = (
    "No claim of this answer could be checked, so none is repeated here; what was dropped is listed with reasons."
)
HEADLINE_GONE = "The answer's headline rested on what the review dropped; what could be checked stands below."


class Dropped(Record):
    """Something that the review did not let pass, and why."""

    kind: Literal["finding", "recommendation", "headline"]
    claim: str
    reason: str


class Checks(Record):
    """How much was checked."""

    claims: int = 0
    kept: int = 0
    turns: int = 0
    rows: int = 0
    numbers: int = 0
    intervals: int = 0
    recommendations: int = 0


class ReviewedAnswer(Answer):
    """An answer of which every claim could be checked, with what was dropped and how much was checked."""

    dropped: tuple[Dropped, ...] = ()
    checks: Checks = Checks()


@runtime_checkable
class QualityReview(Protocol):
    """Decides what of an answer is delivered."""

    def review(self, answer: Answer, workspace: Workspace, measured: Sequence[Artifact] = ()) -> ReviewedAnswer:
        """Return what stands of the answer, and what does not with the reasons.

        Parameters
        ----------
        answer : Answer
            What is to be delivered.
        workspace : Workspace
            Where quotes and rows are looked up.
        measured : sequence of Artifact
            The artifacts of the steps that the answer rests on.
        """


def measured_among(inputs: Iterable[Artifact]) -> list[Artifact]:
    """Return what was measured of all that an answer rests on: answers to its parts only where there is no more."""
    given = list(inputs)
    return [item for item in given if not isinstance(item, Answer)] or given


class EvidenceReview:
    """The default review: it looks up every citation, and holds words against numbers.

    A finding is kept when all of this holds; otherwise it is dropped whole, with the first reason.

    - Each cited turn exists and holds the quote word for word (white space aside).
    - Each cited row exists; the total is not below the rows listed nor above the rows of the table. That there are no
      such rows (a total of 0) may be said only beside the turns or rows that were looked through.
    - Each number is finite; where it has an interval, the value lies in it and level and sample size are given.
    - Each number is the one that a step measured: value, interval and sample size. A share is so many of its cases, its
      interval theirs, and the difference of two shares that of their counts.
    - Each value that its words give with an interval is one of its numbers; so is, in a claim that no step makes in the
      same words, every figure, "half" and "nine out of ten" among them. Its title gives no figure that the claim does
      not, and its table shows its own numbers.
    - It is as firm as its test: what is called established has a p value of .05 or below, in words too, an interval
      that does not hold the value of no effect, and as many cases as its measure needs.
    - It speaks of the groups of its numbers, and in their direction.
    - No earlier finding gives one of its numbers otherwise, says the opposite, or calls it chance.
    - There is a citation. Only one kind of claim may do without: a descriptive one, without numbers, whose sentence
      also stands in the answer's ``limits``, that is, a claim that something is not recorded.

    A recommendation is kept for those of its findings that are kept; without any it is dropped. The headline is
    replaced when it repeats a dropped claim or gives a figure that no kept claim does, and when no claim is left.
    """

    def review(self, answer: Answer, workspace: Workspace, measured: Sequence[Artifact] = ()) -> ReviewedAnswer:
        """Return what stands of the answer, and what does not with the reasons."""
        evidence, known = Evidence(workspace), Measured(measured)
        counts: Counter[str] = Counter()
        limits = {same_words(sentence) for sentence in answer.limits}
        new_place: dict[int, int] = {}
        kept: list[Finding] = []
        dropped: list[Dropped] = []
        for place, finding in enumerate(answer.findings):
            # Only what stands can speak against another claim.
            problem = _problem(finding, evidence, limits, counts) or _figures_problem(finding, known)
            problem = problem or contradiction(finding, kept)
            if problem is None:
                new_place[place] = len(kept)
                kept.append(finding)
            else:
                dropped.append(Dropped(kind="finding", claim=finding.claim, reason=problem))
        headline, gone = _headline(answer, kept, dropped)
        recommendations, unsupported = _recommendations(answer, new_place)
        return ReviewedAnswer(
            headline=headline,
            findings=tuple(kept),
            recommendations=recommendations,
            exclusions=answer.exclusions,
            limits=answer.limits,
            dropped=(*gone, *dropped, *unsupported),
            checks=Checks(
                claims=len(answer.findings),
                kept=len(kept),
                recommendations=len(answer.recommendations),
                **{name: counts[name] for name in ("turns", "rows", "numbers", "intervals")},
            ),
        )


def _problem(finding: Finding, evidence: Evidence, limits: set[str], counts: Counter[str]) -> str | None:
    """Return the first reason not to keep a finding, or None."""
    if not finding.claim.strip():
        return "it says nothing"
    if not finding.citations:
        says_absence = finding.strength == "descriptive" and not finding.numbers
        if not (says_absence and same_words(finding.claim) in limits):
            return "it cites nothing, and is not one of the stated limits of the data"
    beside = any(citation.kind == "turn" or citation.rows for citation in finding.citations)
    for citation in finding.citations:
        if citation.kind == "turn":
            problem = _turn_problem(citation, evidence, counts)
        else:
            problem = _rows_problem(citation, evidence, counts, may_be_none=beside)
        if problem:
            return problem
    for number in finding.numbers:
        problem = _number_problem(number, counts)
        if problem:
            return problem
    return None


def _figures_problem(finding: Finding, measured: Measured) -> str | None:
    """Return the first reason why a finding says something else than what was measured, or None."""
    problem = figure_problem(finding) or recount_problem(finding.numbers)
    if problem is None and measured:
        problem = next((said for number in finding.numbers if (said := measured.problem(number))), None)
        problem = problem or _unsupported(finding, measured)
    return problem or firmness_problem(finding) or direction_problem(finding) or layout_problem(finding)


def _unsupported(finding: Finding, measured: Measured) -> str | None:
    """Return what a claim says without a step's word for it; what a step says in the same words was checked there."""
    if finding.strength in ("established", "suggestive") and not is_tested(finding):
        return f"it is called {finding.strength}, and gives no test of it"
    if measured.says(finding.claim):
        return None
    borne = measured.bears(finding, [citation.quote or "" for citation in finding.citations])
    if borne is None:
        return f"its words say {strange_figure(finding)!r}, which none of its numbers does"
    return subject_problem(borne, measured) or order_problem(borne)


def citation_problem(citation: Citation, evidence: Evidence) -> str | None:
    """Return why a citation by itself does not hold, or None: no such turn, words that were not said, no such row."""
    if citation.kind == "turn":
        return _turn_problem(citation, evidence, Counter())
    return _rows_problem(citation, evidence, Counter(), may_be_none=False)


def _turn_problem(citation: Citation, evidence: Evidence, counts: Counter[str]) -> str | None:
    counts["turns"] += 1
    if evidence.call(citation.source) is None:
        return f"there is no call {citation.source!r}"
    if citation.turn is None:
        return f"it cites call {citation.source!r} without saying which turn"
    turn = evidence.turn(citation.source, citation.turn)
    if turn is None:
        return f"call {citation.source!r} has no turn {citation.turn}"
    quote = same_words(citation.quote or "")
    if not any(char.isalnum() for char in quote):
        return f"it cites turn {citation.turn} of call {citation.source!r} without its words"
    if quote not in same_words(turn.text):
        return f"turn {citation.turn} of call {citation.source!r} does not say {_short(quote)!r}"
    return None


def _rows_problem(citation: Citation, evidence: Evidence, counts: Counter[str], *, may_be_none: bool) -> str | None:
    table = citation.source
    if not evidence.is_table(table):
        return f"there is no table {table!r}"
    if not citation.rows:
        if citation.total == 0 and may_be_none:
            return None
        return f"it cites no row of the table {table}"
    for key in citation.rows:
        counts["rows"] += 1
        if not evidence.has_row(table, key):
            return f"the table {table} has no row {key!r}"
    if table in ONE_ROW_EACH and len(set(citation.rows)) < len(citation.rows):
        return f"it counts a row of the table {table} twice"
    if citation.total is None or citation.total < len(citation.rows):
        return f"it lists {len(citation.rows)} rows of the table {table} and says that there are {citation.total}"
    if citation.total > evidence.size(table):
        return f"it rests on {citation.total:,} rows of the table {table}, which has {evidence.size(table):,}"
    return None


def _number_problem(number: Number, counts: Counter[str]) -> str | None:
    counts["numbers"] += 1
    if not all(math.isfinite(part) for part in (number.value, number.low, number.high) if part is not None):
        return f"the number {number.name!r} is not finite"
    if number.low is None and number.high is None:
        return None
    counts["intervals"] += 1
    if number.level is None or not 0 < number.level < 1:
        return f"the interval of {number.name!r} does not say its level"
    if number.n is None or number.n < 0:
        return f"the interval of {number.name!r} does not say its sample size"
    ends = [part for part in (number.low, number.value, number.high) if part is not None]
    slack = SLACK * max(1.0, *map(abs, ends))  # an interval may end at the value itself
    if any(later < earlier - slack for earlier, later in pairwise(ends)):
        return f"the number {number.name!r} lies outside its own interval"
    return None


def _headline(answer: Answer, kept: list[Finding], dropped: list[Dropped]) -> tuple[str, list[Dropped]]:
    """Return the headline that may stand, and the one that may not."""
    said = same_words(answer.headline)
    if dropped and not kept:
        return NOTHING_KEPT, [Dropped(kind="headline", claim=answer.headline, reason="no claim under it is kept")]
    repeated = [item.claim for item in dropped if item.claim.strip() and same_words(item.claim) in said]
    if repeated:
        reason = f"it repeats a dropped claim: {_short(same_words(repeated[0]))}"
        return HEADLINE_GONE, [Dropped(kind="headline", claim=answer.headline, reason=reason)]
    figure = _loose_figure(answer.headline, kept, answer.limits)
    if figure is not None:
        reason = f"it says {figure!r}, which no claim that is kept does"
        return HEADLINE_GONE, [Dropped(kind="headline", claim=answer.headline, reason=reason)]
    return answer.headline, []


def _loose_figure(text: str, findings: Iterable[Finding], limits: Iterable[str]) -> str | None:
    """Return the first figure in a text that neither a finding nor a limit gives, or None."""
    given = tuple(findings)
    numbers = [number for finding in given for number in finding.numbers]
    names = [part for number in numbers for part in (number.name, group_of(number.name)[1])]
    told = " ".join([*limits, *(part for finding in given for part in (finding.claim, finding.note))])
    known = {_unsigned(item) for item in stated_figures(told, names)} | {
        _unsigned(item) for item in stated_figures(told)
    }
    # how many there are of a kind among the claims: "4 topics are described"
    counts = {str(count) for count in range(2, len(given) + 1)}
    for item in stated_figures(text, names):
        by_count = item.kind == "figure" and item.text in counts
        if not by_count and _unsigned(item) not in known and not bears_out(item, numbers):
            return item.text
    return None


def _unsigned(item: Stated) -> str:
    return item.text.lstrip("+-").lower()


def _recommendations(
    answer: Answer, new_place: dict[int, int]
) -> tuple[tuple[Recommendation, ...], tuple[Dropped, ...]]:
    """Return the recommendations with the new places of their findings, and those without any."""
    kept, dropped = [], []
    for item in answer.recommendations:
        because = tuple(dict.fromkeys(new_place[place] for place in item.because if place in new_place))
        if because:
            kept.append(Recommendation(action=item.action, because=because))
        else:
            reason = "no finding that it rests on is kept" if item.because else "it rests on no finding"
            dropped.append(Dropped(kind="recommendation", claim=item.action, reason=reason))
    return tuple(kept), tuple(dropped)


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
