"""One way to write a JSON document, so that equal documents have equal bytes and equal hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

__all__ = ["canonical_json", "content_hash"]


def canonical_json(document: Any) -> str:
    """Write JSON data with sorted keys and no spare space.

    Raises
    ------
    ValueError
        For NaN and infinities, which are not JSON.
    TypeError
        For what is not JSON data.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": [True, None]})
    '{"a":[true,null],"b":1}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def content_hash(document: Any) -> str:
    """Return the SHA-256 of a document's canonical form, in hexadecimal.

    Examples
    --------
    >>> content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()
