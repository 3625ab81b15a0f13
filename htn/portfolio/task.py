"""A problem and its representations: each is made when a search first asks for it, and shared by all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from htn.hddl.cost import has_costs

if TYPE_CHECKING:
    from htn.hddl.compile import Compiled
    from htn.hddl.model import Domain, Problem
    from htn.model.ground import GroundProblem
    from htn.planning.ground.task_lists import TaskLists

__all__ = ["Task"]


class Task:
    """What is to be solved.

    Parameters
    ----------
    domain : Domain
        As read.
    problem : Problem
        As read for this domain.

    Attributes
    ----------
    seconds : dict
        How long the representations took to make: ``"compile"`` and, once it was begun, ``"ground"``.
    counters : dict
        What each search at work has done, when asked.
    declined : str
        Why the problem was not grounded; empty where it was, or nobody asked.
    """

    def __init__(self, domain: Domain, problem: Problem) -> None:
        self.domain = domain
        self.problem = problem
        self.seconds: dict[str, float] = {}
        self.counters: dict[str, Callable[[], dict[str, int]]] = {}
        self.declined = ""
        self._ground: GroundProblem | None = None
        self._grounding: Generator[None, None, None] | None = None
        self._lists: TaskLists | None = None
        self._compiled: dict[bool, Compiled] = {}

    @property
    def compiled(self) -> Compiled:
        """Functions for the decomposer."""
        return self._compile(in_sequence=False)

    @property
    def in_sequence(self) -> Compiled:
        """The same, where subtasks without an order are done one after the other."""
        return self._compile(in_sequence=not self.totally_ordered)

    def _compile(self, *, in_sequence: bool) -> Compiled:
        if in_sequence not in self._compiled:
            self._compiled[in_sequence] = self.compile(in_sequence=in_sequence)
        return self._compiled[in_sequence]

    def compile(self, *, seed: int | None = None, in_sequence: bool = False) -> Compiled:
        """Compile the problem anew."""
        from htn.hddl.compile.problem import compile_problem

        begun = time.perf_counter()
        compiled = compile_problem(self.domain, self.problem, seed=seed, in_sequence=in_sequence)
        self.seconds["compile"] = self.seconds.get("compile", 0.0) + time.perf_counter() - begun
        return compiled

    @property
    def totally_ordered(self) -> bool:
        """Whether every method's subtasks, and the initial tasks, are a sequence."""
        networks = (self.problem.network, *(method.network for method in self.domain.methods))
        return all(network.sequence() is not None for network in networks)

    @property
    def has_costs(self) -> bool:
        """Whether actions name their costs."""
        return has_costs(self.domain)

    def grounded(self) -> Generator[None, None, GroundProblem | None]:
        """Return the ground problem, with pauses while it is being made; None where it would be too large.

        Several may wait for it at once: whoever has a turn goes on with the work.
        """
        if self._grounding is None:
            self._grounding = self._make()
        while self._ground is None and not self.declined:
            try:
                next(self._grounding)
            except StopIteration:
                break
            yield None
        return self._ground

    def task_lists(self, ground: GroundProblem) -> TaskLists:
        """Return what the guided searches look up of the ground problem."""
        if self._lists is None:
            from htn.planning.ground.task_lists import TaskLists

            self._lists = TaskLists(ground)
        return self._lists

    def _make(self) -> Generator[None, None, None]:
        from htn.hddl.ground import NotGrounded, ground_problem

        self.seconds["ground"] = 0.0
        making = ground_problem(self.domain, self.problem)
        while True:
            begun = time.perf_counter()
            try:
                next(making)
            except StopIteration as stop:
                if isinstance(stop.value, NotGrounded):
                    self.declined = stop.value.reason
                else:
                    self._ground = stop.value
                return
            finally:
                self.seconds["ground"] += time.perf_counter() - begun
            yield
