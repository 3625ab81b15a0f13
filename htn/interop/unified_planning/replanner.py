"""The engine `htn-replanner`: a hierarchical problem that is changed and solved again."""

from __future__ import annotations

from typing import IO, Any
from warnings import warn

from unified_planning.engines import Engine
from unified_planning.engines.mixins import ReplannerMixin
from unified_planning.exceptions import UPUsageError

from htn.interop.unified_planning.common import Common
from htn.interop.unified_planning.planner import HtnPlanner

__all__ = ["HtnReplanner"]


class HtnReplanner(Common, Engine, ReplannerMixin):  # type: ignore[misc]  # published without types
    """Replanning of hierarchical problems.

    The interface changes initial values, goals and actions; it has no way to change the task network. So the whole
    network is decomposed again, from the values as they are then. A method with an action that was removed can no
    longer be used.

    Parameters
    ----------
    problem : HierarchicalProblem
        What to solve; not changed, a copy is.
    error_on_failed_checks : bool
        Whether a problem that is not supported, or a change that cannot be made, is an error or a warning.
    **parameters
        As for `HtnPlanner`.
    """

    def __init__(self, problem: Any, error_on_failed_checks: bool = True, **parameters: Any) -> None:
        Engine.__init__(self)
        ReplannerMixin.__init__(self, problem, error_on_failed_checks)
        self._planner = HtnPlanner(**parameters)
        self._planner.skip_checks = True

    @property
    def name(self) -> str:
        """What unified-planning calls the engine."""
        return "htn-replanner"

    @staticmethod
    def satisfies(optimality_guarantee: Any) -> bool:
        """Whether plans have a property; as `HtnPlanner`."""
        return HtnPlanner.satisfies(optimality_guarantee)

    def _resolve(self, timeout: float | None = None, output_stream: IO[str] | None = None) -> Any:
        result = self._planner.solve(self._problem, timeout=timeout, output_stream=output_stream)
        result.engine_name = self.name
        return result

    def _update_initial_value(self, fluent: Any, value: Any) -> None:
        self._problem.set_initial_value(fluent, value)

    def _add_goal(self, goal: Any) -> None:
        self._problem.add_goal(goal)

    def _remove_goal(self, goal: Any) -> None:
        (wanted,) = self._problem.environment.expression_manager.auto_promote(goal)
        goals = list(self._problem.goals)
        if wanted not in goals:
            self._missing(f"the goal '{wanted}' is none of the problem's")
        self._problem.clear_goals()
        for kept in goals:
            if kept != wanted:
                self._problem.add_goal(kept)

    def _add_action(self, action: Any) -> None:
        self._problem.add_action(action)

    def _remove_action(self, name: str) -> None:
        actions = list(self._problem.actions)
        if all(action.name != name for action in actions):
            self._missing(f"the action '{name}' is none of the problem's")
        self._problem.clear_actions()
        for kept in actions:
            if kept.name != name:
                self._problem.add_action(kept)

    def _missing(self, message: str) -> None:
        if self.skip_checks:
            return
        if self.error_on_failed_checks:
            raise UPUsageError(message)
        warn(message, stacklevel=4)
