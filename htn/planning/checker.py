"""The checker: replays a decomposition against the domain, trusting nothing that the search did.

It shares neither the trail nor the agenda nor the memory with the search: it walks the tree in the order of execution,
calls the domain's functions on a state that only goes forward, and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from htn.model.domain import Domain
from htn.model.errors import InputError
from htn.model.goals import MULTIGOAL, MultiGoal, unmet
from htn.model.network import TaskNetwork, tasks_in
from htn.model.state import State, undo
from htn.model.values import plain
from htn.plan.history import History
from htn.plan.plan import Plan, check_references
from htn.plan.trace import trace
from htn.plan.tree import Decomposition, Node, node_id
from htn.planning.grow import constraints_of

__all__ = ["Problem", "Verdict", "check_plan", "check_tree"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    node : str or None
        Id of the node concerned.
    kind : str
        A stable name for this kind of problem.
    message : str
        One sentence.
    """

    node: str | None
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found.

    Attributes
    ----------
    problems : tuple of Problem
        Empty when the tree is sound.
    open : int
        How many deferred nodes are still to be decomposed.
    """

    problems: tuple[Problem, ...]
    open: int

    def __bool__(self) -> bool:
        return not self.problems

    def __str__(self) -> str:
        if self.problems:
            return "unsound: " + "; ".join(problem.message for problem in self.problems)
        return f"sound, {self.open} open" if self.open else "sound"


def check_plan(domain: Domain, plan: Plan, tasks: Any = None) -> Verdict:
    """Check a plan: its tree, and that its steps, dependencies and reasons are those of the tree.

    Parameters
    ----------
    domain : Domain
        What is allowed.
    plan : Plan
        The plan, for instance one read from a file.
    tasks : list or TaskNetwork, optional
        The task list that the plan must be for.

    Examples
    --------
    >>> from htn.planning import find_plan
    >>> domain = Domain("d")
    >>> @domain.operator
    ... def put(state, key):
    ...     state.at[key] = True
    ...     return state
    >>> plan = find_plan(domain, State(at={}), [("put", "a")]).plan
    >>> str(check_plan(domain, plan, [("put", "a")]))
    'sound'
    """
    verdict = check_tree(domain, plan.initial, plan.tree, tasks, history=plan.history)
    if not verdict:
        return verdict
    try:
        check_references(plan.steps, plan.tree)
    except InputError as error:
        return Verdict((Problem(None, "references", str(error)),), verdict.open)
    right = trace(domain, plan.initial, plan.tree, plan.history)
    problems = [*_steps_otherwise(plan, right), *_reasons_otherwise(plan, right)]
    return Verdict(tuple(problems), verdict.open)


def _steps_otherwise(plan: Plan, right: Plan) -> Iterator[Problem]:
    """Yield in what the steps of a plan differ from what tracing gives; a step may wait for more than it must."""
    if set(right.by_id) != set(plan.by_id):
        yield Problem(None, "steps", "the steps are not the leaves of the tree")
    for step in plan.steps:
        wanted = right.by_id.get(step.id)
        if wanted is None:
            continue
        for name in ("task", "args", "key", "capability", "description", "criteria", "deferred"):
            if getattr(step, name) != getattr(wanted, name):
                message = (
                    f"step {step.id} has {name} {getattr(step, name)!r}, the domain says {getattr(wanted, name)!r}"
                )
                yield Problem(step.id, f"step-{name}", message)
        missing = set(wanted.dependencies) - set(step.dependencies)
        if missing:
            message = f"step {step.id} ({step.task}) must wait for {', '.join(sorted(missing))}, and does not say so"
            yield Problem(step.id, "step-dependencies", message)
        if set(step.causal) != set(wanted.causal):
            used = ", ".join(sorted(wanted.causal)) or "no step"
            message = f"step {step.id} ({step.task}) uses the results of {used}, the plan says otherwise"
            yield Problem(step.id, "step-causal", message)


def _reasons_otherwise(plan: Plan, right: Plan) -> Iterator[Problem]:
    """Yield where a plan gives other reasons than tracing does: facts relied on, and links between steps."""
    for node in plan.tree.nodes.values():
        if set(node.reads) != set(right.tree[node.id].reads):
            yield Problem(node.id, "reads", f"the node {node.id} ({node.task}) relies on other facts than it says")
    for link in set(right.links) ^ set(plan.links):
        message = f"the reason why {link.second} comes after {link.first} is given wrongly"
        yield Problem(link.second, "links", message)


def check_tree(
    domain: Domain, initial: State, tree: Decomposition, tasks: Any = None, *, history: History | None = None
) -> Verdict:
    """Check a decomposition by replaying it.

    Parameters
    ----------
    domain : Domain
        What is allowed.
    initial : State
        The state it starts from; not changed.
    tree : Decomposition
        The decomposition.
    tasks : list or TaskNetwork, optional
        The task list that it must be a decomposition of; not compared when left out.
    history : History, optional
        What of it is done: its structure is checked, and the replay begins after it, from the observed state.

    Returns
    -------
    Verdict
        Every problem of structure; or, where the structure is right, the first problem of the replay.
    """
    checker = _Checker(domain, tree, history)
    checker.structure(tasks)
    if history is not None:
        checker.happened(history)
    if not checker.problems:
        checker.replay(initial if history is None else history.observed)
    still_open = sum(node.kind == "deferred" for node in tree.nodes.values())
    return Verdict(tuple(checker.problems), still_open)


class _Checker:
    def __init__(self, domain: Domain, tree: Decomposition, history: History | None) -> None:
        self.domain = domain
        self.tree = tree
        self.begin = 0 if history is None else len(history.done)
        self.is_past: Callable[[Node], bool] = (lambda node: False) if history is None else history.is_past
        self.running = frozenset(() if history is None else (step.id for step in history.running))
        self.problems: list[Problem] = []
        self.place = {leaf: place for place, leaf in enumerate(tree.order)}
        self.last: dict[str, int] = {}
        self.begins: dict[str, int] = {}

    def _wrong(self, node: Node | None, kind: str, message: str) -> None:
        self.problems.append(Problem(node.id if node else None, kind, message))

    # --- structure: what can be seen without running anything

    def structure(self, tasks: Any) -> None:
        """Check identities, links between parents and children, and the order of the leaves."""
        tree = self.tree
        seen: set[str] = set()
        self._family(None, tree.roots, seen)
        waiting = list(tree.roots)
        while waiting:
            node = tree.nodes[waiting.pop()]
            self._node(node)
            waiting.extend(self._family(node, node.children, seen))
        for node in tree.nodes.values():
            if node.id not in seen:
                self._wrong(node, "unreachable", f"the node {node.id} ({node.task}) belongs to no root")
        if tasks is not None:
            self._roots(tasks)
        leaves = [node.id for node in tree.nodes.values() if node.is_leaf]
        if len(set(tree.order)) != len(tree.order) or set(leaves) != set(tree.order):
            self._wrong(None, "order", "the order of execution does not hold every step exactly once")
            return
        if not self.problems:
            self._spans()
            self._ordering(None, tree.roots, tree.before)
            for node in tree.nodes.values():
                self._ordering(node, node.children, node.before)

    def _family(self, parent: Node | None, children: Iterable[str], seen: set[str]) -> list[str]:
        """Check that children know their parent, appear once and have the ids that follow; return those to visit."""
        occurrences: dict[Any, int] = {}
        fresh = []
        for identity in children:
            child = self.tree.nodes[identity]
            if identity in seen:
                self._wrong(child, "twice", f"the node {identity} ({child.task}) stands in the tree twice")
                continue
            seen.add(identity)
            fresh.append(identity)
            above = parent.id if parent else None
            if child.parent != above:
                self._wrong(
                    child, "parent", f"the node {identity} names the parent {child.parent}, it is below {above}"
                )
            like = (repr(plain(child.whole)), child.method)
            expected = node_id(above, child.task, child.args, child.method, occurrences.get(like, 0))
            occurrences[like] = occurrences.get(like, 0) + 1
            if expected != identity:
                self._wrong(child, "identity", f"the node {identity} ({child.task}) should have the id {expected}")
        return fresh

    def _node(self, node: Node) -> None:
        """Check that a node is of the kind the domain says, with a method that exists."""
        domain = self.domain
        kinds = {
            "primitive": node.task in domain.operators,
            "compound": node.task in domain.methods,
            "goal": node.task in domain.goal_methods,
            "multigoal": node.task == MULTIGOAL,
            "deferred": node.task in domain.deferrals,
        }
        if node.kind not in kinds:
            self._wrong(node, "kind", f"the node {node.id} is of the unknown kind {node.kind!r}")
        elif not kinds[node.kind]:
            self._wrong(node, "kind", f"the domain has no {node.kind} task {node.task!r} (node {node.id})")
        elif node.is_leaf:
            if node.children or node.method is not None:
                self._wrong(node, "leaf", f"the {node.kind} node {node.id} ({node.task}) has a method or subtasks")
        elif node.method is None:
            if node.kind != "goal" or node.children:
                self._wrong(node, "method", f"the {node.kind} node {node.id} ({node.task}) has no method")
        else:
            methods = domain.multigoal_methods
            if node.kind != "multigoal":
                methods = (domain.methods if node.kind == "compound" else domain.goal_methods)[node.task]
            if node.method not in [method.name for method in methods]:
                self._wrong(node, "method", f"{node.task!r} has no method {node.method!r} (node {node.id})")

    def _roots(self, tasks: Any) -> None:
        wanted = tasks_in(tasks)
        given = [_whole(self.tree.nodes[root]) for root in self.tree.roots]
        if wanted != given:
            self._wrong(None, "tasks", f"the tree is for the tasks {given!r}, not for {wanted!r}")
        elif constraints_of(tasks) != self.tree.before:
            self._wrong(None, "tasks", "the tree orders its tasks otherwise than the task list")

    def _spans(self) -> None:
        """Work out, bottom up, where each node's leaves end, and where it begins or, begun before, goes on."""
        for node in reversed(self._top_down()):
            onward = min((self.begins[child] for child in node.children), default=len(self.tree.order))
            begun = self.is_past(node) or node.id in self.running
            self.begins[node.id] = onward if begun else node.at
            if node.is_leaf:
                self.last[node.id] = self.place[node.id]
            else:
                self.last[node.id] = max((self.last[child] for child in node.children), default=node.at - 1)

    def _top_down(self) -> list[Node]:
        found: list[Node] = []
        waiting = list(reversed(self.tree.roots))
        while waiting:
            node = self.tree.nodes[waiting.pop()]
            found.append(node)
            waiting.extend(reversed(node.children))
        return found

    def _ordering(self, parent: Node | None, children: tuple[str, ...], before: Any) -> None:
        """Check that nothing begins before what it must wait for has ended, nor before its parent was decomposed."""
        pairs = zip(range(len(children)), range(1, len(children)), strict=False) if before is None else before
        for one, two in pairs:
            if not (0 <= one < len(children) and 0 <= two < len(children)):
                self._wrong(
                    parent, "constraints", f"an ordering constraint names the child {max(one, two)}, which is not there"
                )
                continue
            first, second = self.tree.nodes[children[one]], self.tree.nodes[children[two]]
            if self.last[first.id] >= self.begins[second.id]:
                self._wrong(second, "ordering", f"{second.task} ({second.id}) begins before {first.task} has ended")
        for child in children:
            node = self.tree.nodes[child]
            if parent is not None and node.at < parent.at:
                self._wrong(node, "ordering", f"{node.task} ({node.id}) stands before its own parent's decomposition")
            if node.is_leaf and node.at != self.place[child]:
                self._wrong(
                    node, "ordering", f"the step {child} says it is number {node.at}, it is number {self.place[child]}"
                )

    def happened(self, history: History) -> None:
        """Check that what is said to be done comes first in the order."""
        done = {step.id for step in history.done}
        begun = tuple(step.id for step in history.begun)
        if self.tree.order[: len(begun)] != begun:
            message = "the steps that are done, and those in flight, do not come first in the order of execution"
            self._wrong(None, "history", message)
        for fluent, key, step in history.writers:
            if step not in done:
                self._wrong(None, "history", f"the step {step} is said to have set {fluent}[{key!r}] and is not done")

    # --- replay: what the domain's functions say

    def replay(self, initial: State) -> None:
        """Carry out the leaves in order, asking each method at the moment at which its node was decomposed.

        What happened is not replayed; a goal that is not finished then must hold in the end.
        """
        # The copy notes its changes, to show cheaply that a method made none; one of another make is compared whole.
        state = initial.copy() if hasattr(initial, "_recording") else initial.tracked()
        due: dict[int, list[Node]] = {}
        open_: set[str] = set()
        for node in self._top_down():
            if self.is_past(node):
                continue
            above: str | None = node.id
            while above is not None and above not in open_:
                open_.add(above)
                above = self.tree.nodes[above].parent
            if not node.is_leaf:
                due.setdefault(node.at, []).append(node)
        ending: dict[int, list[Node]] = {}
        for node in self.tree.nodes.values():
            if node.kind in ("goal", "multigoal") and node.method is not None and node.id in open_:
                ending.setdefault(self.last[node.id], []).append(node)
        for place in range(self.begin, len(self.tree.order) + 1):
            self._achieved(ending.get(place - 1, ()), state)
            for node in due.get(place, ()):
                self._method(node, state)
                if self.problems:
                    return
            if self.problems or place == len(self.tree.order):
                return
            self._step(self.tree.nodes[self.tree.order[place]], state)
            if self.problems:
                return

    def _step(self, node: Node, state: State) -> None:
        if node.kind == "deferred":
            deferral = self.domain.deferrals[node.task]
            if deferral.known(state, *node.args):
                self._wrong(
                    node, "deferred", f"{node.task} ({node.id}) is left open although what it waits for is known"
                )
                return
            function = deferral.predict
        else:
            function = self.domain.operators[node.task].function
        result = self._call(node, function, state)
        if not self.problems and result is not state:
            reason = getattr(result, "reason", "") or "it does not apply"
            self._wrong(node, "refused", f"step {node.task}{node.args!r} is refused: {reason}")

    def _method(self, node: Node, state: State) -> None:
        if node.kind == "goal" and node.method is None:
            if unmet(state, node.whole):
                self._wrong(node, "goal", f"the goal {node.whole!r} is said to hold already, and does not")
            return
        key = MULTIGOAL if node.kind == "multigoal" else node.task
        method = self.domain.find_method(key, node.method or "")
        if node.alternative < 0 or (node.alternative and not method.generates):
            self._wrong(node, "alternative", f"method {node.method!r} has no alternative {node.alternative}")
            return
        trail = state._trail
        mark, before = len(trail), None if type(trail) is list else state.fluents()
        result = self._call(node, method.function, state, generate=node.alternative if method.generates else None)
        if self.problems:
            return
        if _changed(state, before, mark):
            self._wrong(node, "impure", f"method {node.method!r} of {node.task} changes the state")
            return
        if result is None or result is False or not isinstance(result, (list, TaskNetwork)):
            reason = getattr(result, "reason", "") or "it does not apply"
            self._wrong(node, "refused", f"method {node.method!r} of {node.task}{node.args!r} is refused: {reason}")
            return
        wanted = tasks_in(result)
        given = [_whole(self.tree.nodes[child]) for child in node.children]
        if wanted != given:
            self._wrong(
                node, "subtasks", f"method {node.method!r} of {node.task} gives {wanted!r}, the tree has {given!r}"
            )
        elif constraints_of(result) != node.before:
            self._wrong(node, "constraints", f"method {node.method!r} of {node.task} orders its subtasks otherwise")

    def _call(self, node: Node, function: Any, state: State, generate: int | None = None) -> Any:
        args = (MultiGoal.from_facts(node.args[0]),) if node.kind == "multigoal" else node.args
        try:
            result = function(state, *args)
            if generate is not None:
                return next(islice(result, generate, None), None)
        except Exception as error:  # noqa: BLE001  (a domain's function may raise anything; here that is a finding)
            self._wrong(node, "raised", f"{node.task}{node.args!r} raises {type(error).__name__}: {error}")
            return None
        return result

    def _achieved(self, nodes: Iterable[Node], state: State) -> None:
        for node in nodes:
            missing = unmet(state, _whole(node))
            if missing:
                self._wrong(node, "goal", f"the goal {missing[0]!r} does not hold once {node.method!r} is done")


def _changed(state: State, before: dict[str, Any] | None, mark: int) -> bool:
    """Return whether a state has changed, given what it was, or the length that its trail had."""
    if before is not None:
        return state.fluents() != before
    if len(state._trail) == mark:
        return False
    after = state.fluents()
    undo(state._trail, mark)
    return after != state.fluents()


def _whole(node: Node) -> Any:
    """Return a node's task as the domain writes it."""
    return MultiGoal.from_facts(node.args[0]) if node.kind == "multigoal" else node.whole
