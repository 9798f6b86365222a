import re

from app import loading
from tests.app.conftest import draw, keras, texts


def labels(elements):
    return [element.label for element in elements]


def test_an_empty_workspace_invites(home):
    page = draw()
    assert page.title[0].value == "What is wrong with your training?"
    assert "Open the demo project" in labels(page.button)
    assert page.query_params.get("lang") in ("en", ["en"])


def test_one_click_opens_the_demo(home):
    page = draw()
    page.button("open_demo").click().run()
    assert not page.exception
    assert "Demo" in page.title[0].value
    assert page.query_params["project"] in ("demo", ["demo"])
    assert page.multiselect("pick_runs").options


def test_the_demo_is_told_with_numbers_causes_and_advice(demo):
    page = draw(project="demo")
    said = texts(page)
    assert "need action" in said or "needs action" in said
    assert "digits\\-overfitting" in said
    assert "Likely causes" in said
    assert "Do not" in said
    assert [header.value for header in page.header] == ["Findings", "The 30-minute triage"]
    assert len([s for s in page.subheader if s.value[0].isdigit()]) == 6


def test_a_healthy_run_gets_no_alarm(demo):
    healthy = next(run for run in loading.runs("demo") if run.name == "digits-healthy")
    page = draw(project="demo", run=healthy.id)
    assert "digits\\-healthy" in page.title[0].value
    said = texts(page)
    assert "overfitting" not in said.lower()
    assert "digits\\-rate" not in said
    # Its own prediction file lies in the same folder and is spoken of; those of other runs are not.
    assert "cancer" not in said


def test_portuguese(demo):
    page = draw(project="demo", lang="pt")
    said = texts(page)
    assert page.title[0].value.startswith("O que há de errado com")
    assert "A triagem de 30 minutos" in said
    assert "Likely causes" not in said
    assert "Causas prováveis" in said


def test_the_language_switch_keeps_what_is_picked(demo):
    page = draw(project="demo")
    page.button_group("language").set_value("pt_BR").run()
    assert page.title[0].value.startswith("O que há de errado com")
    assert page.query_params["project"] in ("demo", ["demo"])
    assert page.query_params["lang"] in ("pt", ["pt"])


def test_a_broken_file_is_refused_and_nothing_else_happens(store):
    project = store({"good.csv": keras(), "noise.csv": bytes(range(256)) * 20})
    page = draw(project=project)
    assert "1 run" in page.multiselect("pick_runs").placeholder or len(page.multiselect("pick_runs").options) == 1
    assert not page.error


def test_a_link_to_something_gone_says_so(demo):
    page = draw(project="no-such-project")
    assert "no\\-such\\-project" in page.info[0].value
    page = draw(project="demo", run="gone")
    assert "run that is not in this project" in page.info[0].value


def test_ticks_are_kept_with_the_project(store):
    project = store({"log.csv": keras()})
    page = draw(project=project)
    box = next(box for box in page.checkbox if "20 inputs" in box.label)
    box.check().run()
    again = draw(project=project)
    assert next(box for box in again.checkbox if "20 inputs" in box.label).value
    next(box for box in again.checkbox if "20 inputs" in box.label).uncheck().run()
    assert not next(box for box in draw(project=project).checkbox if "20 inputs" in box.label).value


def test_hostile_names_stay_text(store):
    project = store({"<img src=x onerror=alert(1)>.csv": keras(), "[a](https://example.org).csv": keras(24)})
    page = draw(project=project)
    said = texts(page)
    assert "img" in said
    assert not re.search(r"(?<!\\)[<\[]\w*(img|a\b)", said)
    assert "](" not in said
    assert not any(element.proto.allow_html for element in page.markdown)


def test_many_runs_make_few_cards(store):
    project = store({f"seed{n:03}.csv": keras(30, offset=n / 1000) for n in range(40)})
    page = draw(project=project)
    cards = [s for s in page.subheader if not s.value[0].isdigit()]
    assert 0 < len(cards) <= 6
    assert any("other cases (39)" in label for label in labels(page.expander))
