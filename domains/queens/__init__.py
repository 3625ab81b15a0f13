"""Queens: one queen a row, none attacking another; a small domain in which most choices turn out wrong later."""

from __future__ import annotations

from typing import Any

from htn.model import Domain, State

__all__ = ["domain", "problem"]

BOARD = 16
"""The widest board there are methods for."""

domain = Domain("queens")


@domain.operator
def put(state: Any, row: int, column: int) -> Any:
    """Put a queen on a square that none attacks."""
    for other, taken in state.column.items():
        if taken == column or abs(taken - column) == row - other:
            return False
    state.column[row] = column
    return state


@domain.method("fill")
def no_row_left(state: Any, row: int) -> Any:
    """Applies when every row has its queen."""
    return [] if row == state.size["board"] else False


def _in_column(column: int) -> Any:
    def in_column(state: Any, row: int) -> Any:
        """Applies when the column is on the board."""
        size = state.size["board"]
        if row >= size or column >= size:
            return False
        return [("put", row, column), ("fill", row + 1)]

    in_column.__name__ = f"in_column_{column}"
    return in_column


for _column in range(BOARD):
    domain.method("fill")(_in_column(_column))


def problem(size: int) -> tuple[State, list[tuple[Any, ...]]]:
    """Return an empty board to be filled.

    Examples
    --------
    >>> problem(4)[1]
    [('fill', 0)]
    """
    return State(f"{size} queens", column={}, size={"board": size}), [("fill", 0)]
