"""Projects, uploads, runs, prediction sets, and what is remembered beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mappings",
        sa.Column("scope", sa.String(length=80), nullable=False),
        sa.Column("shape", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "shape", name="pk_mappings"),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.Column("deleted", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
    )
    op.create_table(
        "results",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_results"),
    )
    op.create_table(
        "predictions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=80), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("renamed", sa.Boolean(), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("n_rows", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.Column("deleted", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project"], ["projects.id"], name="fk_predictions_project_projects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_predictions"),
    )
    op.create_index("ix_predictions_project_predictions_deleted", "predictions", ["project", "deleted"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=80), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("renamed", sa.Boolean(), nullable=False),
        sa.Column("grouping", sa.Text(), nullable=False),
        sa.Column("regrouped", sa.Boolean(), nullable=False),
        sa.Column("setting", sa.String(length=32), nullable=False),
        sa.Column("n_curves", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("unplaced", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.Column("deleted", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name="fk_runs_project_projects", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_project_runs_deleted", "runs", ["project", "deleted"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failures", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("deleted", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name="fk_uploads_project_projects", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
    )
    op.create_index("ix_uploads_digest", "uploads", ["digest"], unique=False)
    op.create_index("ix_uploads_project_uploads_deleted", "uploads", ["project", "deleted"], unique=False)
    op.create_table(
        "prediction_uploads",
        sa.Column("prediction", sa.String(length=32), nullable=False),
        sa.Column("upload", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["prediction"], ["predictions.id"], name="fk_prediction_uploads_prediction_predictions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload"], ["uploads.id"], name="fk_prediction_uploads_upload_uploads", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("prediction", "upload", name="pk_prediction_uploads"),
    )
    op.create_index("ix_prediction_uploads_upload", "prediction_uploads", ["upload"], unique=False)
    op.create_table(
        "run_uploads",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("upload", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_run_uploads_run_runs", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload"], ["uploads.id"], name="fk_run_uploads_upload_uploads", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "upload", name="pk_run_uploads"),
    )
    op.create_index("ix_run_uploads_upload", "run_uploads", ["upload"], unique=False)


def downgrade() -> None:
    """Take back."""
    for table in (
        "run_uploads",
        "prediction_uploads",
        "uploads",
        "runs",
        "predictions",
        "results",
        "mappings",
        "projects",
    ):
        op.drop_table(table)
