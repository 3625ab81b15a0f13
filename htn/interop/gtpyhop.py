"""GTPyhop's declaration and planning functions on this engine: change the import, and a domain runs.

``from htn.interop import gtpyhop`` in place of ``import gtpyhop``. What is different, on purpose:

* The search always backtracks; `set_recursive_planning` is accepted and changes nothing. Where GTPyhop's default, which
  never goes back, finds a plan, this finds the same one.
* Methods are called when their turn comes, not all at once; a method after the one that succeeds is not called.
* An action that does not change the state stays in the plan.
* A goal that its method did not bring about is a dead end to go back from, not an exception.
* Time limits hold in any thread, limits on expansions hold at all, and threads do not share the current domain.
* Tasks written as lists come back as tuples.

`find_outcome` gives what a plan list does not hold: the decomposition tree, the reasons, and by tracing the plan with
its dependencies. Trees and plans have a JSON form where the arguments of tasks are strings, numbers and tuples.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from htn.interop.acting import find_outcome, find_plan, run_lazy_lookahead, validate_plan_from_goal
from htn.interop.declaring import (
    Domain,
    declare_actions,
    declare_commands,
    declare_methods,
    declare_multigoal_methods,
    declare_operators,
    declare_task_methods,
    declare_unigoal_methods,
    find_domain_by_name,
    get_current_domain,
    is_domain_created,
    print_actions,
    print_commands,
    print_domain,
    print_domain_names,
    print_methods,
    print_operators,
    set_current_domain,
)
from htn.interop.goals import Multigoal, m_split_multigoal
from htn.interop.planning import SearchLimitError
from htn.interop.printing import get_type, print_state
from htn.interop.session import ExecutionResult, PlannerSession, PlanResult
from htn.interop.settings import (
    get_recursive_planning,
    get_verbose_level,
    get_verify_goals,
    reset_planning_strategy,
    set_recursive_planning,
    set_verbose_level,
    set_verify_goals,
)
from htn.interop.state import State

__all__ = [
    "Domain",
    "ExecutionResult",
    "Multigoal",
    "PlanResult",
    "PlannerSession",
    "SearchLimitError",
    "State",
    "declare_actions",
    "declare_commands",
    "declare_methods",
    "declare_multigoal_methods",
    "declare_operators",
    "declare_task_methods",
    "declare_unigoal_methods",
    "find_domain_by_name",
    "find_outcome",
    "find_plan",
    "get_current_domain",
    "get_recursive_planning",
    "get_type",
    "get_verbose_level",
    "get_verify_goals",
    "is_domain_created",
    "m_split_multigoal",
    "print_actions",
    "print_commands",
    "print_domain",
    "print_domain_names",
    "print_methods",
    "print_multigoal",
    "print_operators",
    "print_state",
    "pyhop",
    "reset_planning_strategy",
    "run_lazy_lookahead",
    "set_current_domain",
    "set_recursive_planning",
    "set_verbose_level",
    "set_verify_goals",
    "validate_plan_from_goal",
]

pyhop = find_plan
print_multigoal = print_state

if TYPE_CHECKING:  # properties of the module, below
    current_domain: Domain | None
    verbose: int
    verify_goals: bool


class _Module(ModuleType):
    """The module itself, so that programs can read and assign ``verbose`` and ``current_domain`` as before."""

    @property
    def current_domain(self) -> Domain | None:
        return get_current_domain()

    @current_domain.setter
    def current_domain(self, domain: Domain) -> None:
        set_current_domain(domain)

    @property
    def verbose(self) -> int:
        return get_verbose_level()

    @verbose.setter
    def verbose(self, level: int) -> None:
        set_verbose_level(level)

    @property
    def verify_goals(self) -> bool:
        return get_verify_goals()

    @verify_goals.setter
    def verify_goals(self, value: bool) -> None:
        set_verify_goals(value)


sys.modules[__name__].__class__ = _Module
