"""Artifacts are found under the hash of their content, whatever their size, and a changed one is noticed."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.execution.artifacts import INLINE_LIMIT, ArtifactStore
from htn.execution.canonical import canonical_json
from htn.execution.errors import ArtifactError
from htn.execution.journal import Journal

LARGE = {"text": "x" * INLINE_LIMIT}


def test_small_and_large_documents_come_back(tmp_path: Path):
    """The same document is stored once, and read as it was."""
    with Journal(tmp_path) as journal:
        store = ArtifactStore(journal)
        for document in ({"n": 1, "tags": ["ü", None]}, LARGE):
            digest = store.put("T", document)
            assert store.put("T", document) == digest
            assert store.has(digest)
            assert store.get(digest).document == document
            assert store.type_of(digest) == "T"
        assert store.put("Other", LARGE) != store.put("T", LARGE)


def test_large_documents_are_private_files_whose_name_is_their_hash(tmp_path: Path):
    """Anybody can check such a file with sha256sum, and only its owner can read it."""
    with Journal(tmp_path) as journal:
        digest = ArtifactStore(journal).put("T", LARGE)
        path = tmp_path / "artifacts" / f"{digest}.json"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert journal.database.rows("SELECT document FROM artifacts")[0]["document"] is None
        assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_changed_and_missing_artifacts_are_noticed(tmp_path: Path):
    """An artifact that is not what its hash says is never used."""
    with Journal(tmp_path) as journal:
        store = ArtifactStore(journal)
        small, large = store.put("T", {"n": 1}), store.put("T", LARGE)
        journal.database.execute("UPDATE artifacts SET document = replace(document, '1', '2') WHERE hash = ?", (small,))
        with pytest.raises(ArtifactError, match="was changed after it was stored"):
            store.get(small)
        (tmp_path / "artifacts" / f"{large}.json").unlink()
        assert not store.has(large)
        with pytest.raises(ArtifactError, match="cannot be read"):
            store.get(large)
        with pytest.raises(ArtifactError, match="is not in this workspace"):
            store.get("0" * 64)


def test_what_is_not_json_is_refused(tmp_path: Path):
    """Neither NaN nor objects are stored as something else."""
    with Journal(tmp_path) as journal:
        store = ArtifactStore(journal)
        with pytest.raises(ValueError, match="not JSON compliant"):
            store.put("T", {"n": float("nan")})
        with pytest.raises(TypeError, match="not JSON serializable"):
            store.put("T", {"n": {1, 2}})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(document=st.dictionaries(st.text(max_size=4), json_values, max_size=4))
def test_canonical_form_depends_on_content_only(document: dict[str, object]):
    """The order of keys makes no difference, and nothing is lost."""
    backwards = dict(reversed(document.items()))
    assert canonical_json(backwards) == canonical_json(document)
    assert json.loads(canonical_json(document)) == document
