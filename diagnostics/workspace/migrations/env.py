"""What Alembic runs: the migrations, inside the connection and transaction that the caller holds."""

from alembic import context

from diagnostics.workspace.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
