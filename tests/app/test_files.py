from app import loading
from tests.app.conftest import draw, keras, texts


def rows(page, key):
    return next(frame for frame in page.dataframe if frame.proto.id.endswith(key))


def test_an_empty_project_invites(home):
    page = draw("files")
    assert page.title[0].value == "Runs & files"
    assert "Open the demo project" in [button.label for button in page.button]


def test_the_demo_lists_runs_and_prediction_sets(demo):
    page = draw("files", project="demo")
    said = texts(page)
    runs, sets = loading.runs("demo"), loading.prediction_sets("demo")
    assert f"Runs ({len(runs)})" in said and len(runs) >= 9
    assert f"Prediction sets ({len(sets)})" in said
    assert "file could not be read" not in said
    assert {entry.task for entry in sets} >= {"binary", "multiclass", "multilabel", "regression", "ranking"}
    names = list(rows(page, "run_table").value["Name"])
    assert "digits-overfitting" in names


def test_portuguese(demo):
    page = draw("files", project="demo", lang="pt")
    said = texts(page)
    assert page.title[0].value == "Execuções e arquivos"
    assert f"Execuções ({len(loading.runs('demo'))})" in said
    assert "Nome" in rows(page, "run_table").value


def test_a_refused_file_says_why_and_can_be_deleted_and_brought_back(store):
    project = store({"good.csv": keras(), "noise.csv": bytes(range(256)) * 20})
    page = draw("files", project=project)
    assert "1 file could not be read" in texts(page)
    assert "noise\\.csv" in texts(page)
    next(button for button in page.button if button.label == "Delete this file").click().run()
    assert "file could not be read" not in texts(page)
    assert "1 file deleted" in texts(page).replace("\\", "")
    page.button("undo").click().run()
    assert "1 file could not be read" in texts(page)


def test_uploading_without_the_route_reads_the_file(home):
    page = draw("files")
    page.file_uploader[0].upload("log.csv", keras(), "text/csv").run()
    assert not page.exception
    assert "1 run read" in texts(page)
    assert "Runs (1)" in texts(page)
    assert [project.name for project in loading.projects()] == ["My runs"]


def test_the_last_reading_is_said_in_the_picked_project_only(home):
    page = draw("files")
    page.file_uploader[0].upload("log.csv", keras(), "text/csv").run()
    page.button("reading_dismiss").click().run()
    assert "1 run read" not in texts(page)


def test_making_renaming_and_deleting_a_project(store):
    project = store({"log.csv": keras()})
    page = draw("files", project=project)
    renamed = next(box for box in page.text_input if box.label == "Name of this project")
    renamed.set_value("Spring").run()
    assert loading.project(project).name == "Spring"
    page.button("delete_project").click().run()
    assert loading.project(project) is None
    page.button("undo").click().run()
    assert loading.project(project).name == "Spring"


def test_columns_nobody_could_place_are_asked_for_and_remembered(store):
    odd = "epoch,quux,val_quux\n" + "\n".join(f"{n},{1 / (n + 1):.4f},{1.2 / (n + 1):.4f}" for n in range(12))
    project = store({"odd.csv": odd.encode()})
    entry = loading.runs(project)[0]
    assert entry.unplaced
    page = draw("files", project=project)
    roles = [box for box in page.selectbox if box.label == "Role"]
    assert len(roles) == len(entry.unplaced)
    for box in roles:
        box.select("loss")
    next(b for b in page.button if b.label == "Remember and read again").click().run()
    assert not page.exception
    again = loading.runs(project)[0]
    assert not again.unplaced
    other = store({"later.csv": odd.replace("0.5", "0.4").encode()}, project="Second")
    assert not loading.runs(other)[0].unplaced


def test_every_format_that_can_be_read_has_a_name_in_both_languages():
    from diagnostics.knowledge import entry

    for kind, names in loading.formats().items():
        for name in names if kind in ("run", "predictions", "config") else ():
            for language in ("en", "pt_BR"):
                assert entry(language, "labels", name), f"{name} has no label in {language}"


def test_a_change_that_comes_too_late_is_told_and_nothing_breaks(store):
    project = store({"log.csv": keras()})
    page = draw("files", project=project)
    loading.delete("project", [project])
    page.button("delete_project").click().run()
    assert not page.exception
    page = draw("files", project=project)
    loading.restore("project", [project])
    page = draw("files", project=project)
    box = next(box for box in page.text_input if box.label == "Name of this project")
    loading.delete("project", [project])
    box.set_value("Too late").run()
    assert not page.exception
    assert page.error


def test_files_that_arrived_and_were_never_read_can_be_read(home):
    project = loading.create_project("Cut short")
    loading.add_files(project.id, [("log.csv", keras())])
    page = draw("files", project=project.id)
    page.button("read_waiting").click().run()
    assert not page.exception
    assert "1 run read" in texts(page)
    assert not any(button.key == "read_waiting" for button in page.button)
