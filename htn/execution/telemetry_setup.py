"""Sets OpenTelemetry up as its standard environment variables say, and is off when they say nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from htn.execution.telemetry import Telemetry
from htn.model.errors import InputError

__all__ = ["from_environment", "wanted"]

_LOG = logging.getLogger("htn.telemetry")
_SIGNALS = ("traces", "metrics")
_PROTOCOLS = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}


def wanted(environment: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the exporters that are asked for, by signal: those of ``OTEL_..._EXPORTER``, or OTLP where it is to go.

    Examples
    --------
    >>> wanted({})
    {}
    >>> wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318", "OTEL_METRICS_EXPORTER": "none"})
    {'traces': ['otlp_proto_http']}
    >>> wanted({"OTEL_TRACES_EXPORTER": "console", "OTEL_SDK_DISABLED": "true"})
    {}
    """
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return {}
    found = {}
    for signal in _SIGNALS:
        upper = signal.upper()
        addressed = any(
            environment.get(name) for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", f"OTEL_EXPORTER_OTLP_{upper}_ENDPOINT")
        )
        named = environment.get(f"OTEL_{upper}_EXPORTER") or ("otlp" if addressed else "none")
        protocol = environment.get(f"OTEL_EXPORTER_OTLP_{upper}_PROTOCOL") or environment.get(
            "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"
        )
        names = [name.strip() for name in named.split(",") if name.strip() not in ("", "none")]
        if names:
            found[signal] = [_PROTOCOLS.get(protocol, protocol) if name == "otlp" else name for name in names]
    return found


def from_environment() -> Telemetry | None:
    """Return what the environment asks for; None when it asks for nothing.

    Variables may be set for all programs of a machine. So where a package is missing for them, that is said once, and
    runs go on without being reported.
    """
    asked = wanted(os.environ)
    if not asked:
        return None
    try:
        return _set_up(asked)
    except ModuleNotFoundError as error:
        _LOG.warning("OTEL_* asks for traces or metrics, which needs %s: pip install 'htn[telemetry]'", error.name)
    except InputError as error:
        _LOG.warning("%s", error)
    return None


def _set_up(asked: Mapping[str, list[str]]) -> Telemetry:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from htn.execution.telemetry_ids import RunIds

    own = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "htn"}
    resource = Resource.create({**own, **_given_name()})
    tracers = TracerProvider(resource=resource, id_generator=RunIds())
    for name in asked.get("traces", ()):
        tracers.add_span_processor(BatchSpanProcessor(_exporter("traces", name)()))
    readers = [PeriodicExportingMetricReader(_exporter("metrics", name)()) for name in asked.get("metrics", ())]
    return Telemetry(tracers, MeterProvider(readers, resource=resource))


def _given_name() -> dict[str, str]:
    """Return the service's name where it is among the attributes of the resource, which come second otherwise."""
    for pair in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "").split(","):
        name, _, value = pair.partition("=")
        if name.strip() == "service.name" and value:
            return {"service.name": value.strip()}
    return {}


def _exporter(signal: str, name: str) -> Callable[[], Any]:
    """Return what makes an exporter: packages offer theirs by name, OpenTelemetry's own among them."""
    offered = entry_points(group=f"opentelemetry_{signal}_exporter", name=name)
    if not offered:
        raise InputError(f"OTEL_* asks for the exporter {name!r} of {signal}, and no installed package offers it")
    made: Callable[[], Any] = next(iter(offered)).load()
    return made
