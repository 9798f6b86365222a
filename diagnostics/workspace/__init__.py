"""Projects, uploads, runs and records: SQLAlchemy tables and content-addressed files."""
