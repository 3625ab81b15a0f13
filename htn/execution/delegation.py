"""Chooses the agent for a step: who has the capabilities, who is free, who has done least; and says why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from htn.execution.agent import Agent

__all__ = ["Candidate", "Decision", "TaskDelegator", "WorkloadTracker"]


class WorkloadTracker:
    """How much each agent has in hand and has been given so far.

    Parameters
    ----------
    agents : iterable of Agent
        The agents of a run.
    """

    def __init__(self, agents: Iterable[Agent]) -> None:
        self._capacity = {agent.name: agent.capacity for agent in agents}
        self._active = dict.fromkeys(self._capacity, 0)
        self._given = dict.fromkeys(self._capacity, 0)

    def active(self, name: str) -> int:
        """Return how many steps an agent has in hand."""
        return self._active[name]

    def given(self, name: str) -> int:
        """Return how many steps an agent has been given so far."""
        return self._given[name]

    def free(self, name: str) -> int:
        """Return how many more steps an agent can take now."""
        return self._capacity[name] - self._active[name]

    def take(self, name: str) -> None:
        """Record that an agent was given a step."""
        self._active[name] += 1
        self._given[name] += 1

    def release(self, name: str) -> None:
        """Record that an agent is done with a step."""
        self._active[name] -= 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """One agent as it was weighed for a step.

    Attributes
    ----------
    agent : str
        Its name.
    missing : tuple of str
        Capabilities that it lacks; empty when it is capable.
    free : int
        How many more steps it could take.
    given : int
        How many steps it was given so far.
    order : int
        Its place in the list of agents, which settles ties.
    tried : bool
        Whether it was ruled out because it failed at this step before.
    """

    agent: str
    missing: tuple[str, ...]
    free: int
    given: int
    order: int
    tried: bool

    @property
    def eligible(self) -> bool:
        """Whether it may carry out the step, now or when it is free."""
        return not self.missing and not self.tried

    def to_json(self) -> dict[str, Any]:
        """Return the candidate as JSON data."""
        return {
            "agent": self.agent,
            "missing": list(self.missing),
            "free": self.free,
            "given": self.given,
            "order": self.order,
            "tried": self.tried,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """Which agent carries out a step, and every candidate with the parts of its score.

    ``agent`` is None when nobody can take the step now: because all who may are busy (``waits``) or because none may.
    """

    required: tuple[str, ...]
    agent: str | None
    candidates: tuple[Candidate, ...]

    @property
    def waits(self) -> bool:
        """Whether somebody may carry it out, but is busy."""
        return self.agent is None and any(candidate.eligible for candidate in self.candidates)

    @property
    def capable(self) -> tuple[str, ...]:
        """Names of the agents that have the capabilities, tried or not."""
        return tuple(candidate.agent for candidate in self.candidates if not candidate.missing)

    def explain(self) -> str:
        """Return one sentence that says why.

        Examples
        --------
        >>> Decision(("count",), None, (Candidate("analyst", ("count",), 1, 0, 0, False),)).explain()
        'no agent has count: analyst lacks count'
        """
        wanted = ", ".join(self.required)
        if self.agent is not None:
            chosen = next(candidate for candidate in self.candidates if candidate.agent == self.agent)
            return (
                f"{self.agent} has {wanted}, {chosen.free} of its places free and {chosen.given} "
                f"step{'' if chosen.given == 1 else 's'} given so far; "
                f"{len(self.capable)} of {len(self.candidates)} agents can do it"
            )
        if self.waits:
            return f"every agent that has {wanted} is busy: {', '.join(self.capable)}"
        if self.capable:
            return f"every agent that has {wanted} was tried: {', '.join(self.capable)}"
        lacking = "; ".join(f"{candidate.agent} lacks {', '.join(candidate.missing)}" for candidate in self.candidates)
        return f"no agent has {wanted}" + (f": {lacking}" if lacking else ": there are no agents")

    def to_json(self) -> dict[str, Any]:
        """Return the decision as JSON data."""
        return {
            "required": list(self.required),
            "agent": self.agent,
            "candidates": [candidate.to_json() for candidate in self.candidates],
        }


class TaskDelegator:
    """Chooses agents for steps.

    An agent is capable when the required capabilities are a subset of its own. Among the capable with a free place:
    most free places, then fewest steps given so far, then the order of the list. The choice depends on nothing else,
    so that a replay chooses the same.

    Parameters
    ----------
    agents : sequence of Agent
        Who there is, in order of preference.
    workload : WorkloadTracker or None
        Who has how much in hand; a new one by default.
    """

    def __init__(self, agents: Sequence[Agent], workload: WorkloadTracker | None = None) -> None:
        self._agents = tuple(agents)
        self._by_name = {agent.name: agent for agent in self._agents}
        self.workload = workload or WorkloadTracker(self._agents)

    def agent(self, name: str) -> Agent:
        """Return an agent by name."""
        return self._by_name[name]

    def choose(self, required: Collection[str], *, tried: Collection[str] = (), prefer: str | None = None) -> Decision:
        """Choose an agent.

        Parameters
        ----------
        required : collection of str
            Capabilities that the step needs, all of them.
        tried : collection of str
            Agents that failed at the step and are not to be asked again.
        prefer : str or None
            The agent that is to try again; it is taken when it is capable and has a free place.

        Returns
        -------
        Decision
            With the agent, or None and the reason; the workload is left as it is.
        """
        needed = frozenset(required)
        candidates = tuple(
            Candidate(
                agent=agent.name,
                missing=tuple(sorted(needed - agent.capabilities)),
                free=self.workload.free(agent.name),
                given=self.workload.given(agent.name),
                order=order,
                tried=agent.name in tried,
            )
            for order, agent in enumerate(self._agents)
        )
        able = [candidate for candidate in candidates if candidate.eligible and candidate.free > 0]
        best = min(able, key=lambda item: (item.agent != prefer, -item.free, item.given, item.order), default=None)
        return Decision(tuple(sorted(needed)), None if best is None else best.agent, candidates)
