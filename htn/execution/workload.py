"""How much each agent has in hand and has been given in one session of a run."""

from __future__ import annotations

from collections.abc import Iterable

from htn.execution.agent import Agent

__all__ = ["WorkloadTracker"]


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
