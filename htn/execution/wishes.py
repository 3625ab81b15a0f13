"""What a person wants of a plan instead of what it says: a method rather or never, a task or an agent left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from htn.model.errors import InputError
from htn.model.values import freeze, thaw
from htn.planning.table import Constraints

__all__ = ["EXCLUDE", "PREFER", "WISHED", "WITHOUT_AGENT", "Wish", "constraints_of", "wishes_from_json"]

PREFER, EXCLUDE, WITHOUT_AGENT = "prefer", "exclude", "without_agent"

WISHED = "plan_constrained"
"""Kind of the event that says what became of a person's wishes: ``question``, ``wishes``, ``granted`` and ``told``."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing that a person wants of a plan.

    Attributes
    ----------
    kind : str
        ``prefer`` a method for a task, ``exclude`` a method or a whole task, or ``without_agent``.
    task : str or tuple
        The task's name, or the whole task: its name and arguments; empty where an agent is left out.
    method : str or None
        The method; None leaves the task out altogether.
    agent : str
        The agent to be left out.
    """

    kind: str
    task: Any = ""
    method: str | None = None
    agent: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the wish as JSON data."""
        if self.kind == WITHOUT_AGENT:
            return {"kind": self.kind, "agent": self.agent}
        return {"kind": self.kind, "task": thaw(self.task), "method": self.method}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Wish:
        """Read a wish from JSON data.

        Raises
        ------
        InputError
            When it is none.
        """
        kind, method, agent = data.get("kind"), data.get("method"), data.get("agent", "")
        task = freeze(data.get("task", ""))
        name = task[0] if isinstance(task, tuple) and task else task
        if kind == WITHOUT_AGENT:
            good = isinstance(agent, str) and bool(agent)
        else:
            good = isinstance(name, str) and bool(name)
            good = good and (isinstance(method, str) or (kind == EXCLUDE and method is None))
        if kind not in (PREFER, EXCLUDE, WITHOUT_AGENT) or not good:
            raise InputError(f"{dict(data)!r} is nothing that can be wanted of a plan")
        return cls(str(kind), task, method, str(agent))

    def sentence(self, words: Callable[[Any], str] = str) -> str:
        """Return the wish in words; ``words`` writes an argument.

        Examples
        --------
        >>> Wish("exclude", ("travel", "me"), "by_taxi").sentence()
        'without by_taxi for travel(me)'
        >>> Wish("prefer", "travel", "on_foot").sentence()
        'rather on_foot for travel'
        >>> Wish("without_agent", agent="claude").sentence()
        'without the agent claude'
        """
        if self.kind == WITHOUT_AGENT:
            return f"without the agent {self.agent}"
        task = self.task if isinstance(self.task, str) else f"{self.task[0]}({', '.join(map(words, self.task[1:]))})"
        if self.method is None:
            return f"without {task}"
        return f"{'rather' if self.kind == PREFER else 'without'} {self.method} for {task}"


def wishes_from_json(data: Iterable[Mapping[str, Any]]) -> tuple[Wish, ...]:
    """Return wishes from JSON data."""
    return tuple(map(Wish.from_json, data))


def constraints_of(wishes: Iterable[Wish], given: Constraints | None = None) -> Constraints:
    """Return what the decomposer is given: the later a preference was said, the more it counts.

    Examples
    --------
    >>> constraints_of([Wish("prefer", "travel", "by_taxi"), Wish("prefer", "travel", "on_foot")]).prefer
    (('travel', 'on_foot'), ('travel', 'by_taxi'))
    """
    known, said = given or Constraints(), tuple(wishes)
    exclude = tuple((wish.task, wish.method) for wish in said if wish.kind == EXCLUDE)
    prefer = tuple((wish.task, wish.method or "") for wish in reversed(said) if wish.kind == PREFER)
    return Constraints((*known.exclude, *exclude), (*prefer, *known.prefer))
