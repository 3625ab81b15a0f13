"""A question assessed: may it be answered, which analysis does it need, over which scope, and how is that known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from domains.analysis.question.gatekeeper import DefaultGatekeeper, Gatekeeper, Verdict, judge, judge_length
from domains.analysis.question.interpretation import Interpretation, interpret
from domains.analysis.question.known import Known
from domains.analysis.question.reading import Reading, read
from domains.analysis.question.scoping import Part, merged, one_by_one, periods_in
from domains.analysis.scope import EMPTY, Scope

__all__ = ["Assessment", "Evidence", "assess"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was concluded (a type, a measure, a name), to which value, and the words that it rests on."""

    what: str
    value: str
    words: str


@dataclass(frozen=True)
class Assessment:
    """All that is concluded from a question.

    Attributes
    ----------
    question : str
        As it was asked.
    verdict : str
        accept, ask_back or refuse.
    reason : str
        Code: answerable, or why not.
    sentence : str
        The reason in one sentence for the asker; with accepted questions, also what is left out of the answer.
    ask : str or None
        The question to put back.
    suggestions : tuple of str
        Known names that may have been meant.
    analysis : str or None
        The type of analysis; None unless accepted.
    scope : Scope
        Everything that the question names. A key occurs twice where two values are compared: see `scopes`.
    excludes : Scope
        What the question leaves out ("without renewals").
    parts : tuple
        One (type, scope) per part; a single one for most questions.
    complexity : str or None
        simple, multi-part or exploratory.
    options : tuple of pairs
        ("depth", "quick" or "thorough") where the wording asks for it.
    evidence : tuple of Evidence
        The words on which each conclusion rests.
    confidence : float
        How clear-cut the choice of the type was, from 0 to 1; not a probability.
    notes : tuple of str
        A sentence for each part of the question that cannot be answered.
    """

    question: str
    verdict: str
    reason: str
    sentence: str
    ask: str | None = None
    suggestions: tuple[str, ...] = ()
    analysis: str | None = None
    scope: Scope = EMPTY
    excludes: Scope = EMPTY
    parts: tuple[tuple[str, Scope], ...] = ()
    complexity: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = field(default=())
    confidence: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The scope with one value per key: as many scopes as things are compared."""
        return one_by_one(self.scope)

    def to_dict(self) -> dict[str, Any]:
        """Return the assessment as plain data, for JSON.

        Examples
        --------
        >>> assess("Win rate by region", Known()).to_dict()["parts"]
        [{'analysis': 'custom', 'scope': [['group_by', 'region'], ['metric', 'win_rate']]}]
        """
        return {
            "question": self.question,
            "verdict": self.verdict,
            "reason": self.reason,
            "sentence": self.sentence,
            "ask": self.ask,
            "suggestions": list(self.suggestions),
            "analysis": self.analysis,
            "scope": [list(pair) for pair in self.scope],
            "excludes": [list(pair) for pair in self.excludes],
            "parts": [{"analysis": name, "scope": [list(pair) for pair in scope]} for name, scope in self.parts],
            "complexity": self.complexity,
            "options": [list(pair) for pair in self.options],
            "evidence": [{"what": item.what, "value": item.value, "words": item.words} for item in self.evidence],
            "confidence": self.confidence,
            "notes": list(self.notes),
        }


def assess(question: str, known: Known, gatekeeper: Gatekeeper | None = None) -> Assessment:
    """Return what a question asks for, and whether it may be answered.

    Nothing in a question is carried out: it is compared with rules, and names and dates are looked up in it.

    Parameters
    ----------
    question : str
        In plain words, in English.
    known : Known
        Names and data of the workspace.
    gatekeeper : Gatekeeper, optional
        Decides instead of the default one; types and scopes are found in the same way.

    Returns
    -------
    Assessment
        With a verdict and one sentence, whatever was asked.

    Examples
    --------
    >>> from datetime import date
    >>> known = Known(entities={"region": ["West", "East"]}, as_of=date(2025, 6, 30))
    >>> found = assess("win rate in the west last quarter", known)
    >>> found.analysis, found.scope
    ('custom', (('metric', 'win_rate'), ('period', '2025-01-01/2025-03-31'), ('region', 'West')))
    """
    early = judge_length(question)
    if early is not None:
        return _stopped(question, early)
    reading = read(question, known)
    found = interpret(reading, known)
    if gatekeeper is None or isinstance(gatekeeper, DefaultGatekeeper):
        verdict, parts, notes = judge(reading, found, known)
    else:
        verdict, parts, notes = gatekeeper.judge(question, known), found.parts, ()
    if verdict.decision != "accept" or not parts:
        return _stopped(question, verdict)
    return _accepted(question, verdict, reading, found, parts, notes, known)


def _stopped(question: str, verdict: Verdict) -> Assessment:
    return Assessment(question, verdict.decision, verdict.reason, verdict.sentence, verdict.ask, verdict.suggestions)


def _accepted(
    question: str,
    verdict: Verdict,
    reading: Reading,
    found: Interpretation,
    parts: tuple[Part, ...],
    notes: tuple[str, ...],
    known: Known,
) -> Assessment:
    types = {part.analysis for part in parts}
    complexity = found.complexity if len(parts) == len(found.parts) or len(parts) > 1 else "simple"
    return Assessment(
        question,
        verdict.decision,
        verdict.reason,
        verdict.sentence,
        analysis=types.pop() if len(types) == 1 else "custom",
        scope=merged(part.scope for part in parts),
        excludes=merged(part.excludes for part in parts),
        parts=tuple((part.analysis, part.scope) for part in parts),
        complexity=complexity,
        options=(("depth", found.depth),) if found.depth else (),
        evidence=tuple(item for part in parts for item in _evidence(part, reading, known)),
        confidence=round(min(part.confidence for part in parts), 2),
        notes=notes,
    )


def _evidence(part: Part, reading: Reading, known: Known) -> list[Evidence]:
    clause = part.clause
    held = dict.fromkeys(part.scope)
    found = [
        Evidence("analysis", part.analysis, reading.unmarked(part.words)),
        Evidence("rule", part.analysis, part.rule),
    ]
    found += [Evidence(item.kind, item.name or "", item.written) for item in (*clause.mentions, *clause.inherited)]
    found += [
        Evidence("metric", item.name, reading.unmarked(item.words))
        for item in clause.metrics
        if ("metric", item.name) in held
    ]
    found += [
        Evidence("group_by", item.name, reading.unmarked(item.words))
        for item in clause.groups
        if ("group_by", item.name) in held
    ]
    found += [Evidence(kind, item.name, item.words) for kind, item in clause.subjects]
    found += [
        Evidence("period", str(span), item.words) for item in periods_in(clause.text, known) for span in item.spans
    ]
    return found
