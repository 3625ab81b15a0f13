"""Couriers on a street: a domain whose plans can be written down at any size, deep and long, without a planner."""

from __future__ import annotations

from htn.hddl.plan_format import DecomposedTask, Plan, PlanStep

DOMAIN = """
(define (domain couriers)
  (:requirements :typing :hierarchy :negative-preconditions :method-preconditions)
  (:types courier parcel place)
  (:predicates (at ?c - courier ?p - place) (lies ?x - parcel ?p - place) (carries ?c - courier ?x - parcel)
               (next ?a ?b - place) (full ?c - courier))
  (:task deliver :parameters (?x - parcel ?to - place))
  (:task go :parameters (?c - courier ?to - place))
  (:method deliver-by
    :parameters (?x - parcel ?from ?to - place ?c - courier)
    :task (deliver ?x ?to)
    :precondition (lies ?x ?from)
    :ordered-subtasks (and (go ?c ?from) (pick ?c ?x ?from) (go ?c ?to) (put ?c ?x ?to)))
  (:method go-on
    :parameters (?c - courier ?mid ?to - place)
    :task (go ?c ?to)
    :precondition (next ?mid ?to)
    :ordered-subtasks (and (go ?c ?mid) (walk ?c ?mid ?to)))
  (:method be-there
    :parameters (?c - courier ?to - place)
    :task (go ?c ?to)
    :precondition (at ?c ?to)
    :subtasks ())
  (:action walk :parameters (?c - courier ?a ?b - place)
    :precondition (and (at ?c ?a) (next ?a ?b)) :effect (and (not (at ?c ?a)) (at ?c ?b)))
  (:action pick :parameters (?c - courier ?x - parcel ?p - place)
    :precondition (and (at ?c ?p) (lies ?x ?p) (not (full ?c)))
    :effect (and (not (lies ?x ?p)) (carries ?c ?x) (full ?c)))
  (:action put :parameters (?c - courier ?x - parcel ?p - place)
    :precondition (and (at ?c ?p) (carries ?c ?x))
    :effect (and (not (carries ?c ?x)) (lies ?x ?p) (not (full ?c)))))
"""


def problem(couriers: int, rounds: int, places: int, ordered: bool) -> str:
    """Return a problem in which each courier goes round a circular street, one parcel a round."""
    objects = [f"c{i} - courier" for i in range(couriers)] + [f"p{i} - place" for i in range(places)]
    objects += [f"x{i} - parcel" for i in range(couriers)]
    facts = [f"(next p{i} p{(i + 1) % places})" for i in range(places)]
    for i in range(couriers):
        facts += [f"(at c{i} p0)", f"(lies x{i} p0)"]
    tasks = []
    order = []
    for r in range(rounds):
        for i in range(couriers):
            tasks.append(f"(t{r}-{i} (deliver x{i} p{places - 1 if r % 2 == 0 else 0}))")
            if r and not ordered:
                order.append(f"(< t{r - 1}-{i} t{r}-{i})")
    keyword = ":ordered-subtasks" if ordered else ":subtasks"
    return f"""(define (problem round) (:domain couriers) (:objects {" ".join(objects)})
      (:htn {keyword} (and {" ".join(tasks)}) {f":ordering (and {' '.join(order)})" if order else ""})
      (:init {" ".join(facts)}))"""


def plan(couriers: int, rounds: int, places: int, ordered: bool) -> Plan:
    """Return its solution: in turn where the tasks are ordered, else all couriers at once, step by step."""
    builder = _Builder()
    roots = {}
    lines: list[list[PlanStep]] = []
    for i in range(couriers):
        builder.steps = []
        for r in range(rounds):
            # Every other round goes the last step home, from the end of the street to its start.
            start, end = (0, places - 1) if r % 2 == 0 else (places - 1, places)
            before = len(builder.steps)
            roots[r, i] = builder.deliver(f"c{i}", f"x{i}", start, end, places)
            lines.append(builder.steps[before:])
    if ordered:
        steps = [step for r in range(rounds) for i in range(couriers) for step in lines[i * rounds + r]]
    else:
        own = [[step for line in lines[i * rounds : (i + 1) * rounds] for step in line] for i in range(couriers)]
        steps = [each[k] for k in range(max(map(len, own))) for each in own if k < len(each)]
    return Plan(
        tuple(steps), tuple([roots[r, i] for r in range(rounds) for i in range(couriers)]), tuple(builder.tasks)
    )


class _Builder:
    def __init__(self) -> None:
        self.steps: list[PlanStep] = []
        self.tasks: list[DecomposedTask] = []
        self.count = 0

    def fresh(self) -> int:
        self.count += 1
        return self.count

    def step(self, *words: str) -> int:
        self.steps.append(PlanStep(self.fresh(), words[0], words[1:]))
        return self.count

    def deliver(self, courier: str, parcel: str, start: int, end: int, places: int) -> int:
        here, there = f"p{start % places}", f"p{end % places}"
        first = self.go(courier, start, start, places)
        pick = self.step("pick", courier, parcel, here)
        second = self.go(courier, start, end, places)
        put = self.step("put", courier, parcel, there)
        self.tasks.append(
            DecomposedTask(self.fresh(), "deliver", (parcel, there), "deliver-by", (first, pick, second, put))
        )
        return self.count

    def go(self, courier: str, start: int, end: int, places: int) -> int:
        """Decompose from the innermost: being there, then one more walk at a time."""
        inner = self.fresh()
        self.tasks.append(DecomposedTask(inner, "go", (courier, f"p{start % places}"), "be-there"))
        for place in range(start, end):
            here, there = f"p{place % places}", f"p{(place + 1) % places}"
            walk = self.step("walk", courier, here, there)
            outer = self.fresh()
            self.tasks.append(DecomposedTask(outer, "go", (courier, there), "go-on", (inner, walk)))
            inner = outer
        return inner
