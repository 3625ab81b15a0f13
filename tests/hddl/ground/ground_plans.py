"""All plans of a ground problem, by trying every method and every order on the ground problem itself."""

from __future__ import annotations

from htn.model.ground import GroundStep
from tests.hddl_solve.exhaustive import TooManyError


def solutions(ground, most=60_000):
    """Yield every solution; only for problems whose tasks do not recur."""
    left = [most]
    # A network: open tasks as (task, place of parent, position, key), order as pairs of keys, and what waits.
    start = ((ground.root, -1, 0, 0),)
    yield from _extend(ground, ground.initial, start, frozenset(), (), 1, left)


def _extend(ground, state, network, order, steps, fresh, left):
    left[0] -= 1
    if left[0] < 0:
        raise TooManyError
    if not network:
        yield list(steps)
        return
    keys = {entry[3] for entry in network}
    for entry in network:
        task, parent, position, key = entry
        if any(b == key and a in keys for a, b in order):
            continue
        rest = tuple(other for other in network if other is not entry)
        if task in ground.actions:
            action = ground.actions[task]
            if state & action.positive == action.positive and not state & action.negative:
                after = state & ~action.delete | action.add
                step = GroundStep(task, parent, position, None)
                yield from _extend(ground, after, rest, order, (*steps, step), fresh, left)
            continue
        for method in ground.methods.get(task, ()):
            if state & method.positive != method.positive or state & method.negative:
                continue
            size = len(method.subtasks)
            new = tuple((sub, len(steps), i, fresh + i) for i, sub in enumerate(method.subtasks))
            pairs = [(i, i + 1) for i in range(size - 1)] if method.before is None else method.before
            links = {(fresh + a, fresh + b) for a, b in pairs}
            if size:
                links |= {(fresh + i, b) for i in range(size) for a, b in order if a == key}
                links |= {(a, fresh + i) for i in range(size) for a, b in order if b == key}
            step = GroundStep(task, parent, position, method)
            yield from _extend(ground, state, rest + new, order | links, (*steps, step), fresh + size, left)
