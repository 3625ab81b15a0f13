"""What people set for agents in a workspace's ``agents.toml``: places, requests and tokens per minute, priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from htn.execution.agent import Agent
from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = ["CONFIGURATION", "AgentSettings", "SharedLimit"]

CONFIGURATION = "agents.toml"


@dataclass(frozen=True, slots=True)
class SharedLimit:
    """What agents may use together.

    Attributes
    ----------
    name : str
        Its name, under which what was used is counted.
    agents : tuple of str
        Names of agents, with ``*`` and ``?`` as in names of files.
    places : int or None
        Steps at once, in one process.
    requests_per_minute, tokens_per_minute : float or None
        What a model's provider allows, for all processes on one database.
    priority : int or None
        Which agents are asked first, the greater the sooner; None leaves it to the agent.
    """

    name: str
    agents: tuple[str, ...]
    places: int | None = None
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    priority: int | None = None

    @property
    def has_rate(self) -> bool:
        """Whether it limits what is used per minute."""
        return self.requests_per_minute is not None or self.tokens_per_minute is not None

    def holds_for(self, agent: str) -> bool:
        """Whether an agent is among those meant."""
        return any(fnmatchcase(agent, pattern) for pattern in self.agents)


class AgentSettings:
    """The settings of a workspace.

    Parameters
    ----------
    limits : tuple of SharedLimit
        In the order in which they are written; the first that names an agent holds for it.

    Examples
    --------
    >>> settings = AgentSettings((SharedLimit("anthropic", ("* (Claude)",), requests_per_minute=50, priority=1),))
    >>> settings.of("retrieval (Claude)").requests_per_minute
    50
    >>> settings.of("retrieval") is None
    True
    """

    def __init__(self, limits: tuple[SharedLimit, ...] = ()) -> None:
        self.limits = limits

    @classmethod
    def of_workspace(cls, workspace: Path) -> AgentSettings:
        """Read the file of a workspace; without one there are no limits but the agents' capacities.

        Raises
        ------
        InputError
            When it cannot be read, or says something that is not understood.
        """
        path = workspace / CONFIGURATION
        return cls(tuple(_limit(name, table, str(path)) for name, table in (read_settings(path) or {}).items()))

    def of(self, agent: str) -> SharedLimit | None:
        """Return the limit that holds for an agent, or None."""
        return next((limit for limit in self.limits if limit.holds_for(agent)), None)

    def priority(self, agent: Agent) -> int:
        """Return an agent's priority: the one set here, else its own attribute ``priority``, else 0."""
        limit = self.of(agent.name)
        own = getattr(agent, "priority", 0)
        return int(own if limit is None or limit.priority is None else limit.priority)


def _limit(name: str, table: object, path: str) -> SharedLimit:
    """Read one table of the file."""
    if not isinstance(table, Mapping):
        raise InputError(f"{name!r} is no table; write [{name}] and below it agents = [...]", path=path)
    agents = table.get("agents")
    if not isinstance(agents, list) or not agents or not all(isinstance(item, str) for item in agents):
        raise InputError(f'[{name}] needs agents, a list of names such as ["* (Claude)"]', path=path)
    values: dict[str, Any] = {key: value for key, value in table.items() if key != "agents"}
    for key, value in values.items():
        if key not in ("places", "requests_per_minute", "tokens_per_minute", "priority"):
            known = "agents, places, requests_per_minute, tokens_per_minute and priority"
            raise InputError(f"[{name}] has {key!r}, which is not understood; there are {known}", path=path)
        whole = key in ("places", "priority")
        fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not fits or (key != "priority" and value <= 0):
            wanted = "a whole number" if key == "priority" else f"a {'whole ' if whole else ''}number above 0"
            raise InputError(f"[{name}] {key} is {wanted}, not {value!r}", path=path)
    return SharedLimit(name, tuple(agents), **values)
