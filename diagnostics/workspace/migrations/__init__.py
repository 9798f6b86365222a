"""Alembic's road from an empty database to the tables of today; run by `Database.migrate`."""
