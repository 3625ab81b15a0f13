"""An exchange: one side opens, the other replies, and each may go on for as long as it likes to talk."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Exchange"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Templates of a short piece of dialogue about one topic.

    Attributes
    ----------
    topic : str
        What it is about; a call takes each topic once.
    lead : str
        Who opens: ``rep`` or ``prospect``.
    opening, reply : tuple of str
        What the lead says and what the other side answers.
    more : tuple of str
        How the answering side goes on when it is talkative.
    reaction : tuple of str
        What the lead says to the answer.
    aside : tuple of str
        How the lead goes on when the lead is talkative.
    follow, follow_reply : tuple of str
        A further question by the lead and its answer; asked by reps who ask much.
    """

    topic: str
    lead: str
    opening: tuple[str, ...]
    reply: tuple[str, ...]
    more: tuple[str, ...] = ()
    reaction: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()
    follow_reply: tuple[str, ...] = ()
