from tests.app.conftest import draw, keras


def test_the_address_names_what_is_picked_and_links_restore_it(store):
    from app import loading

    project = store({"a.csv": keras(), "b.csv": keras(20)})
    first, second = loading.runs(project)
    page = draw(project=project, run=second.id)
    assert page.multiselect("pick_runs").value == [second.id]
    page.multiselect("pick_runs").set_value([first.id, second.id]).run()
    assert page.query_params["run"] == [first.id, second.id]
    again = draw("files", project=project, run=page.query_params["run"])
    assert again.multiselect("pick_runs").value == [first.id, second.id]


def test_another_project_drops_the_runs(store):
    from app import loading

    one = store({"a.csv": keras()}, project="One")
    two = store({"b.csv": keras(20)}, project="Two")
    page = draw(project=one, run=loading.runs(one)[0].id)
    page.selectbox("pick_project").select(two).run()
    assert page.query_params["project"] in (two, [two])
    assert "run" not in page.query_params


def test_a_message_outlives_the_run_that_follows_at_once_and_then_goes(store, monkeypatch):
    from app import state

    page = draw("files", project=store({"a.csv": keras()}), run="gone")
    said = "The link names a run that is not in this project."
    assert said in [info.value for info in page.info]
    page.run()
    assert said in [info.value for info in page.info]
    monkeypatch.setattr(state, "_LINGERS", 0.0)
    page.run()
    assert said not in [info.value for info in page.info]


def test_an_unknown_language_falls_back(home):
    assert draw(lang="tlh").title[0].value == "What is wrong with your training?"


def test_an_active_slice_is_shown_and_can_be_left(demo):
    page = draw(project="demo", slice='[["camera","==","night"]]')
    assert any("camera" in text.value for text in page.markdown)
    page.button("leave_slice").click().run()
    assert "slice" not in page.query_params
    assert not any(button.key == "leave_slice" for button in page.button)
