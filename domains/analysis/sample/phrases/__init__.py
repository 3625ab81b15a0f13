"""What people say, as templates grouped by what they are doing when they say it."""
