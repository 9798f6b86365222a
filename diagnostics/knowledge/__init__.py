"""What each finding id says, in TOML per language: symptom, hypotheses, checks, actions."""
