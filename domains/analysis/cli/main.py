"""The entry point of `estate`: arguments in, exit code out, one sentence for everything that goes wrong."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence

from domains.analysis.cli.completion import complete
from domains.analysis.cli.parser import build_parser
from htn.execution.location import chosen_engine
from htn.model.errors import HtnError, InputError

__all__ = ["main"]

_INTERRUPTED = 130
_ENVIRONMENT = 50
_DEFECT = 60
_WORDS = ("question", "note", "by", "run", "step", "subject", "objective")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process when left out.

    Returns
    -------
    int
        0 done; 10 there is no plan; 12 the audit record was changed; 20 a limit was reached; 30 to 34 something given
        cannot be used; 35 the question has to be put more precisely; 36 it is refused; 40 the run failed; 41 it was
        cancelled; 42 it waits for a person; 43 it is completed and parts of it are missing; 50 the environment is at
        fault; 60 a defect of ours; 130 interrupted.
    """
    parser = build_parser()
    complete(parser)
    if not (sys.argv[1:] if argv is None else argv):
        parser.print_help()  # who types the name alone wants to know what there is
        return 0
    arguments = parser.parse_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        _check_words(arguments)
        with chosen_engine(arguments.engine):
            return command(arguments)
    except HtnError as error:
        return _report(arguments, str(error), error.code, error.exit_code, getattr(error, "assessment", None))
    except sqlite3.Error as error:
        message = f"a database in {arguments.workspace} cannot be used: {error}; check disk space and permissions"
        return _report(arguments, message, "database", _ENVIRONMENT)
    except ModuleNotFoundError as error:
        message = f"this needs the package {error.name!r}: install it with pip install 'htn[estate]'"
        return _report(arguments, message, "missing-package", _ENVIRONMENT)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # Whoever read our output has had enough; nothing is wrong.
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        where = f"{error.filename}: " if error.filename else ""
        return _report(arguments, f"{where}{error.strerror or error}", "system", _ENVIRONMENT)
    except KeyboardInterrupt:
        return _report(arguments, "interrupted; what was finished is kept", "interrupted", _INTERRUPTED)
    except Exception as error:  # a defect of ours: still one sentence, and the trace for those who ask
        if os.environ.get("ESTATE_TRACEBACK"):
            raise
        kind = type(error).__name__
        message = f"a defect in estate, please report it ({kind}: {error}); ESTATE_TRACEBACK=1 shows where"
        return _report(arguments, message, "defect", _DEFECT)


def _check_words(arguments: argparse.Namespace) -> None:
    """Refuse words that no file and no database can hold; names of files may be any bytes."""
    for name in _WORDS:
        try:
            str(getattr(arguments, name, "")).encode()
        except UnicodeEncodeError:
            raise InputError(f"{name}: the text is no valid UTF-8; type it anew") from None


def _report(
    arguments: argparse.Namespace, message: str, code: str, exit_code: int, assessment: object | None = None
) -> int:
    from htn.views.plain import clean, clean_json

    if getattr(arguments, "json", False):
        document: dict[str, object] = {"error": code, "message": message, "exit_code": exit_code}
        if isinstance(assessment, dict):
            document = {**assessment, **document}
        print(clean_json(json.dumps(document, ensure_ascii=False, indent=2)))
    else:
        print(f"estate: {clean(message)}", file=sys.stderr)
    return exit_code
