"""Workers of a team as processes of their own, for tests: start, kill, freeze and wake them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

WORKER = """
import json, signal, sys, threading
from htn.execution.worker import Worker
order = json.loads(sys.argv[1])
exec(order["preamble"])
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
say = lambda text: print(text, flush=True)
worker = Worker(order["workspace"], name=order["name"], places=order["places"], tell=say)
print("ready", flush=True)
print("looked after", worker.run(stop, grace=order["grace"]), flush=True)
"""


def until(condition: Callable[[], Any], seconds: float = 60.0, what: str = "what was waited for") -> Any:
    """Wait until a condition holds and return what it gave; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.02)
    return found


class WorkerProcess:
    """A worker in a process of its own; the preamble is Python that it carries out first."""

    def __init__(
        self, engine: str, workspace: Path, name: str, *, places: int = 2, grace: int = 0, preamble: str = ""
    ) -> None:
        self.name = name
        order: Mapping[str, Any] = {
            "workspace": str(workspace),
            "name": name,
            "places": places,
            "grace": grace,
            "preamble": preamble,
        }
        workspace.mkdir(parents=True, exist_ok=True)
        self.log = workspace / f"{name}.log"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", WORKER, json.dumps(order)],
                cwd=ROOT,
                env={**os.environ, "HTN_ENGINE": engine},
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def said(self) -> str:
        """Return what it printed."""
        return self.log.read_text()

    def wait_ready(self) -> WorkerProcess:
        """Wait until it takes runs."""
        until(lambda: "ready" in self.said() or self.process.poll() is not None, what=f"worker {self.name}")
        assert self.process.poll() is None, self.said()
        return self

    def freeze(self) -> None:
        """Stop it in its tracks, as a machine that hangs."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let a frozen one go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it, whatever it does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.send_signal(signal.SIGCONT)
        self.process.wait(30)

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)
