"""Networks with the same form are isomorphic, series-parallel ones have one form, and what is done leaves the rest."""

from __future__ import annotations

import random
from itertools import permutations

from htn.planning.ground.interleave import predecessors
from htn.planning.ground.networks import Network, Networks

TASKS = 3


def random_order(rng: random.Random, size: int) -> list[int]:
    """Return for each place the places before it, transitively, as bits."""
    pairs = [(a, b) for b in range(size) for a in range(b) if rng.random() < 0.4]
    return predecessors(size, pairs)


def made(networks: Networks, tasks: list[int], before: list[int]) -> Network | None:
    """Return the network of some tasks."""
    return networks.ordered([networks.task(task) for task in tasks], before)


def isomorphic(one: tuple[list[int], list[int]], other: tuple[list[int], list[int]]) -> bool:
    """Whether two orders of tasks are the same but for the names of places; by trying everything."""
    size = len(one[0])
    return any(
        all(one[0][a] == other[0][image[a]] for a in range(size))
        and all(one[1][b] >> a & 1 == other[1][image[b]] >> image[a] & 1 for a in range(size) for b in range(size))
        for image in permutations(range(size))
    )


def has_n(before: list[int]) -> bool:
    """Whether an order holds the pattern N, which makes it other than series-parallel (Valdes and others, 1982)."""

    def less(a: int, b: int) -> bool:
        return bool(before[b] >> a & 1)

    def apart(a: int, b: int) -> bool:
        return not less(a, b) and not less(b, a)

    return any(
        less(a, c) and less(b, c) and less(b, d) and apart(a, b) and apart(c, d) and apart(a, d)
        for a, b, c, d in permutations(range(len(before)), 4)
    )


def test_the_same_form_means_isomorphic() -> None:
    """Of random orders, equal objects are isomorphic; series-parallel ones that are isomorphic are equal objects."""
    equal = 0
    for seed in range(1500):
        rng = random.Random(seed)
        networks = Networks([1.0] * TASKS)
        size = rng.randint(2, 5)
        orders = []
        for _ in range(2):
            tasks = [rng.randrange(TASKS) if rng.random() < 0.3 else 0 for _ in range(size)]
            orders.append((tasks, random_order(rng, size)))
        same = made(networks, *orders[0]) is made(networks, *orders[1])
        if same:
            equal += 1
            assert isomorphic(*orders)
        elif not has_n(orders[0][1]) and not has_n(orders[1][1]):
            assert not isomorphic(*orders)
    assert equal > 100


def test_what_is_done_leaves_the_rest() -> None:
    """Taking away heads one by one gives, step by step, what making the network of the rest afresh gives."""
    compared = 0
    for seed in range(400):
        rng = random.Random(seed)
        networks = Networks([1.0] * 6)
        tasks = rng.sample(range(6), 6)
        before = random_order(rng, 6)
        network = made(networks, tasks, before)
        left = list(range(6))
        while network is not None:
            ready = {tasks[place] for place in left if not any(before[place] >> other & 1 for other in left)}
            assert {task for task, _ in network.heads} == ready
            assert sorted(network.tasks()) == sorted(tasks[place] for place in left)
            assert network.least == len(left)
            task, path = rng.choice(network.heads)
            network = networks.replace(network, path, None)
            left.remove(tasks.index(task))
            parts = [networks.task(tasks[place]) if place in left else None for place in range(6)]
            assert network is networks.ordered(parts, before)
            compared += 1
    assert compared == 2400


def test_replacing_a_head_puts_a_network_in_its_place() -> None:
    """A network in the place of a task is ordered against the others as the task was."""
    for seed in range(300):
        rng = random.Random(seed)
        networks = Networks([1.0] * 6)
        outer, inner = random_order(rng, 4), random_order(rng, 3)
        network = made(networks, [0, 1, 2, 5], outer)
        assert network is not None
        task, path = rng.choice(network.heads)
        place = [0, 1, 2, 5].index(task)
        replaced = networks.replace(network, path, made(networks, [3, 4, 3], inner))
        assert replaced is not None
        others = [other for other in range(4) if other != place]
        inside = {0: 3, 1: 4, 2: 5}
        pairs = [(a, b) for b in range(3) for a in range(3) if outer[others[b]] >> others[a] & 1]
        pairs += [(inside[a], inside[b]) for b in range(3) for a in range(3) if inner[b] >> a & 1]
        pairs += [(inside[a], b) for b in range(3) for a in range(3) if outer[others[b]] >> place & 1]
        flat_tasks = [[0, 1, 2, 5][other] for other in others] + [3, 4, 3]
        flat = predecessors(6, pairs)
        ready = {flat_tasks[other] for other in range(6) if not flat[other]}
        assert {head for head, _ in replaced.heads} == ready
        if not has_n(flat):
            assert replaced is made(networks, flat_tasks, flat)
