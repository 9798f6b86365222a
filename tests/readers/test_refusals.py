import json

import pytest

from diagnostics.exceptions import NotALog, UnreadableFile
from diagnostics.knowledge import error_text, note_text
from diagnostics.readers.assembly import assemble
from diagnostics.readers.draft import Draft
from diagnostics.readers.registry import read_file
from diagnostics.types import Note
from tests.readers.logs import run, source

IRIS = "sepal_length,sepal_width,petal_length,species\n5.1,3.5,1.4,setosa\n4.9,3.0,1.4,setosa\n6.0,3.0,4.0,virginica\n"
HOUSES = "Id,LotArea,YearBuilt,SalePrice\n1,8450,2003,208500\n2,9600,1976,181500\n3,11250,2001,223500\n"
RESULTS = "model,best_val_loss,final_train_loss,test_acc\nresnet,0.5,0.2,0.9\nvgg,0.6,0.3,0.8\nmlp,0.7,0.4,0.7\n"
COCO = json.dumps([{"image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}])
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": ["x"]}], "nbformat": 4})
PACKAGE = json.dumps({"name": "x", "version": "1", "scripts": {"test": "y"}, "dependencies": {}})
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [(IRIS, "iris.csv", "seems_dataset"), (RESULTS, "results.csv", "seems_results_summary"),
     (COCO, "coco_instances_results.json", "seems_coco_results"), (NOTEBOOK, "train.ipynb", "seems_notebook"),
     (PACKAGE, "package.json", "seems_tool_config"), (PNG, "loss.png", "seems_image"),
     ("iter\tPassed\tRemaining\n0\t1\t2\n1\t2\t1\n", "time_left.tsv", "seems_timing"),
     ("# Runs\n\n| run | val_x |\n|---|---|\n| a | 1 |\n", "README.md", "seems_readme"),
     ("import numpy as np\n\n\ndef train():\n    return 1\n", "train.py", "seems_source_code")],
)  # fmt: skip
def test_other_files_are_named_for_what_they_seem(tmp_path, text, name, code):
    with pytest.raises(NotALog) as error:
        read_file(source(tmp_path, text, name))
    assert error.value.code.removeprefix("seems_") == code.removeprefix("seems_")
    for language in ("en", "pt_BR"):
        said = error_text(error.value, language)
        assert "{" not in said and code not in said and len(said) > 20


@pytest.mark.parametrize("text", [HOUSES, "a,b,c\n1,2,3\n4,5,6\n", "x\n1\n2\n", "id,name\n1,a\n2,b\n"])
def test_plain_data_is_never_a_run(tmp_path, text):
    try:
        found = read_file(source(tmp_path, text, "data.csv"))[1]
    except UnreadableFile:
        return
    assert not any(isinstance(d, Draft) for d in found)


@pytest.mark.parametrize(
    "text",
    ["y_true,y_pred\n1,1\n0,1\n1,0\n", "id,label,score\n1,0,0.3\n2,1,0.9\n3,0,0.1\n",
     "image,label,pred,loss\na.png,cat,cat,0.1\nb.png,dog,cat,2.3\nc.png,dog,dog,0.2\n",
     "step,y_true,y_pred\n1,0.5,0.6\n2,0.7,0.6\n3,0.8,0.6\n"],
)  # fmt: skip
def test_predictions_are_no_run(tmp_path, text):
    try:
        found = read_file(source(tmp_path, text, "file.csv"))[1]
    except UnreadableFile:
        return
    assert not any(isinstance(d, Draft) for d in found)


@pytest.mark.parametrize(
    "name",
    ["epoch,train_loss,val_loss\n", "epoch,loss,val_loss\nx,y,z\nx,y,z\n"],
)
def test_tables_without_numbers(tmp_path, name):
    with pytest.raises(UnreadableFile):
        found = run(tmp_path, name)
        assert all(len(c) == 0 for c in found.curves)


def test_every_note_has_a_sentence_in_both_languages():
    for code in ("derived_total_loss", "restarts", "test_as_validation", "guessed_loss", "moved_cells", "summary_only"):
        params = {"terms": ["a", "b"], "segments": 3, "columns": ["x"], "column": "x", "rows": 2, "run": "r"}
        texts = {note_text(Note(code=code, params=params), language) for language in ("en", "pt_BR")}
        assert len(texts) == 2 and all("{" not in t and code not in t for t in texts)


def test_a_run_needs_a_draft():
    with pytest.raises(ValueError, match="at least one"):
        assemble([])
