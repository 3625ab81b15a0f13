"""What else a run could do where it waits for a person, in words and with what it would take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from domains.analysis.domain import in_words
from domains.analysis.estimation import Estimation, facts_of
from htn.execution.alternatives import Alternative, Alternatives
from htn.execution.errors import ApprovalError
from htn.execution.journal import Journal
from htn.model import State
from htn.plan import Plan

__all__ = ["Offer", "offers", "pick"]


class Offer:
    """One way among others, with what it is expected to take.

    Attributes
    ----------
    number : int
        What it is picked by; 0 is the plan in force.
    alternative : Alternative
        What to want, and what would become of every step.
    amounts : Mapping
        Expected amounts of what would be left to be done, by resource: tokens and money, where known.
    """

    def __init__(self, number: int, alternative: Alternative, amounts: Mapping[str, float]) -> None:
        self.number = number
        self.alternative = alternative
        self.amounts = amounts

    @property
    def sentence(self) -> str:
        """What it is."""
        return self.alternative.wish.sentence(in_words) if self.number else "as planned"

    def to_json(self) -> dict[str, Any]:
        """Return the offer as JSON data."""
        told = {"number": self.number, "sentence": self.sentence, "amounts": dict(self.amounts)}
        return {**self.alternative.to_json(), **told}


def offers(folder: Path | str, run: str, step: str) -> list[Offer]:
    """Return what can be done where a step waits: the plan in force first, then its alternatives.

    Parameters
    ----------
    folder : path
        The workspace.
    run, step : str
        Which step waits.
    """
    with Journal(folder, readonly=True) as journal:
        options = journal.run(run).context.get("analysis_plan", {}).get("options", {})
        state = Plan.from_json(journal.plan(run).document).initial
    look = Alternatives(folder, run)
    estimation = Estimation(Path(folder), options.get("agents", "local"))
    ways = [look.as_planned(), *look.of(step)]
    return [Offer(number, way, _amounts(estimation, state, way)) for number, way in enumerate(ways)]


def _amounts(estimation: Estimation, state: State, way: Alternative) -> dict[str, float]:
    known = [estimation.resources.step(step, facts_of(state, step.args)) for step in way.steps]
    found: dict[str, float] = {}
    for name in ("input_tokens", "output_tokens", "money"):
        each = [estimates[name].p50 for estimates in known if name in estimates]
        if each:
            found[name] = sum(each)
    return found


def pick(ways: Iterable[Offer], number: int) -> Alternative:
    """Return the alternative with a number.

    Raises
    ------
    ApprovalError
        When there is none.
    """
    known = {offer.number: offer.alternative for offer in ways}
    if number < 1 or number not in known:
        most = max(known, default=0)
        rest = f"there are 1 to {most}" if most else "there are none: a step waits for yes or no"
        raise ApprovalError(f"there is no alternative {number}; {rest}")
    return known[number]
