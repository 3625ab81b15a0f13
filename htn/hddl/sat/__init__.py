"""Search by satisfiability: a problem's decompositions of limited depth as a formula, for a solver (extra ``sat``).

`forms` takes a problem lifted, `grow` lays out what may stand where in a tree of some depth, `reach` drops what the
facts rule out, `encode` writes the clauses, `solving` asks CaDiCaL, `decode` reads the plan, and `search` goes deeper
until there is one. Methods keep their variables (Schreiber's Lilotane), so that nothing is grounded but facts.
"""
