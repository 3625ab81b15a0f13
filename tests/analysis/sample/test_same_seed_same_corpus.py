"""The same arguments give the same bytes, whatever the process; different seeds give different corpora."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import domains.analysis.sample
from domains.analysis.sample import Corpus, generate, write
from htn.model.errors import InputError

ROOT = Path(__file__).parents[3]


def _digests(folder: Path) -> dict[str, str]:
    files = [*folder.iterdir(), folder.with_name(folder.name + ".truth.json")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_files_are_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    """Two processes with different hash seeds write identical files through the command line."""
    found = []
    for hash_seed in ("1", "2"):
        out = tmp_path / hash_seed / "sample"
        subprocess.run(
            [sys.executable, "-m", "domains.analysis.sample", str(out), "--seed", "5", "--calls", "60"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
        )
        found.append(_digests(out))
    assert len(found[0]) > 12
    assert found[0] == found[1]


def test_writing_twice_gives_the_same_bytes(corpus: Corpus, tmp_path: Path) -> None:
    """Writing has no clock and no order of its own."""
    write(corpus, tmp_path / "a" / "sample")
    write(generate(), tmp_path / "b" / "sample")
    assert _digests(tmp_path / "a" / "sample") == _digests(tmp_path / "b" / "sample")


def test_another_seed_is_another_corpus() -> None:
    """Seeds matter for the deals and for the words."""
    first, second = generate(seed=1, calls=30, deals=60), generate(seed=2, calls=30, deals=60)
    assert [deal.status for deal in first.deals] != [deal.status for deal in second.deals]
    assert first.calls[0].turns != second.calls[0].turns


def test_leaving_the_text_out_changes_nothing_else(corpus: Corpus) -> None:
    """A study without text sees the very same deals, plans and uses of content."""
    bare = generate(text=False)
    assert bare.deals == corpus.deals
    assert [call.plan for call in bare.calls] == [call.plan for call in corpus.calls]
    assert bare.content_use == corpus.content_use
    assert not any(call.turns for call in bare.calls)


def test_recording_more_calls_does_not_change_the_deals() -> None:
    """What is recorded is drawn apart from what happened."""
    assert generate(seed=4, calls=10, text=False).deals == generate(seed=4, calls=500, text=False).deals


def test_a_default_corpus_takes_under_a_second() -> None:
    """Quick enough for studies over hundreds of corpora; measured in processor time, the machine being shared."""
    generate(seed=0)
    begin = time.process_time()
    generate(seed=1)
    assert time.process_time() - begin < 1.0


@pytest.mark.parametrize(("calls", "deals", "reps"), [(-1, 10, 14), (10, 0, 14), (10, 10, 3), (1000, 10, 14)])
def test_impossible_sizes_are_refused_in_words(calls: int, deals: int, reps: int) -> None:
    """Sizes that make no corpus are an input error that says what was asked."""
    with pytest.raises(InputError, match="deal"):
        generate(calls=calls, deals=deals, reps=reps)


def test_the_smallest_corpora_work() -> None:
    """One deal, no calls; and as many calls as deals can hold."""
    assert len(generate(calls=0, deals=1).deals) == 1
    assert len(generate(calls=16, deals=2).calls) == 16


def test_the_generator_shares_no_code_with_the_analyses() -> None:
    """No module of it imports another part of the project, the errors aside: else a mistake could hide itself."""
    folder = Path(domains.analysis.sample.__file__).parent
    imported = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported.update(name.name for name in node.names)
    ours = {name for name in imported if name.split(".")[0] in ("htn", "domains", "estimators")}
    assert {name for name in ours if not name.startswith("domains.analysis.sample")} == {"htn.model.errors"}
    assert {name.split(".")[0] for name in imported - ours} <= set(sys.stdlib_module_names)
