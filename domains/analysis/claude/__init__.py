"""Claude agents: the capabilities of the local analysts carried out by a model, with the same typed outputs."""

from __future__ import annotations

__all__: list[str] = []
