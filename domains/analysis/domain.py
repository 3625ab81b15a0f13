"""The whole domain: the seven analysis types, the review of their answers, and what users add."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from importlib.metadata import entry_points
from pathlib import Path

from domains.analysis.methods.known import produce, read_basis
from domains.analysis.scope import Scope, describe
from htn.model import Domain, State, refuse
from htn.model.errors import DomainError, InputError
from htn.model.lint import lint
from htn.problem import load_domain

__all__ = ["ANALYSES", "ENTRY_POINTS", "analysis_domain", "in_words"]

ANALYSES = ("prospect", "pattern", "competitive", "pipeline", "performance", "enablement", "custom")

ENTRY_POINTS = "htn.analysis"
"""Entry-point group through which an installed package adds methods and operators: an object of type Domain."""


def _top() -> Domain:
    top = Domain("analysis", words=in_words)

    @top.operator(
        capability="review_answer",
        criteria=("review_keeps_a_finding_or_says_why", "review_keeps_something"),
        describe="Review the {0} answer: {1}",
    )
    def review_answer(state: State, analysis: str, scope: Scope) -> object:
        """Check that every claim of the answer rests on evidence that exists."""
        read_basis(state, f"{analysis}_answer", scope)
        return produce(state, "reviewed_answer", scope, (f"{analysis}_answer",))

    @top.method("answer_question", version="1")
    def analyse_and_review(state: State, analysis: str, scope: Scope) -> object:
        """Applies always: the question's analysis, then the review of its answer."""
        if analysis not in ANALYSES:
            return refuse(f"there is no analysis {analysis!r}")
        return [(f"analyse_{analysis}", scope), ("review_answer", analysis, scope)]

    return top


def in_words(argument: object) -> str:
    """Return an argument as people write it: a scope in words, anything else as it is.

    Examples
    --------
    >>> in_words((("rep", "Ann"),)), in_words("pipeline")
    ('rep Ann', 'pipeline')
    >>> in_words((("pipeline_answer", ()), ("measures", (("metric", "win_rate"),))))
    'pipeline answer of all data; measures of all data, win rate'
    """
    if not isinstance(argument, tuple):
        return str(argument)
    pairs = all(isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str) for item in argument)
    if pairs and any(isinstance(item[1], tuple) for item in argument):
        return "; ".join(f"{name.replace('_', ' ')} of {in_words(about)}" for name, about in argument)
    if pairs:
        return describe(argument)
    return ", ".join(map(in_words, argument))


def analysis_domain(files: Iterable[Path | str] = ()) -> Domain:
    """Return the domain, with what entry points and the given files add.

    Parameters
    ----------
    files : iterable of paths
        Python files that each define ``domain``, a `Domain` with further operators and methods.

    Raises
    ------
    InputError
        When a file cannot be used.
    DomainError
        When what is added does not fit: the first mistake that lint finds, in a sentence.

    Examples
    --------
    >>> sorted(analysis_domain().methods)[:2]
    ['analyse_competitive', 'analyse_custom']
    """
    domain = _top()
    for name in ("shared", *ANALYSES, "proposed"):
        domain.include(importlib.import_module(f"domains.analysis.methods.{name}").domain)
    added = [(point.name, point.load()) for point in entry_points(group=ENTRY_POINTS)]
    added += [(str(file), load_domain(str(file))) for file in files]
    for source, more in added:
        if not isinstance(more, Domain):
            raise InputError(f"{source} offers a {type(more).__name__} where a Domain is needed")
        try:
            domain.include(more)
        except DomainError as error:
            raise DomainError(f"{source}: {error}") from None
    if added:
        mistakes = [finding for finding in lint(domain) if finding.level == "error"]
        if mistakes:
            raise DomainError(f"{added[-1][0]}: {mistakes[0].message}")
    return domain
