"""All plans of a small problem whose tasks do not recur, by trying every binding and every order; shares no code."""

from __future__ import annotations

from tests.hddl.brute_force import choices, objects_of, successor, value


class TooManyError(Exception):
    """The problem has more decompositions or orders than a test should look at."""


class Exhaustive:
    """Enumerates the action sequences of all plans."""

    def __init__(self, domain, problem, most=20_000):
        self.domain, self.problem = domain, problem
        self.objects = objects_of(domain, problem)
        self.actions = {action.name: action for action in domain.actions}
        self.left = most

    def spend(self):
        """Count one step; stop when there are too many."""
        self.left -= 1
        if self.left < 0:
            raise TooManyError

    def sequences(self):
        """Return the action sequences."""
        found = set()
        for leaves, before, checks in self.network(self.problem.network, self.problem.parameters, {}, ()):
            for order in self.orders(leaves, before):
                if self.executable(order, leaves, checks, before):
                    found.add(tuple(leaves[leaf] for leaf in order))
        return found

    def network(self, network, parameters, values, path):
        """Yield (leaves, ordering, checks) for each decomposition; leaves are named by their path in the tree."""
        for full in choices(parameters, self.objects):
            if any(full.get(name, known) != known for name, known in values.items()):
                continue
            if not value(network.constraints, frozenset(), full, self.objects):
                continue
            yield from self.parts(network, full, path, 0, {}, [], [])

    def parts(self, network, full, path, index, leaves, before, checks):
        """Yield the decompositions of a network's subtasks from an index on."""
        self.spend()
        if index == len(network.subtasks):
            edges = [((*path, a), (*path, b)) for a, b in network.edges()]
            yield leaves, before + edges, checks
            return
        subtask = network.subtasks[index]
        arguments = tuple(full.get(term, term) for term in subtask.terms)
        here = (*path, index)
        for below, inner, inner_checks in self.task(subtask.task, arguments, here):
            yield from self.parts(
                network, full, path, index + 1, {**leaves, **below}, before + inner, checks + inner_checks
            )

    def task(self, name, arguments, path):
        """Yield the decompositions of a task."""
        if name in self.actions:
            parameters = self.actions[name].parameters
            if all(
                argument in self.objects.get(parameter.type, ())
                for argument, parameter in zip(arguments, parameters, strict=True)
            ):
                yield {path: (name, *arguments)}, [], []
            return
        declared = next(task for task in self.domain.tasks if task.name == name)
        if any(a not in self.objects.get(p.type, ()) for a, p in zip(arguments, declared.parameters, strict=True)):
            return
        for method in self.domain.methods:
            if method.task != name:
                continue
            values: dict[str, str] = {}
            if any(
                (values.setdefault(term, argument) if term.startswith("?") else term) != argument
                for term, argument in zip(method.terms, arguments, strict=True)
            ):
                continue
            for full in choices(method.parameters, self.objects):
                if all(full[known] == wanted for known, wanted in values.items()) and value(
                    method.network.constraints, frozenset(), full, self.objects
                ):
                    for leaves, before, checks in self.parts(method.network, full, path, 0, {}, [], []):
                        yield leaves, before, [*checks, (path, method.precondition, full)]

    def orders(self, leaves, before):
        """Yield every order of the leaves that the constraints between their ancestors allow."""
        names = list(leaves)
        after = {
            leaf: {
                other
                for first, second in before
                for other in names
                if leaf[: len(second)] == second and other[: len(first)] == first
            }
            for leaf in names
        }

        def extend(order):
            self.spend()
            if len(order) == len(names):
                yield order
                return
            for leaf in names:
                if leaf not in order and after[leaf] <= set(order):
                    yield from extend([*order, leaf])

        yield from extend([])

    def executable(self, order, leaves, checks, before):
        """Whether an order can be carried out and every method's precondition holds where it should."""
        state = frozenset(self.problem.init)
        states = [state]
        for leaf in order:
            name, *arguments = leaves[leaf]
            action = self.actions[name]
            values = {p.name: argument for p, argument in zip(action.parameters, arguments, strict=True)}
            if not value(action.precondition, state, values, self.objects):
                return False
            state = frozenset(successor(action.effect, state, values, self.objects))
            states.append(state)
        if self.problem.goal is not None and not value(self.problem.goal, state, {}, self.objects):
            return False
        for path, precondition, full in checks:
            below = [i for i, leaf in enumerate(order) if leaf[: len(path)] == path]
            # Without an action below it, a method is looked at where everything before it is done: only sequences.
            at = below[0] if below else sum(1 for leaf in order if leaf < path)
            if not value(precondition, states[at], full, self.objects):
                return False
        return True
