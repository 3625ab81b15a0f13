"""Ids of spans that follow from a run's id where they must, and are random elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanContext

__all__ = ["RunIds", "given_ids"]

_given: ContextVar[SpanContext | None] = ContextVar("given ids", default=None)


class RunIds(RandomIdGenerator):
    """Gives a span the ids that `given_ids` says, and random ones otherwise."""

    def generate_trace_id(self) -> int:
        """Return the id of a new trace."""
        given = _given.get()
        return super().generate_trace_id() if given is None else given.trace_id

    def generate_span_id(self) -> int:
        """Return the id of a new span."""
        given = _given.get()
        return super().generate_span_id() if given is None else given.span_id


@contextmanager
def given_ids(ids: SpanContext) -> Iterator[None]:
    """Give the span that is begun in the block these ids."""
    token = _given.set(ids)
    try:
        yield
    finally:
        _given.reset(token)
