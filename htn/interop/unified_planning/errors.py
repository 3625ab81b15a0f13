"""What cannot be carried over, in one sentence."""

from __future__ import annotations

from htn.model.errors import InputError

__all__ = ["UnsupportedError"]


class UnsupportedError(InputError):
    """A problem or a plan says something that the other side has no words for."""

    code = "unsupported"
