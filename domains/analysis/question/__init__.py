"""From a question in plain words to a verdict, a type of analysis and a scope: offline, by rules, with evidence."""
