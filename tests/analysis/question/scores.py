"""How often assessments of the labelled questions agree with their labels."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from domains.analysis.question.assessment import Assessment, assess
from domains.analysis.question.known import Known
from domains.analysis.scope import KEYS, MODIFIERS
from tests.analysis.questions.load import Question, World, worlds

__all__ = ["Scores", "known_of", "measure"]

# The keys of the labelling guide; how a measure is taken (outcome, statistic, ...) and whose team is not labelled.
LABELLED = frozenset(KEYS) - MODIFIERS - {"manager", "country"}


@cache
def known_of(name: str) -> Known:
    """Return what is known in a world of the labelled questions."""
    return _known(worlds()[name])


def _known(world: World) -> Known:
    entities = dict(world.entities)
    entities["manager"] = entities.pop("managers", ())
    return Known(entities, dict(world.has), as_of=world.as_of, first_day=world.first_day)


@dataclass
class Scores:
    """Shares of questions on which labels and assessments agree.

    `verdict` and `reason` are over all questions; `analysis`, `parameters`, `excludes`, `complexity` and `parts` over
    those that are to be accepted, where a question that was not accepted counts as wrong.
    """

    questions: int = 0
    accepted: int = 0
    right: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)

    def share(self, what: str) -> float:
        """Return the share that is right, from 0 to 1."""
        return self.right[what] / (self.questions if what in ("verdict", "reason") else self.accepted)


def measure(questions: Iterable[Question]) -> Scores:
    """Return the scores over some labelled questions."""
    scores = Scores()
    for question in questions:
        found = assess(question.question, known_of(question.world))
        scores.questions += 1
        scores.right["verdict"] += found.verdict == question.verdict
        scores.right["reason"] += found.verdict == question.verdict and (
            question.reason is None or found.reason == question.reason
        )
        if question.verdict == "accept":
            _add_accepted(scores, question, found)
    return scores


def _add_accepted(scores: Scores, question: Question, found: Assessment) -> None:
    scores.accepted += 1
    analysis = found.analysis or found.reason
    scores.confusion[question.analysis or "", analysis] += 1
    scores.right["analysis"] += question.analysis == analysis
    scores.right["parameters"] += _values(question.parameters) == _grouped(found.scope)
    scores.right["excludes"] += _values(question.excludes) == _grouped(found.excludes)
    scores.right["complexity"] += question.complexity == found.complexity
    scores.right["parts"] += question.parts == len(found.parts)


def _values(labels: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    return {key: set(values) for key, values in labels.items()}


def _grouped(scope: tuple[tuple[str, str], ...]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for key, value in scope:
        if key in LABELLED:
            values[key].add(value)
    return dict(values)
