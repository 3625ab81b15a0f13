"""Planning and acting with the current GTPyhop-style domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from htn.interop import planning
from htn.interop.declaring import Domain, current
from htn.interop.settings import VERBOSE, VERIFY_GOALS
from htn.interop.state import State
from htn.model.errors import DomainError, InputError
from htn.planning import Limits, Outcome, Solved, Unsolvable

__all__ = ["act", "find_outcome", "find_plan", "run_lazy_lookahead", "validate_plan_from_goal"]


def find_outcome(
    state: State, todo_list: Sequence[Any], *, domain: Domain | None = None, limits: Limits | None = None
) -> Outcome:
    """Return the outcome of planning with the current domain, or with the one given."""
    native = current(domain).native()
    return planning.search(native, state, todo_list, limits=limits, verify_goals=VERIFY_GOALS.get())


def find_plan(state: State, todo_list: Sequence[Any]) -> list[Any] | Literal[False]:
    """Return a plan as a list of action tuples, or False when there is none.

    Raises
    ------
    SearchLimitError
        When the search filled the memory it may use.
    Exception
        What a function of the domain raised; a `DomainError` for other defects of the domain.

    Examples
    --------
    >>> from htn.interop.gtpyhop import Domain, State, declare_actions, set_verbose_level
    >>> domain = Domain("travel")
    >>> def walk(state, who, to):
    ...     state.loc[who] = to
    ...     return state
    >>> _ = declare_actions(walk)
    >>> set_verbose_level(0)
    >>> find_plan(State("start", loc={"me": "home"}), [("walk", "me", "park")])
    [('walk', 'me', 'park')]
    """
    verbose = VERBOSE.get()
    if verbose >= 1:
        print(f"FP> find_plan, verbose={verbose}:\n    state = {state.__name__}\n    todo_list = {list(todo_list)}")
    outcome = find_outcome(state, todo_list)
    plan = planning.actions(outcome)
    if verbose >= 1:
        _report(outcome, plan, verbose)
    return False if plan is None else plan


def _report(outcome: Outcome, plan: list[Any] | None, verbose: int) -> None:
    print(f"FP> result = {False if plan is None else plan}")
    if verbose >= 2:
        print(f"FP> {outcome.statistics}")
        if isinstance(outcome, Unsolvable) and outcome.reason:
            print(f"FP> the failure met furthest along: {outcome.reason}")
    if verbose >= 3 and isinstance(outcome, Solved):
        for node in outcome.tree.nodes.values():
            depth = sum(1 for _ in outcome.tree.ancestors(node.id))
            print(f"FP> {'  ' * depth}{node.task}{node.args!r}" + (f" by {node.method}" if node.method else ""))
    print()


def run_lazy_lookahead(state: State, todo_list: Sequence[Any], max_tries: int = 10) -> State:
    """Plan, carry out the commands, and plan again, until there is nothing left to do; return the final state.

    A command that fails makes it plan again at once. It is over when the plan is empty, or was carried out and changed
    nothing.

    Parameters
    ----------
    state : State
        The state to start from.
    todo_list : list
        Tasks, goals and multigoals.
    max_tries : int
        How often to plan at most.

    Raises
    ------
    DomainError
        When there is no plan.
    """
    final, _, _ = act(state, todo_list, max_tries)
    return final


def act(state: State, todo_list: Sequence[Any], max_tries: int) -> tuple[State, list[Any], int]:
    """Return the final state, the actions carried out, and how often a plan was made."""
    done: list[Any] = []
    tell = print if VERBOSE.get() >= 1 else _silent
    for tries in range(1, max_tries + 1):
        tell(f"RLL> call {tries} of find_plan:")
        plan = find_plan(state, todo_list)
        if not isinstance(plan, list):
            raise DomainError(f"there is no plan for {list(todo_list)!r} from the state {state.__name__}")
        before = state
        failed = False
        for action in plan:
            following = _carry_out(state, action)
            tell(f"RLL> {action}" + ("" if following is not None else " failed; planning again"))
            if following is None:
                failed = True
                break
            state = following
            done.append(action)
        if not plan or (not failed and state == before):
            tell(f"RLL> nothing left to do after {tries} calls of find_plan.")
            return state, done, tries
    tell("RLL> too many tries, giving up.")
    return state, done, max_tries


def _silent(*_: Any) -> None:
    """Print nothing."""


def _carry_out(state: State, action: Any) -> State | None:
    """Return the state after an action's command, or the action itself where it has none; None when it fails."""
    domain = current()
    function = domain._command_dict.get(f"c_{action[0]}") or domain._action_dict[action[0]]
    result = function(state.copy(), *action[1:])
    return result if isinstance(result, State) else None


def validate_plan_from_goal(
    initial_state: State, plan: Sequence[Any], key_string: str = "", goal_dict: Any = None
) -> bool:
    """Return whether a plan can be carried out, and leads to the wanted values of one state variable, if given."""
    if not isinstance(initial_state, State):
        raise InputError(f"a plan is validated from a State, not from a {type(initial_state).__name__}")
    state: Any = initial_state.copy()
    for action in plan:
        function = current()._action_dict.get(action[0])
        state = function(state.copy(), *action[1:]) if function else None
        if not isinstance(state, State):
            return False
    if not key_string or not goal_dict:
        return True
    reached = getattr(state, key_string, {})
    return all(reached.get(argument) == value for argument, value in goal_dict.get(key_string, {}).items())
