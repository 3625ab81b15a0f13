"""Several families of tests in one report: each has its share of the error, and all together have one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domains.analysis.statistics.correction import fair_shares

P_VALUES = st.lists(st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=5), min_size=1, max_size=4)


def stepped_up(families, level):
    """Which tests the weighted step-up procedure rejects, and a test alone, for every number from all to none."""
    tests = [(p, 1 / (len(families) * len(family))) for family in families for p in family]
    for count in range(len(tests), 0, -1):
        rejected = [p <= level * count * share for p, share in tests]
        if sum(rejected) >= count:
            return [one and p <= level for one, (p, _) in zip(rejected, tests, strict=True)]
    return [False] * len(tests)


@given(P_VALUES, st.sampled_from([0.05, 0.1, 0.3]))
def test_findings_are_those_of_the_step_up_procedure(families, level):
    """Every number of rejections tried gives the same findings as the q values."""
    q = [one for family in fair_shares(families) for one in family]
    if all(abs(one - level) > 1e-9 for one in q):
        assert [one <= level for one in q] == stepped_up(families, level)


def test_false_findings_keep_to_their_share():
    """Of one family with effects, one large without and one small without, at most some 5 % of findings are false."""
    chance, shares = np.random.default_rng(1), []
    for _ in range(2000):
        families = [list(chance.random(3) * 1e-3), list(chance.random(40)), list(chance.random(2))]
        found = [[q <= 0.05 for q in family] for family in fair_shares(families)]
        shares.append((sum(found[1]) + sum(found[2])) / max(sum(map(sum, found)), 1))
    assert np.mean(shares) < 0.055


def test_a_question_of_one_test_is_not_drowned_by_one_of_fifty():
    """At .01 it is found beside fifty that show nothing; as one of fifty-one alike it would not be."""
    assert fair_shares([[0.01], [0.5] * 50])[0][0] <= 0.05
    assert fair_shares([[0.01, *[0.5] * 50]])[0][0] > 0.05


def test_families_without_tests_take_no_share():
    """What is not asked costs nothing, and places stay."""
    assert fair_shares([[], [0.04], []]) == [[], [0.04], []]
    assert fair_shares([]) == []
