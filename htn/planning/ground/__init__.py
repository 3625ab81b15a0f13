"""Search on ground problems: states are integers, conditions bit masks."""
