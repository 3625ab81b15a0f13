"""What a proposal can be made of: whole analyses, measures and searches; nothing that decides about people or data."""

from __future__ import annotations

from dataclasses import dataclass

from domains.analysis.scope import Scope
from htn.model import Domain

__all__ = ["PROPOSE", "Word", "about", "can_be_proposed", "vocabulary"]

PROPOSE = "propose_method"
"""The operator, and the capability, that asks for a method."""

_PRIMITIVES = {"measure": "measures", "search_topic": "topic_evidence"}
_PREFIX = "analyse_"
_NOT = frozenset({"analyse_custom"})
"""A proposal that names the task it is for would be taken apart for ever."""


@dataclass(frozen=True, slots=True)
class Word:
    """A task that can be proposed: when it applies, in the words of its methods, and what it gives."""

    task: str
    about: tuple[str, ...]
    gives: tuple[str, ...]


def about(scope: Scope) -> tuple[str, Scope]:
    """Return the key under which the state holds what was proposed for a question; an empty one would mean no key."""
    return ("method", scope)


def can_be_proposed(task: str) -> bool:
    """Return whether a proposal may name a task, as far as its name goes.

    Examples
    --------
    >>> can_be_proposed("analyse_pipeline"), can_be_proposed("review_answer"), can_be_proposed("analyse_custom")
    (True, False, False)
    """
    return task in _PRIMITIVES or (task.startswith(_PREFIX) and task not in _NOT)


def vocabulary(domain: Domain) -> dict[str, Word]:
    """Return the tasks that can be proposed, by name: the analyses, those of additions too, and two single steps.

    Examples
    --------
    >>> from domains.analysis.domain import analysis_domain
    >>> list(vocabulary(analysis_domain()))[-2:]
    ['measure', 'search_topic']
    """
    words = {
        task: Word(task, tuple(method.applies for method in methods), (f"{task.removeprefix(_PREFIX)}_answer",))
        for task, methods in sorted(domain.methods.items())
        if can_be_proposed(task)
    }
    for name, gives in _PRIMITIVES.items():
        if name in domain.operators:
            function = domain.operators[name].function
            words[name] = Word(name, ((function.__doc__ or name).strip().splitlines()[0],), (gives,))
    return words
