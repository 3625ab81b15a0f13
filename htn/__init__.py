"""The engine: hierarchical task network planning and plan-aware execution."""
