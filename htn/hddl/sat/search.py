"""Search by satisfiability: trees of growing depth, each one formula, until one is satisfied.

The solver comes with the extra ``sat`` (the package python-sat).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from htn.hddl.compile.schemas import TOP
from htn.hddl.model import Domain, Problem
from htn.hddl.plan_format import Plan
from htn.hddl.sat.decode import read_plan
from htn.hddl.sat.encode import Encoding
from htn.hddl.sat.forms import lifted_forms
from htn.hddl.sat.reach import prune
from htn.hddl.sat.tree import Growing

__all__ = ["LayeredSearch"]


class LayeredSearch:
    def __init__(self, domain, problem, solver="glucose4", conflicts=500, most_operations=200000, most_clauses=3_000_000):
        self.domain, self.problem = domain, problem
        self.name, self.conflicts, self.most_operations, self.most_clauses = solver, conflicts, most_operations, most_clauses
        self.log = []

    def run(self) -> Generator[Plan | None, None, str]:
        import time
        from pysat.solvers import Solver
        t0 = time.process_time()
        forms = lifted_forms(self.domain, self.problem)
        if forms is None:
            return "gave up"
        yield None
        if TOP not in forms.heights:
            return "exhausted" if forms.complete else "gave up"
        depth = forms.heights[TOP]
        while True:
            t1 = time.process_time()
            growing = Growing(forms, depth, self.most_operations)
            tree = yield from growing.run()
            t2 = time.process_time()
            if tree.operations > self.most_operations:
                return "gave up"
            possible = yield from prune(tree, forms.model.init)
            t3 = time.process_time()
            entry = dict(depth=depth, ops=tree.operations, alive=sum(len(p.operations) for p in tree.positions), leaves=sum(not p.children for p in tree.positions), grow=t2-t1, prune=t3-t2, possible=possible)
            self.log.append(entry)
            if possible:
                encoding = Encoding(forms, tree)
                for _ in encoding.run():
                    if len(encoding.clauses) > self.most_clauses:
                        return "gave up"
                    yield None
                t4 = time.process_time()
                entry.update(vars=encoding.variables, clauses=len(encoding.clauses), encode=t4-t3)
                solver = Solver(name=self.name, bootstrap_with=encoding.clauses)
                t5 = time.process_time()
                while True:
                    solver.conf_budget(self.conflicts)
                    answer = solver.solve_limited()
                    if answer is not None:
                        break
                    yield None
                entry.update(load=t5-t4, solve=time.process_time()-t5, answer=answer, conflicts=solver.accum_stats()["conflicts"])
                if answer:
                    model = solver.get_model()
                    true = {v for v in model if v > 0}
                    solver.delete()
                    yield read_plan(tree, encoding, true)
                    return "gave up"
                solver.delete()
            if not tree.cut:
                return "exhausted" if forms.complete else "gave up"
            depth += 1
