"""What is known of a step before it runs, in the form that the predictors read."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

__all__ = ["Case"]


@dataclass(frozen=True, slots=True)
class Case:
    """One step to be predicted.

    Attributes
    ----------
    task : Hashable
        What is done: the type of the step.
    who : Hashable
        Who does it: agent and model.
    batch : Hashable or None
        What it runs together with; runs of one batch share the day's load.
    sizes : tuple of float
        Logarithms of the sizes of its input.
    prior : float
        Logarithm of what is believed before any run.
    """

    task: Hashable = None
    who: Hashable = None
    batch: Hashable = None
    sizes: tuple[float, ...] = ()
    prior: float = 0.0

    @property
    def key(self) -> tuple[Hashable, Hashable]:
        """What a lookup table would be indexed by."""
        return (self.task, self.who)
