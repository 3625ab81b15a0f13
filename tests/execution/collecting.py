"""What runs of this process report by OpenTelemetry, kept in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from htn.execution.telemetry import Telemetry, install
from htn.execution.telemetry_ids import RunIds


class Collected:
    """What was reported in this process."""

    def __init__(self, **provider: Any) -> None:
        self._spans, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider(id_generator=RunIds(), **provider)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.telemetry = Telemetry(self.tracers, MeterProvider([self._reader]))

    def spans(self) -> list[ReadableSpan]:
        """Return the spans that have ended, by their beginning."""
        return sorted(self._spans.get_finished_spans(), key=lambda span: (span.start_time or 0, span.name))

    def points(self) -> dict[str, list[tuple[dict[str, Any], Any]]]:
        """Return attributes and point of each measurement, by the metric's name."""
        data = self._reader.get_metrics_data()
        found: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    found[metric.name] = [(dict(point.attributes or {}), point) for point in metric.data.data_points]
        return found


@contextmanager
def collecting(**provider: Any) -> Iterator[Collected]:
    """Have runs of this process reported to memory while the block runs."""
    collected = Collected(**provider)
    take_back = install(collected.telemetry)
    try:
        yield collected
    finally:
        take_back()
