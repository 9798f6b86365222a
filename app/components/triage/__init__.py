"""The triage: the diagnosis and its plan."""
