"""The corpus: transcripts and CRM tables in one workspace."""
