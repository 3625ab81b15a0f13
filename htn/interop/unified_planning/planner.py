"""The engine `htn`: plans hierarchical problems of unified-planning, once or ever better."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import IO, Any
from warnings import warn

from unified_planning.engines import Credits, Engine
from unified_planning.engines.mixins import AnytimePlannerMixin, OneshotPlannerMixin
from unified_planning.engines.mixins.anytime_planner import AnytimeGuarantee
from unified_planning.engines.mixins.oneshot_planner import OptimalityGuarantee
from unified_planning.engines.results import LogLevel, LogMessage, PlanGenerationResult, PlanGenerationResultStatus
from unified_planning.model import ProblemKind
from unified_planning.model.problem_kind_versioning import LATEST_PROBLEM_KIND_VERSION

from htn.hddl.plan_format import Plan
from htn.interop.unified_planning.errors import UnsupportedError
from htn.interop.unified_planning.plans import to_up_plan
from htn.interop.unified_planning.problem_to_hddl import to_hddl
from htn.interop.unified_planning.solving import Answer, improve, solve
from htn.interop.unified_planning.translation import Translation
from htn.model.errors import HtnError
from htn.planning import Limits

__all__ = ["CREDITS", "SUPPORTED", "HtnPlanner"]

CREDITS = Credits(
    "htn",
    "The htn authors",
    "",
    "",
    "Apache-2.0",
    "Plans hierarchical problems by decomposition, in plain Python.",
    "Compiles a problem to Python and decomposes its tasks depth first, with remembered dead ends; totally and "
    "partially ordered.",
)
SUPPORTED = ProblemKind(
    {
        "HIERARCHICAL",
        *("METHOD_PRECONDITIONS", "TASK_NETWORK_CONSTRAINTS", "INITIAL_TASK_NETWORK_VARIABLES"),
        *("TASK_ORDER_TOTAL", "TASK_ORDER_PARTIAL"),
        *("FLAT_TYPING", "HIERARCHICAL_TYPING", "OBJECT_FLUENTS"),
        *("NEGATIVE_CONDITIONS", "DISJUNCTIVE_CONDITIONS", "EQUALITIES"),
        *("EXISTENTIAL_CONDITIONS", "UNIVERSAL_CONDITIONS"),
        *("CONDITIONAL_EFFECTS", "FORALL_EFFECTS"),
        *("STATIC_FLUENTS_IN_BOOLEAN_ASSIGNMENTS", "FLUENTS_IN_BOOLEAN_ASSIGNMENTS"),
        *("STATIC_FLUENTS_IN_OBJECT_ASSIGNMENTS", "FLUENTS_IN_OBJECT_ASSIGNMENTS"),
        *("ACTIONS_COST", "PLAN_LENGTH", "INT_NUMBERS_IN_ACTIONS_COST", "REAL_NUMBERS_IN_ACTIONS_COST"),
    },
    version=LATEST_PROBLEM_KIND_VERSION,
)
_STATUS = {
    "unsolvable": PlanGenerationResultStatus.UNSOLVABLE_PROVEN,
    "seconds": PlanGenerationResultStatus.TIMEOUT,
    "nodes": PlanGenerationResultStatus.TIMEOUT,
    "cancelled": PlanGenerationResultStatus.TIMEOUT,
    "memory": PlanGenerationResultStatus.MEMOUT,
}


class HtnPlanner(Engine, OneshotPlannerMixin, AnytimePlannerMixin):  # type: ignore[misc]  # published without types
    r"""One-shot and anytime planning of hierarchical problems.

    Parameters
    ----------
    memory_mb : int, optional
        By how many MiB the process may grow.
    nodes : int, optional
        How many tasks may be processed.
    seed : int, optional
        Shuffles the order in which methods are tried.

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

    def __init__(
        self, memory_mb: int | None = Limits().memory_mb, nodes: int | None = None, seed: int | None = None
    ) -> None:
        Engine.__init__(self)
        OneshotPlannerMixin.__init__(self)
        AnytimePlannerMixin.__init__(self)
        self._memory_mb, self._nodes, self._seed = memory_mb, nodes, seed

    @property
    def name(self) -> str:
        """What unified-planning calls the engine."""
        return "htn"

    @staticmethod
    def supported_kind() -> Any:
        """Return what problems may say."""
        return SUPPORTED

    @staticmethod
    def supports(problem_kind: Any) -> bool:
        """Whether problems of a kind can be solved."""
        return bool(problem_kind <= SUPPORTED)

    @staticmethod
    def satisfies(optimality_guarantee: Any) -> bool:
        """Whether plans have a property: they are plans; none is shown to be the best."""
        return bool(optimality_guarantee == OptimalityGuarantee.SATISFICING)

    @staticmethod
    def ensures(anytime_guarantee: Any) -> bool:
        """Whether a series of plans has a property: each is better than those before."""
        return bool(anytime_guarantee == AnytimeGuarantee.INCREASING_QUALITY)

    @staticmethod
    def get_credits(**_: Any) -> Any:
        """Return who made the engine."""
        return CREDITS

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
        self.translation: Translation | None = None
        self.answer: Answer | None = None

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
        return Limits(left, self.engine._nodes, self.engine._memory_mb)

    def first(self) -> Any:
        """Translate, search, and return the result."""
        try:
            translation = self.translation = to_hddl(self.problem)
            limits = self.limits()
            if limits.seconds == 0:
                self.say("the time was over when the problem was translated")
                return self.result(PlanGenerationResultStatus.TIMEOUT)
            answer = self.answer = solve(translation.domain, translation.problem, limits, self.engine._seed)
            if answer.plan is None:
                why = f": {answer.reason}" if answer.reason else ""
                ended = "there is no plan" if answer.status == "unsolvable" else f"the limit on {answer.status}"
                self.say(ended + why)
                return self.result(_STATUS[answer.status])
            return self.result(PlanGenerationResultStatus.SOLVED_SATISFICING, answer.plan)
        except UnsupportedError as error:
            self.say(str(error), LogLevel.ERROR)
            return self.result(PlanGenerationResultStatus.UNSUPPORTED_PROBLEM)
        except HtnError as error:
            self.say(str(error), LogLevel.ERROR)
            return self.result(PlanGenerationResultStatus.INTERNAL_ERROR)
        except MemoryError:
            self.say("the memory was exhausted", LogLevel.ERROR)
            return self.result(PlanGenerationResultStatus.MEMOUT)

    def ever_better(self) -> Iterator[Any]:
        """Yield results with better and better plans; the last one is not `INTERMEDIATE`."""
        best = self.first()
        if best.plan is None:
            yield best
            return
        assert self.translation is not None
        assert self.answer is not None
        best.status = PlanGenerationResultStatus.INTERMEDIATE
        yield best
        translation = self.translation
        for answer in improve(translation.domain, translation.problem, self.answer, self.limits()):
            assert answer.plan is not None
            self.answer = answer
            best = self.result(PlanGenerationResultStatus.INTERMEDIATE, answer.plan)
            yield best
        self.say("no better plan was found")
        yield PlanGenerationResult(
            PlanGenerationResultStatus.SOLVED_SATISFICING,
            best.plan,
            self.engine.name,
            self.metrics(),
            list(self.messages),
        )

    def result(self, status: Any, plan: Plan | None = None) -> Any:
        made = None
        if plan is not None:
            assert self.translation is not None
            made = to_up_plan(self.translation, plan)
            self.say(f"a plan of {len(plan.steps)} actions after {monotonic() - self.start:.3f} s")
        return PlanGenerationResult(status, made, self.engine.name, self.metrics(), list(self.messages))

    def metrics(self) -> dict[str, str]:
        found = {"engine_internal_time": f"{monotonic() - self.start:.6f}"}
        if self.answer is not None:
            found |= {"search_time": f"{self.answer.seconds:.6f}", "nodes": str(self.answer.nodes)}
        return found
