"""Estate Planner: questions about sales calls and CRM records, answered by plan."""
