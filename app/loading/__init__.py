"""The only owner of `st.cache_*`: what pages read from the workspace and the engine, past the gate of `app.access`.

Cache keys are content digests, never tables; nothing cached here reads session state.
"""

from app.loading.changes import add_files, answer_roles, delete, ingest, place_columns, rename, restore, set_group
from app.loading.content import columns, confusion, measured, narrowed, predictions, run
from app.loading.diagnosis import examine_predictions, examine_run, report, report_of_set
from app.loading.labels import has_joined, join_labels, label_match, take_labels_off
from app.loading.lists import formats, label, of_runs, prediction_sets, runs, uploads
from app.loading.pictures import measure_again, measure_uploaded, measuring, pixels, thumbnail, uploaded_pictures
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
    used_bytes,
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
    "has_joined",
    "ingest",
    "join_labels",
    "keep_setting",
    "label",
    "label_match",
    "measure_again",
    "measure_uploaded",
    "measured",
    "measuring",
    "narrowed",
    "of_runs",
    "open_demo",
    "pixels",
    "place_columns",
    "prediction_sets",
    "predictions",
    "project",
    "projects",
    "rename",
    "report",
    "report_of_set",
    "restore",
    "run",
    "runs",
    "set_group",
    "setting",
    "take_labels_off",
    "thumbnail",
    "uploaded_pictures",
    "uploads",
    "used_bytes",
    "workspace",
]
