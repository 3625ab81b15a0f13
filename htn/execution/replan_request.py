"""What the decomposer is told when a running plan may have to change, and what it answers: plain data both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from htn.execution.steps import PlanLike
from htn.execution.wishes import Wish
from htn.plan.plan import Step

__all__ = [
    "ABANDONED",
    "BUDGET",
    "CONSTRAINED",
    "DEFERRED",
    "OBSERVED",
    "Fact",
    "FailedStep",
    "FinishedStep",
    "Growth",
    "ReplanAnswer",
    "ReplanRequest",
]

DEFERRED = "deferred"
"""The decomposer is called because the inputs of a deferred step are known."""

OBSERVED = "observed"
"""The decomposer is called because finished steps observed something: does everything pending still hold?"""

ABANDONED = "abandoned"
"""The decomposer is called because a step was given up: what was done for it and had effects is to be undone."""

CONSTRAINED = "constrained"
"""The decomposer is called because a person wants the plan otherwise."""

BUDGET = "budget"
"""The decomposer is called because a limit may not hold the rest of the plan: can it be done for less?"""

Fact = tuple[str, Any, Any]


@dataclass(frozen=True, slots=True)
class FinishedStep:
    """A finished step, as the decomposer is told of it.

    Attributes
    ----------
    step_id, key, task, args
        Which step it was.
    artifact, type : str
        Content hash and type name of what it produced.
    facts : tuple
        What was observed, as (fluent, key, value).
    own : bool
        Whether this run carried it out; effects of what it reuses from another run are not its to undo.
    """

    step_id: str
    key: str
    task: str
    args: tuple[Any, ...]
    artifact: str
    type: str
    facts: tuple[Fact, ...]
    own: bool = True


@dataclass(frozen=True, slots=True)
class FailedStep:
    """A step that failed for good, as far as the plan in force goes.

    Attributes
    ----------
    step : Step
        Which.
    failure : str
        The class of the failure.
    facts : tuple
        The failure as facts, as (fluent, key, value).
    """

    step: Step
    failure: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """How often and how much a plan may be adjusted to what its steps find, when nothing forces it.

    Attributes
    ----------
    adjustments : int
        How often; every change that follows from an observation counts.
    steps : float
        How many times as many steps as the first plan a plan may have.
    gain : float or None
        An opportunity is taken when it saves at least this share of what the pending steps are expected to cost; None:
        opportunities are not looked for.
    """

    adjustments: int = 10
    steps: float = 2.0
    gain: float | None = 0.2


@dataclass(frozen=True, slots=True)
class ReplanRequest:
    """What the decomposer is told.

    Attributes
    ----------
    plan : Mapping
        The document of the plan in force.
    trigger : str
        The `FailureClass` of the step that failed, `DEFERRED`, `OBSERVED`, `ABANDONED`, `BUDGET` or `CONSTRAINED`.
    step : Step or None
        The step that failed, is open, observed something, or was asked about.
    message : str
        What went wrong, in words.
    finished : tuple of FinishedStep
        Finished work in the order in which it was finished, also that which the plan in force does not hold.
    failures : tuple of FailedStep
        Every step of the run that failed so far, this one last.
    running : tuple of str
        Ids of the steps in hand.
    given_up : tuple of str
        Ids of the plan's steps that failed for good, or are skipped because of such.
    estimates : Mapping
        Expected seconds of the plan's steps by id.
    most : Mapping
        What steps may use at the most, by id and resource, as far as that is known.
    left : Mapping
        What may still be used, by the resources of which too little is left.
    known : tuple
        Facts about the run as a whole, as (fluent, key, value), such as that a limit is near.
    growth : Growth
        How much may be adjusted.
    adjusted : int
        How often the plan was adjusted so far.
    first_steps : int
        How many steps the first plan had.
    wishes : tuple of Wish
        What a person wants now: it is granted as a whole, or the plan stays.
    standing : tuple of Wish
        What was granted before, the first one first.
    """

    plan: Mapping[str, Any]
    trigger: str
    step: Step | None = None
    message: str = ""
    finished: tuple[FinishedStep, ...] = ()
    failures: tuple[FailedStep, ...] = ()
    running: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()
    estimates: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    left: Mapping[str, float] = field(default_factory=dict)
    known: tuple[Fact, ...] = ()
    growth: Growth = field(default_factory=Growth)
    adjusted: int = 0
    first_steps: int = 0
    wishes: tuple[Wish, ...] = ()
    standing: tuple[Wish, ...] = ()

    @property
    def step_id(self) -> str:
        """Id of the step concerned; empty when there is none."""
        return "" if self.step is None else self.step.id

    @property
    def failed(self) -> Step | None:
        """The step that failed, if that is what the decomposer is called for."""
        return None if self.trigger in (ABANDONED, BUDGET, CONSTRAINED, DEFERRED, OBSERVED) else self.step


@dataclass(frozen=True, slots=True)
class ReplanAnswer:
    """What the decomposer answers.

    Attributes
    ----------
    plan : PlanLike or None
        The plan from now on; None when it stays as it is.
    why : str
        Why it changes so, or why it does not.
    kind : str
        What kind of change it is: ``repair`` after a failure, ``rollback`` of what was done for an abandoned step,
        ``expansion`` of a deferred step, ``precaution`` where something was about to break, ``adjustment`` to what was
        found, ``opportunity``, ``wish`` of a person, or ``economy`` near a limit.
    policy : str
        The policy that found it.
    changes : tuple of Mapping
        What became of every step: ``kind``, ``step``, ``task``, ``description`` and ``reason``.
    notes : tuple of str
        What was seen and not acted upon, in sentences.
    estimates : Mapping
        Expected seconds of new steps by id.
    most : Mapping
        What new steps may use at the most, by id and resource.
    undone : tuple of str
        Keys of finished steps whose effects the plan undoes: they count as not done any more.
    """

    plan: PlanLike | None = None
    why: str = ""
    kind: str = "repair"
    policy: str = ""
    changes: tuple[Mapping[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    estimates: Mapping[str, float] = field(default_factory=dict)
    most: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    undone: tuple[str, ...] = ()
