"""The only owner of `st.cache_*`: what pages read from the workspace and the engine, past the gate of `app.access`.

Cache keys are content digests, never tables; nothing cached here reads session state.
"""

from app.loading.changes import add_files, answer_roles, delete, ingest, place_columns, rename, restore, set_group
from app.loading.content import columns, confusion, measured, narrowed, predictions, run
from app.loading.diagnosis import examine_predictions, examine_run, report
from app.loading.lists import formats, label, of_runs, prediction_sets, runs, uploads
from app.loading.pictures import pictures, pixels, thumbnail
from app.loading.store import (
    DEMO,
    DEMO_ID,
    change_setting,
    create_project,
    keep_setting,
    open_demo,
    project,
    projects,
    setting,
    workspace,
)

__all__ = [
    "DEMO",
    "DEMO_ID",
    "add_files",
    "answer_roles",
    "change_setting",
    "columns",
    "confusion",
    "create_project",
    "delete",
    "examine_predictions",
    "examine_run",
    "formats",
    "ingest",
    "keep_setting",
    "label",
    "measured",
    "narrowed",
    "of_runs",
    "open_demo",
    "pictures",
    "pixels",
    "place_columns",
    "prediction_sets",
    "predictions",
    "project",
    "projects",
    "rename",
    "report",
    "restore",
    "run",
    "runs",
    "set_group",
    "setting",
    "thumbnail",
    "uploads",
    "workspace",
]
