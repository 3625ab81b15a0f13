"""Commands on the audit record: verify, export."""

from __future__ import annotations

import argparse
import sys

from domains.analysis.cli.show import print_json
from htn.writing import write_whole

__all__ = ["export", "verify"]

_BROKEN = 12


def verify(arguments: argparse.Namespace) -> int:
    """Say whether the audit record is as it was written, and name the first entry that is not."""
    from htn.execution.audit import verify_audit

    verdict = verify_audit(arguments.workspace, head=arguments.head)
    if arguments.json:
        print_json(verdict.to_json())
    else:
        print(verdict)
    return 0 if verdict.intact else _BROKEN


def export(arguments: argparse.Namespace) -> int:
    """Write the audit record, or a run's part of it, as lines of JSON."""
    from domains.analysis.cli.running import find_run
    from htn.execution.audit import audit_lines

    run = find_run(arguments.workspace, arguments.run) if arguments.run else None
    lines = audit_lines(arguments.workspace, run)
    if arguments.out:
        write_whole(arguments.out, "".join(line + "\n" for line in lines), private=True)
        return 0
    for line in lines:
        sys.stdout.write(line + "\n")
    return 0
