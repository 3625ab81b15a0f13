"""Amounts as people write them."""

from __future__ import annotations

__all__ = ["duration_text", "memory_text"]


def duration_text(seconds: float) -> str:
    """Return seconds as people write them.

    Examples
    --------
    >>> duration_text(0.004), duration_text(0.04), duration_text(3.21), duration_text(130), duration_text(7260)
    ('0 s', '0.04 s', '3.2 s', '2 min 10 s', '2 h 1 min')
    """
    if seconds < 0.95:
        return f"{seconds:.2f} s" if seconds >= 0.005 else "0 s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    return f"{int(seconds // 3600)} h {int(seconds % 3600 // 60)} min"


def memory_text(size: float) -> str:
    """Return bytes as people write them.

    Examples
    --------
    >>> memory_text(2e5), memory_text(15e6), memory_text(1.2e10)
    ('under 1 MiB', '14 MiB', '11,444 MiB')
    """
    return f"{size / 2**20:,.0f} MiB" if size >= 2**20 else "under 1 MiB"
