"""Where a machine has the data of a run: where it was planned, unless this machine keeps them elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["data_elsewhere", "data_folder"]

_elsewhere: list[Path] = []


@contextmanager
def data_elsewhere(folder: Path | str | None) -> Iterator[None]:
    """Have all runs of this process use the data in a folder while the block runs; None leaves it as it is."""
    if folder is None:
        yield
        return
    _elsewhere.append(Path(folder).absolute())
    try:
        yield
    finally:
        _elsewhere.pop()


def data_folder(context: Mapping[str, Any]) -> Path:
    """Return the folder with a run's data on this machine.

    Examples
    --------
    >>> context = {"workspace": "/srv/estate"}
    >>> with data_elsewhere("/mnt/copy"):
    ...     print(data_folder(context))
    /mnt/copy
    >>> print(data_folder(context))
    /srv/estate
    """
    return _elsewhere[-1] if _elsewhere else Path(context["workspace"])
