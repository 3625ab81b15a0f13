"""The collector is paused while plans are searched, and is as before afterwards, whatever happens."""

from __future__ import annotations

import gc
import threading
from typing import Any

import pytest

from htn.model import Domain, State
from htn.model.collecting import collecting_paused
from htn.planning import find_plan


def test_overlapping_pauses_end_with_the_last_one() -> None:
    """Threads that search at the same time do not switch the collector on under each other."""
    both_in, first_out = threading.Barrier(2), threading.Event()
    seen: list[bool] = []

    def longer() -> None:
        with collecting_paused():
            both_in.wait(30)
            first_out.wait(30)
            seen.append(gc.isenabled())

    thread = threading.Thread(target=longer)
    thread.start()
    with collecting_paused():
        both_in.wait(30)
    first_out.set()
    thread.join(30)
    assert [False] == seen
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    """Who has switched it off keeps it off."""
    gc.disable()
    try:
        with collecting_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_collector_is_on_again_after_a_domain_failed() -> None:
    """An exception of a domain's function leaves nothing behind."""
    domain = Domain("bad")
    seen: list[bool] = []

    @domain.operator
    def act(state: State) -> Any:
        seen.append(gc.isenabled())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_plan(domain, State(), [("act",)])
    assert [False] == seen
    assert gc.isenabled()
