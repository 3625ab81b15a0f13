"""A relay to the real Messages API: what is sent is checked and recorded as by the loopback server, and passed on."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.analysis.claude.messages_server import MessagesServer, problem_of, serving_state

__all__ = ["Relay", "relaying"]

_PASSED_ON = ("authorization", "x-api-key", "anthropic-version", "anthropic-beta", "content-type", "user-agent")
_PASSED_BACK = ("content-type", "retry-after", "request-id")


class Relay(MessagesServer):
    """Passes requests on to the service at an address, and its answers back.

    Parameters
    ----------
    upstream : str
        The service's address.
    """

    def __init__(self, upstream: str) -> None:
        super().__init__(lambda request: {})
        self._upstream = urlsplit(upstream)

    def answer(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        """Return what the service answers; what the loopback server would object to is noted, and sent all the same."""
        problem = problem_of(path, headers, body)
        with self.lock:
            if problem:
                self.problems.append(problem)
            if path.endswith("/count_tokens"):
                self.counted += 1
            else:
                self.requests.append({name: value for name, value in body.items() if name != "stream"})
        secure = self._upstream.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._upstream.netloc, timeout=600)
        try:
            passed = {name: headers[name] for name in _PASSED_ON if name in headers}
            connection.request("POST", f"{self._upstream.path.rstrip('/')}{path}", json.dumps(body), passed)
            found = connection.getresponse()
            content = found.read().decode()
            back = {name: value for name in _PASSED_BACK if (value := found.getheader(name))}
        finally:
            connection.close()
        return found.status, back, content


@contextmanager
def relaying(upstream: str) -> Iterator[Relay]:
    """Relay on this machine until the block ends."""
    relay = Relay(upstream)
    with serving_state(relay):
        yield relay
