"""History: what of a plan has been done, and what was observed since; the rest is planned from there.

A plan that was repaired is a tree in which the executed steps stand as they were, with the tasks above them. They are
not replayed: they happened. What follows them is replayed from the observed state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from htn.model.record import Record
from htn.model.state import State
from htn.model.values import freeze, listed, shaped, thaw

if TYPE_CHECKING:
    from htn.plan.plan import Link, Step
    from htn.plan.tree import Node

__all__ = ["History"]


class History(Record):
    """The executed part of a plan.

    Attributes
    ----------
    done : tuple of Step
        Finished steps that belong to the plan's tree; they come first in its order.
    abandoned : tuple of Step
        Finished steps of tasks that were begun anew: no part of the tree any more, kept for the record.
    observed : State
        The facts after the last of them, as they were observed.
    writers : tuple of (str, object, str)
        Which finished step brought about a fact that still holds, as (fluent, arguments, step).
    links : tuple of Link
        Why finished steps were ordered as they were.
    settled : tuple of str
        Ids of tasks that were decomposed before the observation, where their place in the order does not show it:
        they came to nothing, all that was done of them was abandoned, or what was begun of them is in flight.
    running : tuple of Step
        Steps in flight: neither done nor failed. They come next in the plan's order, as they were; what they will bring
        about is what the domain predicts.
    """

    done: tuple[Step, ...]
    abandoned: tuple[Step, ...]
    observed: State
    writers: tuple[tuple[str, Any, str], ...] = ()
    links: tuple[Link, ...] = ()
    settled: tuple[str, ...] = ()
    running: tuple[Step, ...] = ()

    @property
    def begun(self) -> tuple[Step, ...]:
        """The finished steps and those in flight, in the plan's order."""
        return (*self.done, *self.running)

    def is_past(self, node: Node) -> bool:
        """Whether a node of the plan's tree was decomposed or carried out before the observation."""
        return node.at < len(self.done) or node.id in self.settled

    def to_json(self) -> dict[str, Any]:
        """Return the history as JSON data; its steps and links are those of the plan."""
        return {
            "done": [step.id for step in self.done],
            "abandoned": [step.to_json() for step in self.abandoned],
            "observed": self.observed.to_json(),
            "writers": [[fluent, thaw(key), step] for fluent, key, step in self.writers],
            "settled": list(self.settled),
            "running": [step.id for step in self.running],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], steps: tuple[Step, ...], links: tuple[Link, ...]) -> History:
        """Return the history that `to_json` wrote, given the plan's steps and links."""
        from htn.plan.plan import Step

        by_id = {step.id: step for step in steps}
        done = tuple(by_id[name] for name in listed(data["done"], str))
        running = tuple(by_id[name] for name in listed(data["running"], str))
        begun = {step.id for step in (*done, *running)}
        return cls(
            done,
            tuple(Step.from_json(entry) for entry in shaped(data["abandoned"], list)),
            State.from_json(data["observed"]),
            tuple((shaped(f, str), freeze(key), shaped(step, str)) for f, key, step in shaped(data["writers"], list)),
            tuple(link for link in links if link.second in begun),
            listed(data["settled"], str),
            running,
        )
