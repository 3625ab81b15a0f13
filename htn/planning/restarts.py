"""Restarts: many short searches in random orders instead of a long one in the order given.

Where depth-first search makes a mistake early it may try everything below before it comes back to it: run times have
heavy tails. Searches in shuffled orders, each cut after a number of tasks taken from Luby's sequence, take within a
logarithmic factor of the best fixed cut. One that ends by itself has tried everything.

References
----------
Luby, M., Sinclair, A. and Zuckerman, D. (1993). Optimal speedup of Las Vegas algorithms. Inf. Process. Lett. 47.
Gomes, C., Selman, B. and Kautz, H. (1998). Boosting combinatorial search through randomization. AAAI.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from itertools import count

from htn.planning.search import Search, Solution

__all__ = ["Restarts", "luby"]

_UNIT = 1000


def luby(number: int) -> int:
    """Return the member of Luby's sequence with a number, from 1 on.

    Examples
    --------
    >>> [luby(i) for i in range(1, 16)]
    [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]
    """
    while True:
        size = number.bit_length()
        if number == (1 << size) - 1:
            return 1 << (size - 1)
        number -= (1 << (size - 1)) - 1


class Restarts:
    """A search by restarts.

    Parameters
    ----------
    make : callable
        Makes a search whose orders follow from a seed.
    seed : int
        From which the searches' seeds follow.
    unit : int
        How many tasks the shortest search may process.

    Attributes
    ----------
    search : Search or None
        The one under way, or the last.
    nodes : int
        Tasks processed by those before.
    restarts : int
        How many searches were begun.
    """

    def __init__(self, make: Callable[[int], Search], *, seed: int = 0, unit: int = _UNIT) -> None:
        self.search: Search | None = None
        self.nodes = self.restarts = 0
        self._make, self._unit = make, unit
        self._seeds = random.Random(seed)

    def run(self) -> Generator[Solution | None, None, str]:
        """Yield None at every pause, and solutions; one search finds those that come without a pause between.

        Returns
        -------
        str
            ``"exhausted"``, once a search has tried everything.
        """
        for number in count(1):
            self.restarts = number
            self.search = search = self._make(self._seeds.getrandbits(32))
            most = luby(number) * self._unit
            for event in search.run():
                yield event
                if event is None and search.nodes > most:
                    break
            else:
                return "exhausted"
            self.nodes += search.nodes
        raise AssertionError("the numbers came to an end")
