"""Which function carries out which capability, for which specialist, with which typed output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from domains.analysis.artifacts import Artifact
from domains.analysis.scope import Scope
from htn.model.errors import DomainError

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Analyst", "Capability", "Inputs", "capabilities", "capability"]

A = TypeVar("A", bound=Artifact)


class Inputs:
    """Typed artifacts of the steps that a step depends on.

    Parameters
    ----------
    artifacts : iterable of Artifact
        In plan order.
    args : tuple
        The step's own arguments, for the few analysts that need more than the scope.
    """

    def __init__(self, artifacts: Iterable[Artifact] = (), args: tuple[Any, ...] = ()) -> None:
        self._artifacts = tuple(artifacts)
        self.args = args

    def __iter__(self) -> Iterator[Artifact]:
        return iter(self._artifacts)

    def all(self, kind: type[A]) -> list[A]:
        """Return the inputs of a kind, in plan order."""
        return [item for item in self._artifacts if isinstance(item, kind)]

    def one(self, kind: type[A]) -> A:
        """Return the only input of a kind.

        Raises
        ------
        DomainError
            When there is none or more than one: the plan's methods do not fit the capability.
        """
        found = self.all(kind)
        if len(found) != 1:
            raise DomainError(f"expected exactly one {kind.__name__} among the inputs, found {len(found)}")
        return found[0]

    def first(self, kind: type[A]) -> A | None:
        """Return the first input of a kind, or None."""
        return next(iter(self.all(kind)), None)


Analyst = Callable[["Workspace", Scope, Inputs], Artifact]


@dataclass(frozen=True, slots=True)
class Capability:
    """A capability: its specialist, the type of its output and the local analyst that has it."""

    name: str
    specialist: str
    output: type[Artifact]
    analyst: Analyst


_CAPABILITIES: dict[str, Capability] = {}

F = TypeVar("F", bound=Callable[..., Artifact])


def capability(name: str, *, specialist: str, output: type[Artifact]) -> Callable[[F], F]:
    """Register a function as the local analyst for a capability.

    Raises
    ------
    DomainError
        When the capability has an analyst already.
    """

    def register(function: F) -> F:
        other = _CAPABILITIES[name].analyst if name in _CAPABILITIES else function
        if (other.__module__, other.__qualname__) != (function.__module__, function.__qualname__):
            raise DomainError(f"capability {name!r} is registered twice")
        _CAPABILITIES[name] = Capability(name, specialist, output, function)
        return function

    return register


def capabilities() -> dict[str, Capability]:
    """Return every registered capability by name, after importing the local analysts."""
    import domains.analysis.analysts

    domains.analysis.analysts.load()
    return dict(_CAPABILITIES)
