"""The relaxed composition's operators: what actions and methods need and give when nothing is deleted."""

from __future__ import annotations

from htn.model.ground import GroundProblem

__all__ = ["Operators"]


class Operators:
    """Operators on propositions: first all facts, then the absence of each, then the tasks.

    An action needs its precondition, and gives its effects and its task. A method needs its precondition and its
    subtasks, and gives its task. Effects that nothing needs are left out.

    Parameters
    ----------
    problem : GroundProblem
        The problem.
    method_cost : float
        What a decomposition costs beside its actions.

    Attributes
    ----------
    facts, first_task, propositions : int
        How many facts there are, where the propositions of tasks begin and where they end.
    tasks : list of int
        The task of each operator.
    needs, gives : list of tuple of int
        Propositions of each operator; a subtask is needed as often as it occurs.
    costs : list of float
        What each operator costs.
    """

    def __init__(self, problem: GroundProblem, method_cost: float = 1.0) -> None:
        self.facts = len(problem.facts)
        self.first_task = first_task = 2 * self.facts
        self.propositions = first_task + len(problem.tasks)
        self.tasks: list[int] = []
        self.needs: list[tuple[int, ...]] = []
        self.gives: list[tuple[int, ...]] = []
        self.costs: list[float] = []
        self._known: dict[tuple[int, int], tuple[int, ...]] = {}
        conditions, positive, negative = self._conditions, 0, 0
        for each in problem.actions.values():
            positive |= each.positive
            negative |= each.negative
        for methods in problem.methods.values():
            for method in methods:
                positive |= method.positive
                negative |= method.negative
        for task, action in problem.actions.items():
            self.tasks.append(task)
            self.needs.append(conditions(action.positive, action.negative))
            effects = conditions(action.add & positive, action.delete & ~action.add & negative)
            self.gives.append((first_task + task, *effects))
            self.costs.append(float(action.cost))
        for task, methods in problem.methods.items():
            gives = (first_task + task,)
            for method in methods:
                self.tasks.append(task)
                subtasks = [first_task + subtask for subtask in method.subtasks]
                self.needs.append((*conditions(method.positive, method.negative), *subtasks))
                self.gives.append(gives)
                self.costs.append(method_cost)

    def _conditions(self, positive: int, negative: int) -> tuple[int, ...]:
        """Return the propositions of facts that must be true and false; there are few different ones."""
        key = (positive, negative)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = (*bits(positive), *[self.facts + fact for fact in bits(negative)])
        return found


def bits(mask: int) -> list[int]:
    """Return the places of the bits that are set, in ascending order.

    Examples
    --------
    >>> bits(0b1011), bits(1 << 1000 | 2)
    ([0, 1, 3], [1, 1000])
    """
    places = []
    if mask.bit_length() > 256:
        # Each step of the loop below would copy the whole number.
        digits = bin(mask)[:1:-1]
        place = digits.find("1")
        while place >= 0:
            places.append(place)
            place = digits.find("1", place + 1)
        return places
    while mask:
        bit = mask & -mask
        places.append(bit.bit_length() - 1)
        mask ^= bit
    return places
