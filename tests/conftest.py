"""What holds for every test: no network, no key, bounded and reproducible random examples."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import Server, find_binaries

# Locally few examples keep the suite quick; CI tries more, always the same ones, so that a red run can be repeated.
# No deadline: on a busy machine a slow example is not a wrong one, and pytest-timeout ends what hangs.
settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "quick"))


class NetworkBlockedError(RuntimeError):
    """A test tried to reach another machine."""


def _is_local(address: object) -> bool:
    """Whether a socket address stays on this machine (a Unix socket, or a loopback IP)."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections and name look-ups that leave this machine, so that no test depends on another one."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse_unless_local(address: object) -> None:
        if not _is_local(address):
            raise NetworkBlockedError(f"a test tried to reach {address!r}; tests use this machine only")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_unless_local(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_unless_local(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_unless_local((host.decode() if isinstance(host, bytes) else host or "",))
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(autouse=True)
def no_model_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away every setting of the machine that would have a model called, another database used or runs reported."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "CLAUDE_", "HTN_", "OTEL_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Start a PostgreSQL server for the tests of this process; where there is none, say so."""
    binaries = find_binaries()
    if binaries is None:
        missing = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    server = Server(binaries)
    yield server
    server.remove()


@pytest.fixture
def postgres(postgres_server: Server) -> str:
    """Return the address of an empty PostgreSQL database."""
    return postgres_server.new_database()
