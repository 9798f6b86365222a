"""Rows sent to the error board from wherever they are listed."""

import pytest
import streamlit as st

from app import access, boards, loading
from app.server import passes
from diagnostics.catalogue.errors import details
from diagnostics.slices.notation import to_text
from diagnostics.types import Condition
from tests.app import prediction_files as files
from tests.app.conftest import draw, texts

ROWS = [("cat", "cat")] * 40 + [("cat", "dog")] * 20 + [("dog", "dog")] * 30 + [("dog", "cat")] * 3


@pytest.fixture
def project(store):
    lines = ["id,label,prediction", *(f"{i},{a},{b}" for i, (a, b) in enumerate(ROWS))]
    return store({"predictions.csv": "\n".join(lines).encode()})


def entry(project):
    return loading.prediction_sets(project)[0]


def at_cell(project, truth, predicted):
    page = draw("confusion", project=project)
    page.session_state[f"rc_{project}_cell-{entry(project).digest[:12]}"] = (truth, predicted)
    return page.run()


def send_buttons(page, of=("rows-", "losses-")):
    """The buttons that send a whole list: that of the cell, or that of the loss explorer."""
    return [button for button in page.button if (button.key or "").endswith("-send") and button.key.startswith(of)]


def on_board(project):
    view = boards.find(entry(project))
    return {} if view is None else boards.rows(view.state)


def test_all_rows_of_a_cell_go_to_the_board_once(project):
    page = at_cell(project, "cat", "dog")
    (button,) = send_buttons(page)
    assert button.label == "Send the 20 listed rows to the error board"
    button.click().run()
    assert not page.exception
    assert sorted(on_board(project).values()) == list(range(40, 60))
    assert "✓ 20 errors are on the board." in texts(page)
    number = boards.find(entry(project)).entry.number
    send_buttons(page)[0].click().run()
    assert boards.find(entry(project)).entry.number == number
    assert "There before: 20." in texts(page)


def test_rows_that_are_right_stay_out(project):
    page = at_cell(project, "cat", "cat")
    send_buttons(page)[0].click().run()
    assert not on_board(project)
    assert "No error among these rows" in texts(page)


def test_a_filter_within_the_list_narrows_what_is_sent(project):
    page = at_cell(project, "cat", "dog")
    list_key = send_buttons(page)[0].key.removesuffix("-send")
    page.selectbox(f"{list_key}-column").select("id").run()
    page.selectbox(f"{list_key}-operator").select("at_most").run()
    page.text_input(f"{list_key}-text").set_value("42").run()
    send_buttons(page)[0].click().run()
    assert sorted(on_board(project).values()) == [40, 41, 42]


def test_one_row_is_sent_and_then_leads_to_the_queue(project):
    page = draw("losses", project=project, row="41")
    next(button for button in page.button if button.label == "Send to the error board").click().run()
    assert not page.exception
    assert list(on_board(project).values()) == [40]
    assert not [button for button in page.button if button.label == "Send to the error board"]
    (key,) = on_board(project)
    found = to_the_queue(page)
    assert found and f"example={key}" in found[0].query_string


def to_the_queue(page):
    return [link.proto for link in page.get("page_link") if "open it in the queue" in link.proto.label]


def test_who_has_a_link_to_a_row_is_not_led_to_the_queue(project, monkeypatch):
    page = draw("losses", project=project, row="41")
    next(button for button in page.button if button.label == "Send to the error board").click().run()
    share, _ = loading.workspace().shares.create(
        project, author="o", page="losses", query={"predictions": (entry(project).id,)}, seconds=60
    )
    monkeypatch.setenv("RUN_CLINIC_PROXY_HEADER", "X-User")
    monkeypatch.setenv("RUN_CLINIC_PROXY_ADDRESSES", "10.0.0.5")
    monkeypatch.setattr(st, "user", {passes.USER_KEY: f"guest {share.id}"})
    page = draw("losses", project=project, row="41")
    assert "Row 41" in texts(page) and "Shared view" in texts(page)
    assert not to_the_queue(page)


def test_a_right_row_is_refused_with_the_reason(project):
    page = draw("losses", project=project, row="1")
    next(button for button in page.button if button.label == "Send to the error board").click().run()
    assert not on_board(project)
    assert "the board collects wrong answers only" in texts(page)


def test_who_may_only_look_sees_no_button(project, monkeypatch):
    boards.create(entry(project))
    monkeypatch.setattr(access, "may", lambda action, _project="": action == access.READ)
    assert not send_buttons(at_cell(project, "cat", "dog"))
    page = draw("losses", project=project, row="41")
    assert not [button for button in page.button if button.label == "Send to the error board"]


def test_rows_of_a_slice_are_those_of_the_slice(store):
    project = store({"p.csv": files.binary()})
    page = draw("losses", project=project, slice=to_text([Condition(column="site", op="==", value="north")]))
    list_key = next(b.key for b in page.selectbox if b.label == "Column").removesuffix("-column")
    page.selectbox(f"{list_key}-column").select("label").run()
    page.text_input(f"{list_key}-text").set_value("sick").run()
    send_buttons(page)[0].click().run()
    assert not page.exception
    sent = on_board(project)
    given = loading.predictions(entry(project))
    told = details(given, list(sent.values()))
    assert told and {record["site"] for record in told.values()} == {"north"}
    assert {record["label"] for record in told.values()} == {"sick"}
