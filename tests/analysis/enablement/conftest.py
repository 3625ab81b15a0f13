"""Workspaces for tests of prospect, pattern, enablement and custom analyses."""

from __future__ import annotations

from tests.analysis.prospect.worlds import calls, crm, sample

__all__ = ["calls", "crm", "sample"]
