"""A scheduling problem as arrays: free amounts packed into one integer, so that one subtraction compares them all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from htn.scheduling.work import Booking, WorkPlan

__all__ = ["Compiled", "Fields", "Mode", "Pool", "compile_work"]


@dataclass(frozen=True, slots=True)
class Pool:
    """Agents that are alike to every step: together as good as one agent with the sum of their capacities."""

    agents: tuple[str, ...]
    capacity: int


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to do a step: by a pool of agents, in so many seconds, taking so much (packed) while it runs."""

    pool: int
    seconds: float
    demand: int


class Fields:
    """Amounts of several limits side by side in one integer, each with a bit more to tell when it falls below zero.

    With ``free`` holding these guard bits, ``(free - demand) & guard == guard`` says that no field is exceeded.

    Examples
    --------
    >>> fields = Fields([3, 10])
    >>> (fields.full - fields.pack([3, 9])) & fields.guard == fields.guard
    True
    >>> (fields.full - fields.pack([4, 9])) & fields.guard == fields.guard
    False
    """

    __slots__ = ("capacities", "full", "guard", "offsets")

    def __init__(self, capacities: Sequence[int]) -> None:
        self.capacities = tuple(capacities)
        self.offsets: list[int] = []
        offset = self.guard = 0
        for capacity in capacities:
            self.offsets.append(offset)
            offset += capacity.bit_length() + 1
            self.guard |= 1 << (offset - 1)
        self.full = self.pack(capacities) | self.guard

    def pack(self, amounts: Sequence[int]) -> int:
        """Return amounts as one integer; one that is above its capacity becomes one more than the capacity."""
        pairs = zip(amounts, self.capacities, self.offsets, strict=True)
        return sum(min(amount, capacity + 1) << offset for amount, capacity, offset in pairs)

    def unpack(self, packed: int) -> list[int]:
        """Return the amounts, guard bits apart."""
        widths = [capacity.bit_length() for capacity in self.capacities]
        return [packed >> offset & (1 << width) - 1 for offset, width in zip(self.offsets, widths, strict=True)]

    def take(self, free: int, demand: int) -> int:
        """Return what is left, at least zero of each: for what is fixed although it exceeds a limit."""
        if (free - demand) & self.guard == self.guard:
            return free - demand
        # amounts above their capacity are packed as one more than it, which may need the guard's bit
        wide = [
            demand >> at & (2 << size.bit_length()) - 1 for at, size in zip(self.offsets, self.capacities, strict=True)
        ]
        left = [max(0, one - two) for one, two in zip(self.unpack(free), wide, strict=True)]
        return self.pack(left) | self.guard


@dataclass(frozen=True, slots=True)
class Compiled:
    """The problem by position instead of by name.

    Attributes
    ----------
    work : WorkPlan
        Where it comes from.
    order : list of int
        The steps, dependencies first.
    before, after : list of list of int
        Dependencies of each step, and their converse.
    earliest : list of float
        No step that is not fixed starts before.
    modes : list of list of Mode
        The ways to do each step; a fixed step has one.
    fixed : list of Booking or None
        By step.
    pools : list of Pool
        Who there is; first the agents' fields, then the resources' in ``fields``.
    fields : Fields
        Packing of what is held while a step runs.
    rate_fields : list of Fields
        For each rate limit, packing of what is held from a step's start for the rate's seconds.
    rate_seconds : list of float
        How long each rate limit looks back.
    rate_demand : list of list of tuple
        For each step the rate limits that it takes of, each with the packed amount.
    kinds : list of int
        Steps of one kind need the same: if one of them cannot start now, none can.
    held : list of int
        The fixed steps that still hold something when the first other step may start.
    tail, head : list of float
        Longest path from a step's start to the end, and from the beginning to its start, by the quickest modes.
    bound : float
        No schedule ends before.
    """

    work: WorkPlan
    order: list[int]
    before: list[list[int]]
    after: list[list[int]]
    earliest: list[float]
    modes: list[list[Mode]]
    fixed: list[Booking | None]
    pools: list[Pool]
    fields: Fields
    rate_fields: list[Fields]
    rate_seconds: list[float]
    rate_demand: list[list[tuple[int, int]]]
    kinds: list[int]
    held: list[int]
    tail: list[float]
    head: list[float]
    bound: float

    @property
    def size(self) -> int:
        """How many steps there are."""
        return len(self.order)


def compile_work(work: WorkPlan) -> Compiled:
    """Return the problem as arrays.

    Examples
    --------
    >>> from htn.scheduling.work import Work
    >>> compile_work(WorkPlan((Work("a", 2), Work("b", 3, ("a",))))).bound
    5.0
    """
    index = {step.id: position for position, step in enumerate(work.steps)}
    before = [[index[name] for name in dict.fromkeys(step.dependencies)] for step in work.steps]
    after: list[list[int]] = [[] for _ in before]
    for step, earlier in enumerate(before):
        for each in earlier:
            after[each].append(step)
    order = _order(before, after)
    fixed: list[Booking | None] = [None] * len(before)
    for booking in work.fixed:
        fixed[index[booking.step]] = booking
    pools, columns = _pools(work)
    fields = Fields([pool.capacity for pool in pools] + [resource.capacity for resource in work.resources])
    modes = [_modes(work, columns, pools, fields, step, fixed[step]) for step in range(len(before))]
    rates = list(enumerate(work.rates))
    rate_fields = [Fields([rate.amount]) for rate in work.rates]
    rate_demand = [
        [(at, rate_fields[at].pack([step.uses[rate.name]])) for at, rate in rates if step.uses.get(rate.name, 0)]
        for step in work.steps
    ]
    earliest = [step.earliest for step in work.steps]
    shortest = [min(mode.seconds for mode in ways) for ways in modes]
    tail, head = [0.0] * len(before), list(earliest)
    for step in reversed(order):
        tail[step] = shortest[step] + max((tail[each] for each in after[step]), default=0.0)
    for step in order:
        booking_ = fixed[step]
        if booking_ is not None:
            head[step] = booking_.start
        else:
            ends = (head[each] + shortest[each] for each in before[step])
            head[step] = max(earliest[step], max(ends, default=0.0))
    longest = max((rate.seconds for rate in work.rates), default=0.0)
    begin = min((head[step] for step, booking in enumerate(fixed) if booking is None), default=math.inf)
    held = [s for s, b in enumerate(fixed) if b is not None and max(b.finish, b.start + longest) > begin]
    index_of: dict[object, int] = {}
    kinds = [
        index_of.setdefault((tuple((m.pool, m.demand) for m in ways), tuple(rate)), len(index_of))
        for ways, rate in zip(modes, rate_demand, strict=True)
    ]
    made = Compiled(
        work, order, before, after, earliest, modes, fixed, pools, fields, rate_fields,
        [rate.seconds for rate in work.rates], rate_demand, kinds, held, tail, head, 0.0,
    )  # fmt: skip
    object.__setattr__(made, "bound", _bound(made, shortest))
    return made


def _order(before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """Return the steps with dependencies first; among steps that are ready together, the earlier given first."""
    missing = [len(earlier) for earlier in before]
    order = [step for step, count in enumerate(missing) if count == 0]
    for step in order:  # grows while it is read
        for each in after[step]:
            missing[each] -= 1
            if missing[each] == 0:
                order.append(each)
    return order


def _pools(work: WorkPlan) -> tuple[list[Pool], list[tuple[float | None, ...]]]:
    """Return groups of agents that are alike to every step, and for each group the seconds it takes for each step."""
    able = [set(work.who(step)) for step in work.steps]
    fixed = {booking.step for booking in work.fixed}
    begin = min((step.earliest for step in work.steps if step.id not in fixed), default=0.0)
    # alike agents can stand in for each other only if none of them is taken at a later time
    apart = any(booking.start > begin for booking in work.fixed)
    groups: dict[tuple[tuple[float | None, ...], int], list[int]] = {}
    for position, agent in enumerate(work.agents):
        column = tuple(
            step.lasts(agent.name) if agent.name in who else None for step, who in zip(work.steps, able, strict=True)
        )
        groups.setdefault((column, position if apart else 0), []).append(position)
    # specialists first: of two pools that would finish a step at the same time, the one that can do less takes it
    columns = sorted(groups, key=lambda each: sum(seconds is not None for seconds in each[0]))
    pools = []
    for members in (groups[column] for column in columns):
        agents = [work.agents[position] for position in members]
        pools.append(Pool(tuple(agent.name for agent in agents), sum(agent.capacity for agent in agents)))
    return pools, [column for column, _ in columns]


def _modes(
    work: WorkPlan,
    columns: Sequence[tuple[float | None, ...]],
    pools: Sequence[Pool],
    fields: Fields,
    step: int,
    fixed: Booking | None,
) -> list[Mode]:
    """Return the ways to do one step."""
    uses = [work.steps[step].uses.get(resource.name, 0) for resource in work.resources]
    if fixed is not None:
        own = [int(fixed.agent in pool.agents) for pool in pools]
        at = own.index(1) if 1 in own else -1
        return [Mode(at, fixed.finish - fixed.start, fields.pack(own + uses))]
    if not pools:
        seconds = work.steps[step].seconds
        return [Mode(-1, seconds, fields.pack(uses) if seconds else 0)]
    ways = []
    for at, column in enumerate(columns):
        seconds_ = column[step]
        if seconds_ is not None:
            own = [int(at == other) for other in range(len(pools))]
            # what takes no time holds nothing
            ways.append(Mode(at, seconds_, fields.pack(own + uses) if seconds_ else 0))
    return ways


def _bound(made: Compiled, shortest: Sequence[float]) -> float:
    """Return the larger of the longest path and, for each limit, the work that it must take in turn."""
    ends = [b.finish if b is not None else made.head[s] + made.tail[s] for s, b in enumerate(made.fixed)]
    bound = max(ends, default=0.0)
    free = [step for step in range(made.size) if made.fixed[step] is None]
    if not free:
        return bound
    begin = min(made.head[step] for step in free)
    for limit, size in list(enumerate(made.fields.capacities))[len(made.pools) :]:
        area = sum(
            min(mode.seconds * made.fields.unpack(mode.demand)[limit] for mode in made.modes[step]) for step in free
        )
        bound = max(bound, begin + area / size) if size else bound
    # what only some pools can do, they have to share out among themselves
    groups = {frozenset(mode.pool for mode in made.modes[step]) for step in free} if made.pools else set()
    groups |= {one | two for one in groups for two in groups}
    for group in groups:
        area = sum(shortest[step] for step in free if all(mode.pool in group for mode in made.modes[step]))
        bound = max(bound, begin + area / sum(made.pools[pool].capacity for pool in group))
    times = [mode.seconds for ways in made.modes for mode in ways] + made.head + made.rate_seconds
    return float(math.ceil(bound - 1e-9)) if all(float(time).is_integer() for time in times) else bound
