"""Networks of tasks that are left, built so that equal ones are the same object.

A network is a task, networks in series, networks in parallel, or (where an order is neither) parts with an order.
Series and parallel ones are flattened and parallel parts sorted, which makes the form unique for series-parallel
orders (Valdes, Tarjan and Lawler, "The Recognition of Series Parallel Digraphs", 1982); other orders may have several
forms. Two networks with the same form are always isomorphic, so a search that remembers forms never confuses them.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Network", "Networks"]

Path = tuple[int, ...]
Head = tuple[int, Path]


class Network:
    """Tasks that are left and their order; None stands for none.

    Attributes
    ----------
    number : int
        Its identity.
    task : int
        The task, where it is just one; else -1.
    parts : tuple of Network
        The parts; of a series, the first and the rest.
    before : tuple of int or None
        Which parts come before each, as bits; None for a task or a series.
    least : float
        A lower bound of what it costs.
    """

    __slots__ = ("_heads", "before", "least", "number", "parts", "task")

    def __init__(self, number: int, task: int, parts: tuple[Network, ...], before: tuple[int, ...] | None) -> None:
        self.number = number
        self.task = task
        self.parts = parts
        self.before = before
        self.least = 0.0
        self._heads: tuple[Head, ...] | None = None
        for part in parts:
            self.least += part.least

    @property
    def heads(self) -> tuple[Head, ...]:
        """The tasks that nothing comes before, each with the way to it; only one of those that are interchangeable."""
        if self._heads is None:
            self._heads = tuple(self._find_heads())
        return self._heads

    def _find_heads(self) -> list[Head]:
        heads: list[Head] = []
        waiting: list[tuple[Network, Path]] = [(self, ())]
        while waiting:
            network, path = waiting.pop()
            if network.task >= 0:
                heads.append((network.task, path))
            elif network.before is None:
                waiting.append((network.parts[0], (*path, 0)))
            else:
                last = -1
                for place in range(len(network.parts) - 1, -1, -1):
                    part = network.parts[place]
                    if not network.before[place] and (part.number != last or any(network.before)):
                        waiting.append((part, (*path, place)))
                    last = part.number
        return heads

    def tasks(self) -> list[int]:
        """Return all tasks."""
        found = []
        waiting = [self]
        while waiting:
            network = waiting.pop()
            if network.task >= 0:
                found.append(network.task)
            else:
                waiting += network.parts
        return found


class Networks:
    """Makes networks, each once.

    Parameters
    ----------
    least : sequence of float
        For each task, a lower bound of what it costs.

    Examples
    --------
    >>> networks = Networks([1.0, 1.0, 1.0])
    >>> a, b, c = map(networks.task, range(3))
    >>> networks.parallel([a, networks.parallel([c, b])]) is networks.parallel([b, c, a])
    True
    >>> ordered = networks.ordered([a, b, c], [0, 0b1, 0b1])
    >>> ordered is networks.series(a, networks.parallel([b, c])), ordered.heads
    (True, ((0, (0,)),))
    >>> networks.replace(ordered, (0,), None) is networks.parallel([b, c])
    True
    """

    def __init__(self, least: Sequence[float]) -> None:
        self._least = least
        self._tasks: dict[int, Network] = {}
        self._made: dict[tuple[tuple[int, ...], tuple[int, ...] | None], Network] = {}
        self._ordered: dict[tuple[tuple[int, ...], tuple[int, ...]], Network] = {}
        self._count = 0

    def task(self, task: int) -> Network:
        """Return the network of one task."""
        network = self._tasks.get(task)
        if network is None:
            self._count += 1
            network = self._tasks[task] = Network(self._count, task, (), None)
            network.least = self._least[task]
        return network

    def _make(self, parts: tuple[Network, ...], before: tuple[int, ...] | None) -> Network:
        key = (tuple([part.number for part in parts]), before)
        network = self._made.get(key)
        if network is None:
            self._count += 1
            network = self._made[key] = Network(self._count, -1, parts, before)
        return network

    def series(self, first: Network | None, rest: Network | None) -> Network | None:
        """Return one network before another."""
        if first is None or rest is None:
            return rest if first is None else first
        firsts = []
        while first.task < 0 and first.before is None:
            firsts.append(first.parts[0])
            first = first.parts[1]
        network = self._make((first, rest), None)
        for each in reversed(firsts):
            network = self._make((each, network), None)
        return network

    def parallel(self, parts: Sequence[Network | None]) -> Network | None:
        """Return networks side by side."""
        flat: list[Network] = []
        for part in parts:
            if part is None:
                continue
            if part.before is not None and not any(part.before):
                flat += part.parts
            else:
                flat.append(part)
        if len(flat) < 2:
            return flat[0] if flat else None
        flat.sort(key=_number)
        return self._make(tuple(flat), (0,) * len(flat))

    def ordered(self, parts: Sequence[Network | None], before: Sequence[int]) -> Network | None:
        """Return networks in a partial order, given for each the bits of all that come before it (transitively)."""
        left = [place for place, part in enumerate(parts) if part is not None]
        kept = [part for part in parts if part is not None]
        masks = [_select(before[place], left) for place in left] if len(left) < len(parts) else list(before)
        if len(kept) < 2:
            return kept[0] if kept else None
        if not any(masks):
            return self.parallel(kept)
        key = (tuple([part.number for part in kept]), tuple(masks))
        network = self._ordered.get(key)
        if network is None:
            network = self._ordered[key] = self._decompose(kept, masks)
        return network

    def _decompose(self, parts: list[Network], before: list[int]) -> Network:
        """Split an order into what is parallel or in series, as far as it is."""
        size = len(parts)
        related = [
            before[place] | sum(1 << other for other in range(size) if before[other] >> place & 1)
            for place in range(size)
        ]
        groups = _components(related)
        if len(groups) > 1:
            network = self.parallel([self._part(parts, before, group) for group in groups])
        else:
            everything = (1 << size) - 1
            groups = _components([everything & ~each & ~(1 << place) for place, each in enumerate(related)])
            if len(groups) == 1:
                return self._make(tuple(parts), tuple(before))
            groups.sort(key=lambda group: before[group[0]].bit_count())
            network = None
            for group in reversed(groups):
                network = self.series(self._part(parts, before, group), network)
        assert network is not None
        return network

    def _part(self, parts: list[Network], before: list[int], group: list[int]) -> Network | None:
        return self.ordered([parts[place] for place in group], [_select(before[place], group) for place in group])

    def replace(self, network: Network, path: Path, replacement: Network | None) -> Network | None:
        """Return a network with what a path leads to replaced."""
        above = []
        for place in path:
            above.append(network)
            network = network.parts[place]
        new = replacement
        for place, whole in zip(reversed(path), reversed(above), strict=True):
            if whole.before is None:
                new = self.series(new, whole.parts[1])
            else:
                parts: list[Network | None] = list(whole.parts)
                parts[place] = new
                new = self.ordered(parts, whole.before)
        return new


def _number(network: Network) -> int:
    return network.number


def _select(mask: int, places: list[int]) -> int:
    """Return the bits at some places, closed up."""
    return sum(1 << new for new, old in enumerate(places) if mask >> old & 1)


def _components(related: list[int]) -> list[list[int]]:
    """Return the connected components of a graph, in order of their first members."""
    groups = []
    left = (1 << len(related)) - 1
    while left:
        group, waiting = 0, left & -left
        while waiting:
            group |= waiting
            new = 0
            while waiting:
                bit = waiting & -waiting
                waiting ^= bit
                new |= related[bit.bit_length() - 1]
            waiting = new & ~group
        left &= ~group
        groups.append([place for place in range(len(related)) if group >> place & 1])
    return groups
