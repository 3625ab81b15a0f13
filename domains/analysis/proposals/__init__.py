"""Methods that a model proposes for questions no method is written for: typed, checked by the planner, kept."""

from __future__ import annotations

__all__: list[str] = []
