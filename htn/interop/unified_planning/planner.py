"""The engine `htn`: plans hierarchical problems of unified-planning, once or ever better."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import IO, Any
from warnings import warn

from unified_planning.engines import Engine
from unified_planning.engines.mixins import AnytimePlannerMixin, OneshotPlannerMixin
from unified_planning.engines.mixins.anytime_planner import AnytimeGuarantee
from unified_planning.engines.mixins.oneshot_planner import OptimalityGuarantee
from unified_planning.engines.results import LogLevel, LogMessage, PlanGenerationResult, PlanGenerationResultStatus

from htn.interop.unified_planning.common import Common
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.plans import to_up_plan
from htn.interop.unified_planning.problem_to_hddl import to_hddl
from htn.interop.unified_planning.solving import ever_better, search
from htn.interop.unified_planning.translation import Translation
from htn.model.errors import HtnError
from htn.planning.limits import Limits
from htn.portfolio import Result

__all__ = ["HtnPlanner"]

_STATUS = {
    "solved": PlanGenerationResultStatus.SOLVED_SATISFICING,
    "unsolvable": PlanGenerationResultStatus.UNSOLVABLE_PROVEN,
    "gave up": PlanGenerationResultStatus.UNSOLVABLE_INCOMPLETELY,
    "seconds": PlanGenerationResultStatus.TIMEOUT,
    "cancelled": PlanGenerationResultStatus.TIMEOUT,
    "memory": PlanGenerationResultStatus.MEMOUT,
}
_NO_PLAN = {
    "unsolvable": "there is no plan: all was tried",
    "gave up": "no plan was found, and not all was tried",
}


class HtnPlanner(Common, Engine, OneshotPlannerMixin, AnytimePlannerMixin):  # type: ignore[misc]  # published without types
    r"""One-shot and anytime planning of hierarchical problems.

    Parameters
    ----------
    memory_mb : int, optional
        By how many MiB the process may grow.
    seed : int, optional
        Shuffles what the searches leave open, such as the order of methods.
    cores : int
        1, or 2: part of the search is then left to a second process.

    Examples
    --------
    >>> from unified_planning.shortcuts import Fluent, InstantaneousAction
    >>> from unified_planning.model.htn import HierarchicalProblem
    >>> problem = HierarchicalProblem("lamp")
    >>> lit = problem.add_fluent(Fluent("lit"), default_initial_value=False)
    >>> switch = InstantaneousAction("switch")
    >>> switch.add_effect(lit, True)
    >>> problem.add_action(switch)
    >>> _ = problem.task_network.add_subtask(switch, ident="first")
    >>> result = HtnPlanner().solve(problem)
    >>> result.status.name, str(result.plan)
    ('SOLVED_SATISFICING', 'Hierarchical SequentialPlan:\n    switch')
    """

    def __init__(self, memory_mb: int | None = Limits().memory_mb, seed: int | None = None, cores: int = 1) -> None:
        Engine.__init__(self)
        OneshotPlannerMixin.__init__(self)
        AnytimePlannerMixin.__init__(self)
        self.memory_mb, self.seed, self.cores = memory_mb, seed, cores

    @property
    def name(self) -> str:
        """What unified-planning calls the engine."""
        return "htn"

    @staticmethod
    def satisfies(optimality_guarantee: Any) -> bool:
        """Whether plans have a property: they are plans; none is shown to be the best."""
        return bool(optimality_guarantee == OptimalityGuarantee.SATISFICING)

    @staticmethod
    def ensures(anytime_guarantee: Any) -> bool:
        """Whether a series of plans has a property: each is better than those before."""
        return bool(anytime_guarantee == AnytimeGuarantee.INCREASING_QUALITY)

    def _solve(
        self, problem: Any, heuristic: Any = None, timeout: float | None = None, output_stream: IO[str] | None = None
    ) -> Any:
        return self._solve_with_params(problem, heuristic, timeout, output_stream)

    def _solve_with_params(
        self,
        problem: Any,
        heuristic: Any = None,
        timeout: float | None = None,
        output_stream: IO[str] | None = None,
        warm_start_plan: Any = None,
        **unknown: Any,
    ) -> Any:
        session = _Session(self, problem, timeout, output_stream)
        session.ignores(heuristic=heuristic, warm_start_plan=warm_start_plan, **unknown)
        return session.first()

    def _get_solutions(
        self, problem: Any, timeout: float | None = None, output_stream: IO[str] | None = None
    ) -> Iterator[Any]:
        return self._get_solutions_with_params(problem, timeout, output_stream)

    def _get_solutions_with_params(
        self,
        problem: Any,
        timeout: float | None = None,
        output_stream: IO[str] | None = None,
        warm_start_plan: Any = None,
        **unknown: Any,
    ) -> Iterator[Any]:
        session = _Session(self, problem, timeout, output_stream)
        session.ignores(warm_start_plan=warm_start_plan, **unknown)
        return session.ever_better()


class _Session:
    """One call of the engine."""

    def __init__(self, engine: HtnPlanner, problem: Any, timeout: float | None, stream: IO[str] | None) -> None:
        self.engine, self.problem, self.stream = engine, problem, stream
        self.start = monotonic()
        self.end = None if timeout is None else self.start + timeout
        self.messages: list[Any] = []

    def say(self, message: str, level: Any = LogLevel.INFO) -> None:
        self.messages.append(LogMessage(level, message))
        if self.stream is not None:
            self.stream.write(f"{self.engine.name}: {message}\n")

    def ignores(self, **given: Any) -> None:
        """Warn about parameters that make no difference."""
        for name, value in given.items():
            if value is not None:
                message = f"the parameter '{name}' is ignored"
                warn(f"{self.engine.name}: {message}", stacklevel=5)
                self.say(message, LogLevel.WARNING)

    def limits(self) -> Limits:
        left = None if self.end is None else max(0.0, self.end - monotonic())
        return Limits(seconds=left, memory_mb=self.engine.memory_mb)

    def first(self) -> Any:
        """Translate, search, and return the result."""
        try:
            translation = to_hddl(self.problem)
            options = (self.limits(), self.engine.seed, self.engine.cores)
            return self.last(translation, search(translation.domain, translation.problem, *options))
        except (HtnError, MemoryError) as error:
            return self.failed(error)

    def ever_better(self) -> Iterator[Any]:
        """Yield results with better and better plans; the last one is not `INTERMEDIATE`."""
        try:
            translation = to_hddl(self.problem)
            options = (self.limits(), self.engine.seed, self.engine.cores)
            for ended, found in ever_better(translation.domain, translation.problem, *options):
                if ended:
                    yield self.last(translation, found)
                else:
                    yield self.result(PlanGenerationResultStatus.INTERMEDIATE, translation, found)
        except (HtnError, MemoryError) as error:
            yield self.failed(error)

    def last(self, translation: Translation, found: Result) -> Any:
        """Return the result at the end of a search."""
        if found.plan is not None:
            best = found.best and self.problem.quality_metrics
            status = PlanGenerationResultStatus.SOLVED_OPTIMALLY if best else _STATUS["solved"]
            return self.result(status, translation, found)
        self.say(f"the limit on {found.limit} was reached" if found.limit else _NO_PLAN[found.status])
        return self.result(_STATUS[found.limit or found.status], translation, found)

    def failed(self, error: HtnError | MemoryError) -> Any:
        """Return the result of a search that could not begin, or not go on."""
        status = PlanGenerationResultStatus.INTERNAL_ERROR
        if isinstance(error, UnsupportedError):
            status = PlanGenerationResultStatus.UNSUPPORTED_PROBLEM
        elif isinstance(error, MemoryError):
            status = PlanGenerationResultStatus.MEMOUT
        self.say(str(error) or "the memory was exhausted", LogLevel.ERROR)
        return PlanGenerationResult(status, None, self.engine.name, self.metrics(None), list(self.messages))

    def result(self, status: Any, translation: Translation, found: Result) -> Any:
        plan = None
        if found.plan is not None:
            plan = to_up_plan(translation, found.plan)
            self.say(f"a plan of cost {found.cost:g} after {monotonic() - self.start:.3f} s, found by '{found.member}'")
        return PlanGenerationResult(status, plan, self.engine.name, self.metrics(found), list(self.messages))

    def metrics(self, found: Result | None) -> dict[str, str]:
        """Return what was measured, as text."""
        measured = {"engine_internal_time": f"{monotonic() - self.start:.6f}"}
        if found is not None:
            measured |= {f"seconds_{part}": f"{seconds:.6f}" for part, seconds in found.seconds.items()}
            measured |= {"member": found.member} if found.member else {}
            measured |= {"cost": f"{found.cost:g}"} if found.plan is not None else {}
        return measured
