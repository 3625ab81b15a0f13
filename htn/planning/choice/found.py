"""What a choice among plans came to: the plan chosen, the others worth a look, and what may still be gained."""

from __future__ import annotations

from typing import Any

from htn.model.record import Record, field
from htn.planning.choice.price import Price
from htn.planning.outcome import Outcome, Solved

__all__ = ["Alternative", "Choice"]


class Alternative(Record):
    """One plan that could be carried out.

    Attributes
    ----------
    solved : Solved
        The plan with its decomposition.
    price : Price
        What it is expected to take.
    start : str
        Which of the states planned from it belongs to.
    """

    solved: Solved = field(repr=False)
    price: Price
    start: str = ""

    @property
    def methods(self) -> list[tuple[Any, str]]:
        """The decisions: every compound task with the method that decomposes it."""
        cells = (entry for entry in self.solved.path if len(entry) == 6)
        return [(cell[0], getattr(method, "name", method)) for cell, method, *_ in cells if method is not None]


class Choice(Record):
    """Plans chosen among.

    Attributes
    ----------
    chosen : Alternative or None
        The best by the objective within the limits; None where no plan was found within them.
    front : tuple of Alternative
        Plans within the limits of which none is covered by another, best by the objective first.
    first : Alternative or None
        What planning without a choice gives, to compare with.
    proved : bool
        Whether nothing is left to be tried: by these prices no plan is better, among those whose tasks are done in the
        order in which methods write them.
    any_order : bool
        Whether the domain allows no other orders.
    gap : float
        By how much, at most, the chosen plan could be improved on by the objective, as a share of its value; 0 where
        proved.
    nodes : int
        Configurations looked at.
    outcome : Outcome
        What planning without a choice came to, in case no plan was found.
    """

    chosen: Alternative | None
    front: tuple[Alternative, ...]
    first: Alternative | None
    proved: bool
    any_order: bool
    gap: float
    nodes: int
    outcome: Outcome = field(repr=False)
