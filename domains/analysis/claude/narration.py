"""What a model does while it answers, told as it happens: tools asked for, remarks, how far it has written."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from htn.execution.turns import Turns

__all__ = ["Narration"]

_REMARK = 200
"""A remark is told when it has so many characters, or ends."""

_ANSWER = 1_000
"""Of the answer itself only its length is told, at so many characters and each time it has doubled since."""


class Narration:
    """Hears the events of one streamed answer, and tells what they come to.

    What the model remarks or thinks may hold words of a call: it is shown, and kept out of the audit record. So is the
    name of a tool that there is not, as any text may stand there.

    Parameters
    ----------
    turns : Turns
        Who is told.
    tools : collection of str
        Names of the tools that there are.

    Examples
    --------
    >>> class Printed:
    ...     def tell(self, doing, said=""):
    ...         print(doing, said)
    >>> narration = Narration(Printed(), ["read_turns"])
    >>> narration.hear_text("Let me look at the second call.")
    >>> narration.end_block("tool_use", "read_turns")
    remarks Let me look at the second call.
    asks for read_turns
    """

    def __init__(self, turns: Turns, tools: Collection[str]) -> None:
        self._turns = turns
        self._tools = tools
        self._remark, self._doing = "", "remarks"
        self._written, self._next = 0, _ANSWER

    def hear(self, event: Any) -> None:
        """Take in an event as the client library gives it."""
        if event.type == "text":
            self.hear_text(event.text)
        elif event.type == "thinking":
            self._add("thinks", event.thinking)
        elif event.type == "content_block_stop":
            block = event.content_block
            self.end_block(block.type, getattr(block, "name", ""))

    def hear_text(self, text: str) -> None:
        """Take in a piece of text: of the answer, which is JSON and begins with a brace, or of a remark."""
        if self._written or (not self._remark and text.lstrip().startswith("{")):
            self._written += len(text)
            if self._written >= self._next:
                self._next = 2 * self._written
                self._turns.tell(f"writes its answer, {self._written:,} characters so far")
        else:
            self._add("remarks", text)

    def end_block(self, kind: str, name: str = "") -> None:
        """Take in that a part of the answer is complete."""
        self._flush()
        self._written, self._next = 0, _ANSWER
        if kind == "tool_use":
            known = name in self._tools
            self._turns.tell(f"asks for {name if known else 'a tool that there is not'}", "" if known else name)

    def _add(self, doing: str, text: str) -> None:
        if doing != self._doing:
            self._flush()
        self._doing = doing
        self._remark += text
        if len(self._remark) >= _REMARK:
            self._flush()

    def _flush(self) -> None:
        if self._remark.strip():
            self._turns.tell(self._doing, self._remark.strip())
        self._remark = ""
