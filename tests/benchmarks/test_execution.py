"""The benchmark of durable execution measures the same work in every engine, and finds what it claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks import _execution_engines as engines
from benchmarks._execution_work import PAYLOAD, graph, plan
from benchmarks.execution import _claims


@pytest.mark.parametrize("shape", ["chain", "fan", "branches"])
def test_every_step_uses_earlier_ones(shape: str):
    """Plans can be carried out in the order in which they are written, by every engine."""
    made = graph(shape, 12)
    seen: set[str] = set()
    for name, uses in made.items():
        assert seen.issuperset(uses)
        seen.add(name)
    assert [step.task for step in plan(shape, 12).steps] == list(made)


@pytest.mark.parametrize("engine", ["htn", "floor"])
def test_engines_write_every_result(tmp_path: Path, engine: str):
    """What is measured was done: each step's result is in the files."""
    measured = engines.ENGINES[engine]({"shape": "chain", "steps": 5, "folder": str(_folder(tmp_path))})
    assert set(measured) == {"wall", "cpu"}
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*.sqlite*"))
    assert files.count(PAYLOAD.encode()) >= 5


def _folder(path: Path) -> Path:
    folder = path / "run"
    folder.mkdir()
    return folder


def test_a_missed_claim_is_said():
    """A step that takes too long, and a database that grows too much, do not pass."""
    cases = [("chain", 100, False), ("chain", 400, False), ("fan", 400, False), ("chain", 100, True)]
    rows: list[dict[str, Any]] = [
        {"engine": "htn", "shape": shape, "steps": steps, "dear": dear, "ms": 5.0, "KB": steps / 10}
        for shape, steps, dear in cases
    ]
    data = {"overhead": rows, "resumption": {"htn": 1.0}, "gain": 1.6, "throughput": []}
    missed = [claim.text for claim in _claims(data, 400, against=False) if not claim.holds]
    assert len(missed) == 4
    assert any("growth" in text for text in missed)
