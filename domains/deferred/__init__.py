"""Four small domains in which part of the plan waits until something is known, all through methods.

`subquestions` expands what came up on the way, `branch` takes one of several ways, `refine` goes round until the result
is good enough, and `prune` drops what has become redundant. `following` carries them out, step by step.
"""
