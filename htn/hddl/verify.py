"""Verify a plan in the competition's format against a domain and a problem, by the definitions.

What is checked, in this order; what comes first must hold before what builds on it is looked at.

1. *Tree.* Every id that is named exists; every task is the subtask of exactly one other or a root, once; every task
   hangs from a root.
2. *Tasks.* Actions and compound tasks are declared, have as many arguments as declared, and each argument is an object
   of the declared type.
3. *Methods.* Each decomposition is an instance of its method, and the roots are one of the initial task network: the
   task's arguments fit, the children are the subtasks in an order that the method allows, every variable has an object
   of its type, and the constraints hold.
4. *Order.* Where a method orders two subtasks, every action below the first comes before every one below the second.
5. *Execution.* From the initial state, the precondition of each action holds in the state that it is carried out in;
   what an action both adds and deletes holds afterwards. At the end the goal holds.
6. *Method preconditions.* Each method has a state in which its precondition holds: a state that comes after everything
   ordered before its task is finished (the actions, and the methods of tasks without actions), not before the state of
   the method above it, and not after the state in which the first action that descends from it is carried out. In a
   totally ordered plan this is the one state before that first action. In a partially ordered plan it is what follows
   when a precondition is a first subtask without effects, which other actions may come before; this is the reading of
   the competition's verifier. Variables that neither the task nor the subtasks fix may have any values of their types
   that satisfy constraints and precondition together.

Where children can be read as subtasks in several ways, the plan is valid if one way is. The time is linear in the size
of the plan times a logarithm, but for such ambiguities and for quantified or disjunctive preconditions that wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from htn.hddl.errors import HddlError
from htn.hddl.evaluate import Evaluator, fact_text
from htn.hddl.matching import Given, Matchings, unify
from htn.hddl.model import (
    TRUE,
    Action,
    Domain,
    Effect,
    Formula,
    Increase,
    Method,
    Number,
    Problem,
    Typed,
    conjuncts,
    is_variable,
    walk,
)
from htn.hddl.names import suggestion
from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep
from htn.hddl.timeline import Timeline
from htn.hddl.types import Types
from htn.hddl.uses import uses
from htn.hddl.windows import Node, Option, Windows
from htn.model.record import Record

__all__ = ["ROOT", "Flaw", "Reading", "Verdict", "read_methods", "verify"]

# Ways to read one task's children as subtasks that are kept. Where there are more, a rejection says that not all were
# tried.
MOST_READINGS = 1000
ROOT = -1
"""In place of an id: the initial task network."""


class Flaw(Record):
    """Why a plan is rejected.

    Attributes
    ----------
    code : str
        ``tree``, ``task``, ``method``, ``order``, ``precondition``, ``method-precondition``, ``goal`` or
        ``unread`` (not a reason by itself: not every way to read the plan was tried).
    message : str
        One sentence.
    line : int
        The line of the plan; 0 where there is none (the goal).
    """

    code: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class Verdict(Record):
    """What the verifier found.

    Attributes
    ----------
    flaws : tuple of Flaw
        Why the plan is rejected; none for a valid plan.
    length : int
        The number of actions.
    cost : number
        The sum of the actions' costs where the domain has costs, else their number.
    """

    flaws: tuple[Flaw, ...]
    length: int
    cost: Number

    @property
    def valid(self) -> bool:
        """Whether the plan is a solution."""
        return not self.flaws

    def __str__(self) -> str:
        if self.valid:
            return f"valid: {self.length} actions, cost {self.cost}"
        return "\n".join(f"not valid: {flaw}" for flaw in self.flaws)


class Reading(Record):
    """What a method of a valid plan was, in full.

    Attributes
    ----------
    method : Method
        The method; for the roots, one that stands for the initial task network.
    binding : mapping of str to str
        A value for every variable of it. Those that neither the task nor the subtasks fix have values with which the
        precondition holds in a state that the method can be in.
    children : tuple of int
        The ids of what came of its subtasks, in the order in which the domain lists these.
    """

    method: Method
    binding: Mapping[str, str]
    children: tuple[int, ...]


def verify(domain: Domain, problem: Problem, plan: Plan) -> Verdict:
    r"""Return whether a plan is a solution of a problem, and if not, why.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> from htn.hddl.plan_format import parse_plan
    >>> domain = parse_domain('''(define (domain d) (:predicates (lit)) (:task t)
    ...     (:action switch :precondition (not (lit)) :effect (lit))
    ...     (:method m :task (t) :subtasks (switch)))''')
    >>> problem = parse_problem("(define (problem p) (:domain d) (:htn :subtasks (t)) (:init (lit)))", domain)
    >>> print(verify(domain, problem, parse_plan("==>\n1 switch\nroot 0\n0 t -> m 1\n<==")))
    not valid: line 2: the precondition of (switch) does not hold in the state before it: (lit) is true
    """
    return _Verification(domain, problem, plan).verdict()


def read_methods(domain: Domain, problem: Problem, plan: Plan) -> dict[int, Reading]:
    r"""Return for each decomposed task of a valid plan what its method was in full; for the roots under `ROOT`.

    Raises
    ------
    HddlError
        When the plan is not valid; the message says why.

    Examples
    --------
    >>> from htn.hddl import parse_domain, parse_problem
    >>> from htn.hddl.plan_format import parse_plan
    >>> domain = parse_domain('''(define (domain d) (:predicates (p ?x)) (:task t) (:action a)
    ...     (:method m :parameters (?x) :task (t) :precondition (p ?x) :subtasks (a)))''')
    >>> text = "(define (problem p) (:domain d) (:objects b c) (:htn :subtasks (t)) (:init (p c)))"
    >>> problem = parse_problem(text, domain)
    >>> dict(read_methods(domain, problem, parse_plan("==>\n1 a\nroot 0\n0 t -> m 1\n<=="))[0].binding)
    {'?x': 'c'}
    """
    return _Verification(domain, problem, plan).readings()


class _Verification:
    """One plan being verified."""

    def __init__(self, domain: Domain, problem: Problem, plan: Plan) -> None:
        self.domain, self.problem, self.plan = domain, problem, plan
        self.types = Types(domain, problem)
        self.evaluator = Evaluator(self.types, domain.source)
        self.steps: dict[int, PlanStep] = {step.id: step for step in plan.steps}
        self.tasks: dict[int, DecomposedTask] = {task.id: task for task in plan.tasks}
        self.at = {step.id: position for position, step in enumerate(plan.steps)}
        self.flaws: list[Flaw] = []
        self.cost: Number = 0
        effects = (part for action in domain.actions for part in walk(action.effect))
        self.costed = any(isinstance(part, Increase) for part in effects)
        self.unread = False

    def verdict(self) -> Verdict:
        for check in (self.check_tree, self.check_tasks, self.check_methods_and_execution):
            check()
            if self.flaws:
                break
        if self.flaws and self.unread:
            self.flaw("unread", "some task's children can be read as subtasks in too many ways: not all were tried")
        length = len(self.plan.steps)
        return Verdict(tuple(self.flaws), length, self.cost if self.costed else length)

    def readings(self) -> dict[int, Reading]:
        verdict = self.verdict()
        if not verdict.valid:
            raise HddlError(str(verdict), path=self.plan.path)
        found: dict[int, Reading] = {}
        satisfier = self.windows.satisfier
        for number, option, state in self.windows.chosen(ROOT):
            values = satisfier.values(option.condition, option.binding, option.free, state)
            assert values is not None
            task = self.tasks.get(number)
            listed = task.children if task else self.plan.roots
            children = [child for _, child in sorted(zip(option.where, listed, strict=True))]
            found[number] = Reading(option.method, values, tuple(children))
        return found

    def flaw(self, code: str, message: str, line: int = 0) -> None:
        self.flaws.append(Flaw(code, message, line))

    # ------------------------------------------------------------------------------------------------------- 1 tree
    def check_tree(self) -> None:
        parent: dict[int, str] = {}
        listed = [("root", self.plan.roots, self.plan.root_line)]
        listed.extend((str(task.id), task.children, task.line) for task in self.plan.tasks)
        for owner, children, line in listed:
            for child in children:
                if child not in self.steps and child not in self.tasks:
                    self.flaw("tree", f"the id {child} is no action and no decomposed task of the plan", line)
                elif child in parent:
                    self.flaw(
                        "tree", f"the id {child} is given as a subtask twice, of {parent[child]} and of {owner}", line
                    )
                else:
                    parent[child] = owner
        if self.flaws:
            return
        reached, waiting = set(self.plan.roots), list(self.plan.roots)
        while waiting:
            task = self.tasks.get(waiting.pop())
            if task:
                reached.update(task.children)
                waiting.extend(task.children)
        entries: list[PlanStep | DecomposedTask] = [*self.plan.steps, *self.plan.tasks]
        for entry in entries:
            if entry.id not in reached:
                self.flaw(
                    "tree", f"the task {_shown(entry)} with the id {entry.id} does not come of a root", entry.line
                )

    # ------------------------------------------------------------------------------------------------------ 2 tasks
    def check_tasks(self) -> None:
        for step in self.plan.steps:
            action = self.domain.action.get(step.name)
            if action is None:
                wrong = f"there is no action '{step.name}'{suggestion(step.name, self.domain.action)}"
                if step.name in self.domain.task:
                    wrong = f"'{step.name}' is a compound task: it cannot be carried out, only decomposed"
                self.flaw("task", wrong, step.line)
            else:
                self.check_arguments(step, action.parameters)
        for entry in self.plan.tasks:
            task = self.domain.task.get(entry.name)
            if task is None:
                wrong = f"there is no compound task '{entry.name}'{suggestion(entry.name, self.domain.task)}"
                if entry.name in self.domain.action:
                    wrong = f"'{entry.name}' is an action: it cannot be decomposed"
                self.flaw("task", wrong, entry.line)
            else:
                self.check_arguments(entry, task.parameters)

    def check_arguments(self, entry: PlanStep | DecomposedTask, parameters: Sequence[Typed]) -> None:
        if len(entry.arguments) != len(parameters):
            has = f"{len(entry.arguments)} argument{'s' if len(entry.arguments) != 1 else ''}"
            self.flaw("task", f"'{entry.name}' has {has} here, but {len(parameters)} in the domain", entry.line)
            return
        for argument, parameter in zip(entry.arguments, parameters, strict=True):
            if not self.types.has(argument, parameter.type):
                wrong = f"which is not of type '{parameter.type}'"
                if argument not in self.types.everything:
                    wrong = f"which is no object of the problem{suggestion(argument, self.types.everything)}"
                self.flaw(
                    "task", f"the argument {parameter.name} of '{entry.name}' is '{argument}', {wrong}", entry.line
                )

    # ------------------------------------------------------------------------------------- 3, 4 methods and ordering
    def check_methods_and_execution(self) -> None:
        nodes = self.nodes()
        timeline = self.execute()
        if not self.flaws:
            self.windows = Windows(nodes, self.evaluator, timeline)
            failure = self.windows.failure(ROOT)
            if failure:
                node, message = failure
                entry = self.steps.get(node) or self.tasks.get(node)
                line = entry.line if entry else self.plan.root_line
                self.flaw("order" if node in self.steps else "method-precondition", message, line)

    def nodes(self) -> dict[int, Node]:
        """Return the readings of every decomposed task, and of the roots under the id -1."""
        spans = self.spans()
        nodes = {step.id: Node(self.at[step.id], self.at[step.id], (), (), _shown(step)) for step in self.plan.steps}
        for task in self.plan.tasks:
            options: list[Option] = []
            reasons: list[str] = []
            for method in self.methods(task):
                kinds = {parameter.name: parameter.type for parameter in method.parameters}
                binding: dict[str, str] = {}
                if len(method.terms) != len(task.arguments):
                    wrong = f"takes {len(method.terms)} arguments of '{task.name}', which has {len(task.arguments)}"
                else:
                    wrong = unify(method.terms, task.arguments, binding, kinds, self.types)
                if wrong:
                    reasons.append(f"does not apply to {_shown(task)}: {wrong}")
                else:
                    options.extend(self.options(method, task.children, binding, spans, reasons))
            if not options and reasons:
                self.flaw(_code(reasons[-1]), f"the method '{task.method}' {reasons[-1]}", task.line)
            nodes[task.id] = Node(*spans[task.id], task.children, tuple(options), f"'{task.method}' of {_shown(task)}")
        initial = Method("initial task network", self.problem.parameters, "", (), TRUE, self.problem.network)
        reasons = []
        found = tuple(self.options(initial, self.plan.roots, {}, spans, reasons))
        if not found:
            self.flaw(_code(reasons[-1]), f"the initial task network {reasons[-1]}", self.plan.root_line)
        nodes[ROOT] = Node(0, len(self.plan.steps) - 1, self.plan.roots, found, "the initial task network")
        return nodes

    def methods(self, task: DecomposedTask) -> list[Method]:
        named = [method for method in self.domain.methods_of.get(task.name, ()) if method.name == task.method]
        if not named:
            known = [method.name for method in self.domain.methods_of.get(task.name, ())]
            other = next((method.task for method in self.domain.methods if method.name == task.method), None)
            wrong = f"'{task.name}' has no method '{task.method}'"
            hint = f"; it is one of '{other}'" if other else suggestion(task.method, known)
            self.flaw("method", wrong + hint, task.line)
        return named

    def options(
        self,
        method: Method,
        children: Sequence[int],
        binding: Mapping[str, str],
        spans: Mapping[int, tuple[int, int]],
        reasons: list[str],
    ) -> Iterable[Option]:
        """Return the readings of a decomposition that differ, as far as they can be judged on their own."""
        constraints = conjuncts(method.network.constraints)
        search = Matchings(
            method.network,
            method.parameters,
            [self.given(child) for child in children],
            self.types,
            lambda first, second: self.disorder(first.id, second.id, spans),
            (lambda values: self.constraint(constraints, values)) if constraints else (lambda values: ""),
        )
        found: dict[object, Option] = {}
        for matching in search.find(binding):
            free = {entry.name: entry.type for entry in method.parameters if entry.name not in matching.binding}
            key = (frozenset(matching.binding.items()), matching.before)
            condition, constraints_of = method.precondition, method.network.constraints
            found[key] = Option(
                condition, constraints_of, matching.binding, free, matching.before, method, matching.where
            )
            if len(found) >= MOST_READINGS:
                self.unread = True
                break
        self.unread |= not search.complete
        if not found:
            reasons.append(search.reason)
        return found.values()

    def given(self, child: int) -> Given:
        entry = self.steps.get(child) or self.tasks[child]
        return Given(child, entry.name, entry.arguments)

    def disorder(self, first: int, second: int, spans: Mapping[int, tuple[int, int]]) -> str:
        """Return which actions break the order of two subtasks, as the end of a sentence; nothing where none do."""
        end, start = spans[first][1], spans[second][0]
        if end < start:
            return ""
        before, after = self.plan.steps[end], self.plan.steps[start]
        return (
            f"orders the subtask {first} before {second}, but the action {_shown(after)} in line {after.line} "
            f"comes before {_shown(before)} in line {before.line}"
        )

    def constraint(self, parts: Sequence[Formula | Effect], values: Mapping[str, str]) -> str:
        """Return which constraint does not hold, as the end of a sentence; those with unknown variables are left."""
        for part in parts:
            known = all(use.term in values for use in uses(part) if is_variable(use.term) and not use.quantified)
            why = self.evaluator.why_not(part, values, lambda fact: False) if known else ""
            if why:
                return f"has constraints that do not hold: {why}"
        return ""

    def spans(self) -> dict[int, tuple[int, int]]:
        """Return the positions of the first and last action below each task; (length, -1) where there is none."""
        spans = {step.id: (position, position) for position, step in enumerate(self.plan.steps)}
        waiting = list(self.plan.roots)
        while waiting:
            number = waiting[-1]
            if number in spans:
                waiting.pop()
                continue
            missing = [child for child in self.tasks[number].children if child not in spans]
            if missing:
                waiting.extend(missing)
                continue
            waiting.pop()
            below = [spans[child] for child in self.tasks[number].children]
            first = min((span[0] for span in below), default=len(self.plan.steps))
            spans[number] = (first, max((span[1] for span in below), default=-1))
        return spans

    # -------------------------------------------------------------------------------------------------- 5 execution
    def execute(self) -> Timeline:
        """Carry the actions out; return the states."""
        timeline = Timeline(self.problem.init)
        values = dict(self.problem.values)
        for step in self.plan.steps:
            action: Action = self.domain.action[step.name]
            binding = dict(zip((parameter.name for parameter in action.parameters), step.arguments, strict=True))
            now = timeline.now.__contains__
            if not self.evaluator.holds(action.precondition, binding, now):
                why = self.evaluator.why_not(action.precondition, binding, now)
                wrong = f"the precondition of {_shown(step)} does not hold in the state before it: {why}"
                self.flaw("precondition", wrong, step.line)
                return timeline
            self.cost += self.evaluator.cost(action.effect, binding, now, values) if self.costed else 0
            timeline.advance(*self.evaluator.changes(action.effect, binding, now))
        goal = self.problem.goal
        if goal is not None:
            why = Evaluator(self.types, self.problem.source).why_not(goal, {}, timeline.now.__contains__)
            if why:
                self.flaw("goal", f"the goal does not hold at the end: {why}")
        return timeline


def _code(reason: str) -> str:
    return "order" if reason.startswith("orders ") else "method"


def _shown(entry: PlanStep | DecomposedTask) -> str:
    return fact_text((entry.name, *entry.arguments))
