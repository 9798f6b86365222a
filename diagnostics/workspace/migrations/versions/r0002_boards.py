"""Error boards and the events that make them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "boards",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("project", sa.String(length=80), nullable=False),
        sa.Column("predictions", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name="fk_boards_project_projects", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_boards"),
        sa.UniqueConstraint("project", "predictions", name="uq_boards_project_predictions"),
    )
    op.create_table(
        "board_events",
        sa.Column("board", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.id"], name="fk_board_events_board_boards", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("board", "number", name="pk_board_events"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("board_events")
    op.drop_table("boards")
