"""Synthesis of a custom question: the answers of its parts joined, or its measures and quotes put into an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domains.analysis.analysts.answer_draft import AnswerDraft
from domains.analysis.analysts.measure_artifacts import MetricTable, TopicEvidence
from domains.analysis.analysts.proposed_method import ProposalVerdict
from domains.analysis.analysts.unread import unread
from domains.analysis.artifacts import Answer
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe, value

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["synthesise_custom"]

_SENTENCE_END = re.compile(r"(?<=[a-z\d)\]%]\.) (?=[A-Z])")
ASKED = ("metric", "group_by")
# What the words of a measure say already.
IN_WORDS = (*ASKED, "outcome", "statistic", "counted")
SHORT = 280


@capability("synthesise_custom", specialist="estate strategist", output=Answer)
def synthesise_custom(workspace: Workspace, scope: Scope, inputs: Inputs) -> Answer:
    """Join the answers to the parts of a question; where it has none, answer with its measures or quotes."""
    draft = AnswerDraft()
    answers = inputs.all(Answer)
    headlines = []
    for answer in answers:
        where = draft.add(answer)
        for item in answer.recommendations:
            draft.recommend(item.action, [where[position] for position in item.because])
        headlines.append(answer.headline)
    for table in inputs.all(MetricTable):
        draft.add(table)
        headlines.append(_of_table(table, scope))
    for evidence in inputs.all(TopicEvidence):
        draft.add(evidence)
        headlines.append(evidence.findings[0].claim if evidence.findings else f"Nothing was found on {evidence.topic}.")
    draft.add(inputs.first(ProposalVerdict))
    recorded = unread(workspace, tuple(pair for pair in scope if pair[0] not in ASKED))
    if not headlines and recorded:
        draft.limit(
            f"{recorded} are recorded in this scope; what was asked of them could not be worked out in this run."
        )
        headlines.append(f"What was asked of {describe(scope)} could not be worked out in this run.")
    if not headlines:
        draft.limit("Neither calls nor deals are recorded in this scope.")
        headlines.append(f"Nothing is recorded for {describe(scope)}, so the question cannot be answered.")
    if len(headlines) == 1:
        return draft.answer(headlines[0])
    # Of several answers those that are short, and of others the first sentence: the rest stands in the findings.
    short = [text if len(text) <= SHORT else _SENTENCE_END.split(text, maxsplit=1)[0] for text in headlines]
    return draft.answer(" ".join(f"({number}) {text}" for number, text in enumerate(short, 1)))


def _of_table(table: MetricTable, scope: Scope) -> str:
    if not table.findings:
        return table.limits[0] if table.limits else f"Nothing can be measured for {describe(scope)}."
    about = tuple(pair for pair in scope if pair[0] not in IN_WORDS)
    grouped = [finding for finding in table.findings if " by " in finding.claim]
    # The verdict on the groups answers the question better than the list of them.
    verdicts = [finding for finding in grouped if "groups compared" in finding.claim]
    chosen = [table.findings[0], *(verdicts[:1] or grouped[:1])] if value(scope, "metric") else list(table.findings[:4])
    aside = [text for text in table.limits if text.startswith("This is not narrowed to ")]
    words = " ".join([*(finding.claim for finding in chosen), *aside])
    if not about:
        return words
    return f"{describe(about)[:1].upper()}{describe(about)[1:]}: {words}"
