"""Planner sessions: a domain with its own settings, and results with what went wrong in words."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from htn.interop import planning
from htn.interop.acting import act, find_outcome
from htn.interop.declaring import Domain, get_current_domain, set_current_domain
from htn.interop.settings import VERBOSE, VERIFY_GOALS
from htn.interop.state import State
from htn.model.errors import InputError
from htn.planning import Limits, Outcome

__all__ = ["ExecutionResult", "PlanResult", "PlannerSession"]


@dataclass
class PlanResult:
    """What planning in a session came to; true in conditions when a plan was found.

    Attributes
    ----------
    success : bool
        Whether there is a plan.
    plan : list
        The plan; empty without success.
    error : str or None
        What went wrong.
    stats : dict
        ``duration_ms`` and ``expansions``.
    outcome : Outcome or None
        The engine's outcome, with the tree, the reasons and by tracing the plan.
    """

    success: bool
    plan: list[Any] = field(default_factory=list)
    error: str | None = None
    stats: dict[str, Any] = field(default_factory=dict)
    session_id: str | None = None
    outcome: Outcome | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.success


@dataclass
class ExecutionResult:
    """What planning and acting in a session came to; true in conditions when it succeeded."""

    success: bool
    final_state: State | None = None
    executed_actions: list[Any] = field(default_factory=list)
    error: str | None = None
    stats: dict[str, Any] = field(default_factory=dict)
    session_id: str | None = None
    tries_used: int = 0

    def __bool__(self) -> bool:
        return self.success


class PlannerSession:
    """Planning with one domain and its own settings, apart from other threads.

    Parameters
    ----------
    session_id : str, optional
        A name.
    domain : Domain, optional
        The domain; the current one unless given.
    verbose : int
        How much is printed.
    verify_goals : bool, optional
        Whether a goal must hold once its method is done; as set globally unless given.
    **accepted : object
        GTPyhop's other settings (strategy, logging, memory tracking), accepted without effect.

    Examples
    --------
    >>> from htn.interop.gtpyhop import Domain, State, declare_actions
    >>> domain = Domain("notes")
    >>> def note(state, text):
    ...     state.notes.append(text)
    ...     return state
    >>> _ = declare_actions(note)
    >>> with PlannerSession(domain=domain) as session:
    ...     result = session.find_plan(State("start", notes=[]), [("note", "hello")])
    >>> result.success, result.plan
    (True, [('note', 'hello')])
    """

    def __init__(
        self,
        session_id: str | None = None,
        *,
        domain: Domain | None = None,
        verbose: int = 0,
        verify_goals: bool | None = None,
        **accepted: Any,
    ) -> None:
        unknown = set(accepted) - _WITHOUT_EFFECT
        if unknown:
            raise TypeError(f"PlannerSession has no setting {', '.join(sorted(unknown))}")
        self.session_id = session_id or f"session_{id(self):x}"
        self.domain = domain
        self.verbose = verbose
        self.verify_goals = verify_goals

    def __enter__(self) -> PlannerSession:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave nothing behind: a session holds nothing that needs closing."""

    @contextmanager
    def isolated_execution(self) -> Iterator[PlannerSession]:
        """Make the session's domain and settings the current ones for a while."""
        domain, verbose, verify = get_current_domain(), VERBOSE.get(), VERIFY_GOALS.get()
        try:
            if self.domain is not None:
                set_current_domain(self.domain)
            VERBOSE.set(self.verbose)
            if self.verify_goals is not None:
                VERIFY_GOALS.set(self.verify_goals)
            yield self
        finally:
            if domain is not None:
                set_current_domain(domain)
            VERBOSE.set(verbose)
            VERIFY_GOALS.set(verify)

    def find_plan(
        self,
        state: State,
        todo_list: Sequence[Any],
        *,
        timeout_ms: int | None = None,
        max_expansions: int | None = None,
        trace: bool = False,
        trace_state: bool = False,
    ) -> PlanResult:
        """Return what planning comes to; limits are kept, and errors are told instead of raised.

        Raises
        ------
        InputError
            When GTPyhop's trace is asked for; the result's ``outcome`` tells more.
        """
        if trace or trace_state:
            raise InputError("a PlanTrace is not made here: look at result.outcome, its tree and its reason")
        result = PlanResult(False, session_id=self.session_id)
        limits = Limits(seconds=timeout_ms / 1000 if timeout_ms else None, nodes=max_expansions)
        started = time.perf_counter()
        with self.isolated_execution():
            try:
                result.outcome = find_outcome(state, todo_list, limits=limits)
                plan = planning.actions(result.outcome)
                result.success, result.plan = plan is not None, plan or []
                result.error = None if result.success else "No plan found"
            except planning.SearchLimitError as error:
                result.error = f"Planning timeout: {error}"
            except Exception as error:  # noqa: BLE001  (a session reports what a domain's function raised)
                result.error = f"Planning error: {error}"
        nodes = result.outcome.statistics.nodes if result.outcome is not None else 0
        result.stats = {"duration_ms": int((time.perf_counter() - started) * 1000), "expansions": nodes}
        return result

    def run_lazy_lookahead(self, state: State, todo_list: Sequence[Any], *, max_tries: int = 10) -> ExecutionResult:
        """Return what planning and acting comes to; errors are told instead of raised."""
        result = ExecutionResult(False, state.copy(), session_id=self.session_id)
        started = time.perf_counter()
        with self.isolated_execution():
            try:
                result.final_state, result.executed_actions, result.tries_used = act(state, todo_list, max_tries)
                result.success = True
            except Exception as error:  # noqa: BLE001  (as above)
                result.error = f"Execution error: {error}"
        result.stats = {
            "duration_ms": int((time.perf_counter() - started) * 1000),
            "tries_used": result.tries_used,
            "executed_actions": len(result.executed_actions),
        }
        return result


_WITHOUT_EFFECT = frozenset(
    {"recursive", "strategy", "structured_logging", "auto_cleanup", "memory_tracking", "memory_sampling_interval"}
)
