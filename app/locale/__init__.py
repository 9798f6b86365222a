"""Message catalogues; `python -m app.locale.update` brings them up to date with the code."""
