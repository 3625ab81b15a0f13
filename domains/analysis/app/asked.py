"""What a person asks for: question, options, wishes, objective and limits, as the page's address holds them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domains.analysis.app.constraining import read_wishes, write_wishes
from domains.analysis.facts import OPTIONS
from htn.execution.wishes import Wish
from htn.model.errors import InputError

__all__ = ["LIMITS", "OBJECTIVES", "Asked"]

OBJECTIVES = ("fast", "cheap", "thorough", "balanced")
LIMITS = ("seconds", "tokens", "money")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that its plan depends on.

    Attributes
    ----------
    question : str
        In words.
    options : tuple of (str, str)
        Values of `domains.analysis.facts.OPTIONS` that are not left to the question.
    wishes : tuple of Wish
        Methods preferred or ruled out.
    objective : str or None
        What a plan is chosen by; None plans without choosing.
    limits : tuple of (str, float)
        What the plan may be expected to take, by resource.
    pick : int
        Which of the plans to choose from is shown, counted from 0.
    """

    question: str
    options: tuple[tuple[str, str], ...] = ()
    wishes: tuple[Wish, ...] = ()
    objective: str | None = None
    limits: tuple[tuple[str, float], ...] = ()
    pick: int = 0

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> Asked:
        """Return what an address asks for.

        Raises
        ------
        InputError
            When the address was changed to what nobody can ask for.

        Examples
        --------
        >>> asked = Asked.read({"q": "Why?", "depth": "quick", "by": "fast", "seconds": "30"})
        >>> Asked.read(asked.parameters()) == asked, asked.limits
        (True, (('seconds', 30.0),))
        """
        limits = []
        for name in LIMITS:
            if name in parameters:
                try:
                    limits.append((name, float(parameters[name])))
                except ValueError:
                    raise InputError(f"the limit on {name} in this page's address is no number") from None
        if not all(math.isfinite(amount) and amount > 0 for _, amount in limits):
            raise InputError("limits are numbers above 0")
        objective = parameters.get("by")
        if objective is not None and objective not in OBJECTIVES:
            raise InputError(f"a plan is chosen as {', '.join(OBJECTIVES)}; not as {objective!r}")
        pick = parameters.get("pick", "0")
        return cls(
            parameters.get("q", ""),
            tuple((name, parameters[name]) for name in OPTIONS if name in parameters),
            tuple(read_wishes(parameters.get("wishes", ""))),
            objective,
            tuple(limits),
            int(pick) if pick.isascii() and pick.isdigit() and len(pick) < 4 else 0,
        )

    def parameters(self) -> dict[str, str]:
        """Return the address's parameters; what is left to its default is left out."""
        found = {"q": self.question, **dict(self.options)}
        if self.wishes:
            found["wishes"] = write_wishes(self.wishes)
        if self.objective is not None:
            found["by"] = self.objective
        found.update((name, f"{amount:g}") for name, amount in self.limits)
        if self.pick:
            found["pick"] = str(self.pick)
        return found

    @property
    def chosen(self) -> bool:
        """Whether a plan is chosen among several, instead of the first that fits."""
        return self.objective is not None or bool(self.limits) or self.pick > 0

    @property
    def plainly(self) -> Asked:
        """The same question and options, without wishes, objective and limits."""
        return replace(self, wishes=(), objective=None, limits=(), pick=0)
