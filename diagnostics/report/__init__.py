"""The whole road: diagnose() gives a Report, which becomes JSON, Markdown or HTML."""
