"""An answer of the Messages API as the server-sent events that it is streamed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

__all__ = ["events_of", "stream_error"]

EMPTY: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
}

PIECE = 37
"""Characters in one delta; texts and arguments are cut anywhere."""


def _event(kind: str, **data: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


def stream_error(kind: str) -> bytes:
    """Return the event that says that an answer cannot be finished."""
    return _event("error", error={"type": kind, "message": "as the script says"})


def _pieces(text: str) -> Iterator[str]:
    yield from (text[start : start + PIECE] for start in range(0, len(text), PIECE))


def events_of(message: dict[str, Any]) -> Iterator[bytes]:
    """Yield the events of a message, in the order of the real service: the first has no content and no ending yet."""
    usage = message["usage"]
    begun = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield _event("message_start", message=begun)
    yield _event("ping")
    for index, block in enumerate(message["content"]):
        kind = block["type"]
        yield _event("content_block_start", index=index, content_block={**block, **EMPTY[kind]})
        written = json.dumps(block["input"]) if kind == "tool_use" else block[kind]
        name = {"text": "text_delta", "thinking": "thinking_delta", "tool_use": "input_json_delta"}[kind]
        field = {"text": "text", "thinking": "thinking", "tool_use": "partial_json"}[kind]
        for piece in _pieces(written):
            yield _event("content_block_delta", index=index, delta={"type": name, field: piece})
        if kind == "thinking":
            signed = {"type": "signature_delta", "signature": block["signature"]}
            yield _event("content_block_delta", index=index, delta=signed)
        yield _event("content_block_stop", index=index)
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": message["stop_sequence"]}
    yield _event("message_delta", delta=ending, usage={"output_tokens": usage["output_tokens"]})
    yield _event("message_stop")
