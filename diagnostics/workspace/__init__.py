"""Projects, uploads, runs and records: SQLAlchemy tables and content-addressed files."""

from diagnostics.workspace.boards import BoardEntry, Boards, BoardView
from diagnostics.workspace.facade import Workspace
from diagnostics.workspace.limits import Limits
from diagnostics.workspace.records import (
    IngestResult,
    PredictionsEntry,
    Project,
    RunEntry,
    RunSummary,
    Sparkline,
    Upload,
    UploadState,
)

__all__ = [
    "BoardEntry", "BoardView", "Boards", "IngestResult", "Limits", "PredictionsEntry", "Project", "RunEntry",
    "RunSummary", "Sparkline", "Upload", "UploadState", "Workspace",
]  # fmt: skip
