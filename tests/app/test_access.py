"""The gate as pages meet it: what each role may read and change through `app.loading` and `app.people`."""

import ast
from itertools import product
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import update

from app import access, loading, people
from app.server import passes
from diagnostics.exceptions import Forbidden, NotFound
from diagnostics.workspace.people import Role
from diagnostics.workspace.tables import shares
from tests.app.conftest import draw, keras, texts

APP = Path(__file__).resolve().parents[2] / "app"
MANAGING, WRITING, READING = {"boss", "owner"}, {"boss", "owner", "editor"}, {"boss", "owner", "editor", "viewer"}


@pytest.fixture
def project(store, monkeypatch):
    """A project with a run and a second one that only "other" owns; made before anybody had to sign in."""
    made = store({"a.csv": keras(), "b.csv": keras(offset=0.1)}, "Mine")
    store({"c.csv": keras()}, "Theirs")
    opened = loading.workspace().people
    opened.arrive("boss")
    for role in Role:
        opened.set_role(made, role.value, role)
    opened.set_role("theirs", "other", Role.OWNER)
    opened.arrive("stranger")
    monkeypatch.setenv("RUN_CLINIC_PROXY_HEADER", "X-User")
    monkeypatch.setenv("RUN_CLINIC_PROXY_ADDRESSES", "10.0.0.5")
    return made


@pytest.fixture
def be(monkeypatch):
    """A function that makes this session somebody's."""

    def somebody(who: str) -> None:
        shown = passes.Pass("proxy", who).text() if " " not in who else who
        monkeypatch.setattr(st, "user", {passes.USER_KEY: shown} if who else {})

    return somebody


@pytest.fixture
def entries(project, be):
    be("boss")
    return loading.runs(project), loading.uploads(project)


PROBES = {
    "project": (READING, lambda p, runs, files: loading.project(p).id),
    "runs": (READING, lambda p, runs, files: loading.runs(p)[0]),
    "uploads": (READING, lambda p, runs, files: loading.uploads(p)[0]),
    "run": (READING, lambda p, runs, files: loading.run(runs[0])),
    "examine": (READING, lambda p, runs, files: loading.report(runs)),
    "add files": (WRITING, lambda p, runs, files: loading.add_files(p, [("n.csv", b"x")])),
    "ingest": (WRITING, lambda p, runs, files: loading.ingest(p, [files[0].id])),
    "rename run": (WRITING, lambda p, runs, files: loading.rename("run", runs[0].id, "x")),
    "group": (WRITING, lambda p, runs, files: loading.set_group([runs[0].id], "g")),
    "delete run": (WRITING, lambda p, runs, files: loading.delete("run", [runs[0].id])),
    "restore run": (WRITING, lambda p, runs, files: loading.restore("run", [runs[0].id])),
    "delete upload": (WRITING, lambda p, runs, files: loading.delete("upload", [files[0].id])),
    "setting": (WRITING, lambda p, runs, files: loading.keep_setting(p, "x", 1)),
    "change setting": (WRITING, lambda p, runs, files: loading.change_setting(p, "x", lambda value: 2)),
    "place columns": (WRITING, lambda p, runs, files: loading.place_columns(runs[0], {})),
    "rename project": (MANAGING, lambda p, runs, files: loading.rename("project", p, "x")),
    "delete project": (MANAGING, lambda p, runs, files: loading.delete("project", [p])),
    "members": (MANAGING, lambda p, runs, files: people.members(p)),
    "give role": (MANAGING, lambda p, runs, files: people.set_role(p, "viewer", Role.OWNER)),
    "links": (MANAGING, lambda p, runs, files: people.links(p)),
    "make link": (MANAGING, lambda p, runs, files: people.make_link(p, "", {}, days=1, name="")),
    "log": (MANAGING, lambda p, runs, files: people.log(p)),
    "whole log": ({"boss"}, lambda p, runs, files: people.log(None)),
    "everyone": ({"boss"}, lambda p, runs, files: people.everyone()),
    "end sign-ins": ({"boss"}, lambda p, runs, files: people.sign_out_everywhere("viewer")),
    "make project": (WRITING | {"other"}, lambda p, runs, files: loading.create_project("New")),
}


def works(probe, *given):
    """Whether something can be read or done: refusals are `Forbidden`, or nothing where something is."""
    try:
        probe(*given)
    except (Forbidden, AttributeError, IndexError):
        return False
    return True


@pytest.mark.parametrize("name", PROBES)
def test_role_by_action(project, entries, be, name):
    allowed, probe = PROBES[name]
    # The most powerful last: what they do changes what there is.
    for who in ("", "stranger", "other", "viewer", "editor", "owner", "boss"):
        if who not in allowed:
            be(who)
            assert not works(probe, project, *entries), who
    who = sorted(allowed)[-1]
    be(who)
    assert works(probe, project, *entries), who


def test_guests_read_what_their_link_shows(project, entries, be):
    runs, _files = entries
    share, _ = loading.workspace().shares.create(
        project, author="o", page="curves", query={"run": [runs[1].id]}, seconds=60
    )
    be(f"guest {share.id}")
    assert [entry.id for entry in loading.projects()] == [project]
    assert loading.runs(project) == (runs[1],)
    assert loading.prediction_sets(project) == ()
    assert loading.runs("theirs") == ()
    assert access.role(project) is Role.VIEWER
    for name, (_allowed, probe) in PROBES.items():
        if name not in ("project", "runs", "uploads", "run", "examine"):
            assert not works(probe, project, *entries), name
    loading.workspace().shares.revoke(share.id)
    assert loading.runs(project) == ()
    assert loading.projects() == ()
    assert access.who() == ""


def test_links_of_other_projects_are_not_theirs_to_revoke(project, be):
    be("boss")
    people.make_link("theirs", "", {}, days=1, name="")
    (theirs,) = people.links("theirs")
    be("owner")
    with pytest.raises(Forbidden):
        people.revoke(project, theirs.id)
    with pytest.raises(NotFound):
        people.revoke(project, "none")


@pytest.mark.parametrize(("action", "who"), list(product(["", "own", "READ", "read "], ["boss", "owner"])))
def test_actions_nobody_knows_are_refused(project, be, action, who):
    be(who)
    assert not access.may(action, project)
    with pytest.raises(Forbidden):
        access.require(action, project)


@pytest.mark.parametrize("shown", ["person boss", "person ", "guest boss", "boss", "proxy", "root boss"])
def test_passes_that_do_not_hold_are_nobody(project, be, shown):
    be(shown + (" " if " " not in shown else ""))
    assert access.who() == ""
    assert loading.projects() == ()


def test_what_is_done_is_noted_with_the_person(project, entries, be):
    be("editor")
    loading.rename("run", entries[0][0].id, "=HYPERLINK(1)")
    be("owner")
    newest = people.log(project)[0]
    assert (newest.who, newest.action, newest.object) == ("editor", "rename_run", entries[0][0].id)
    from app.components.people.audit import as_csv

    loading.workspace().audit.note("＝cmd", "@x", project, "-1+1")
    row = as_csv(people.log(project)).splitlines()[1]
    assert row.split(",")[2:6] == ["'＝cmd", "'@x", project, "'-1+1"]


def test_locally_everything_is_yours_and_nothing_is_noted(store):
    made = store({"a.csv": keras()})
    assert access.who() == access.LOCAL
    assert access.may(access.MANAGE, made)
    assert not access.may("own", made)
    assert loading.workspace().audit.entries() == []


@pytest.mark.parametrize(
    ("who", "said"),
    [("", "You are signed out"), ("stranger", "No project is open to you yet"), ("viewer", "What is wrong")],
)
def test_the_frame_shows_what_the_visitor_may_see(project, be, who, said):
    be(who)
    test = draw(project=project)
    assert said in texts(test)
    assert ("Overfitting" in texts(test)) is (who == "viewer")


def test_the_people_page_is_for_owners(project, be):
    be("viewer")
    assert "Only owners of a project" in texts(draw("people", project=project))
    be("owner")
    shown = draw("people", project=project)
    assert "3 people have a role" in texts(shown)
    assert "Everybody" not in texts(shown)
    be("boss")
    assert "Everybody" in texts(draw("people", project=project))


def test_who_may_only_look_is_offered_nothing_to_change(project, be):
    be("viewer")
    shown = draw("files", project=project)
    assert "You may look at this project, not change it." in texts(shown)
    offered = {button.key for button in shown.button}
    assert not offered & {"delete_project", "delete_runs", "delete_files", "read_waiting", "share_make"}
    be("owner")
    assert {"delete_project", "share_make"} <= {button.key for button in draw("files", project=project).button}


def doors():
    """Every function of the app, outside the server, that reaches into the workspace: file, name and source."""
    for file in sorted(APP.rglob("*.py")):
        if "server" in file.parts or file.name in ("access.py", "settings.py"):
            continue
        source = file.read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            text = ast.get_source_segment(source, node) or ""
            if isinstance(node, ast.FunctionDef) and "workspace()." in text:
                yield file.relative_to(APP).as_posix(), node.name, text


def test_every_way_into_the_workspace_asks_the_gate():
    found = list(doors())
    assert len(found) >= 20
    public = [(file, name) for file, name, text in found if not name.startswith("_") and "access." not in text]
    assert public == []
    # Private ones are behind a public one of the same file; no other room has any.
    assert {file.split("/")[0] for file, name, _ in found if name.startswith("_")} <= {"loading"}


@pytest.mark.parametrize("who", ["viewer", "guest"])
def test_every_page_draws_for_who_may_only_look(project, be, who):
    from app.main import PAGES

    share, _ = loading.workspace().shares.create(project, author="o", page="", query={}, seconds=60)
    for name in PAGES:
        page = "" if name == "triage" else name
        with loading.workspace()._database.writing() as connection:
            connection.execute(update(shares).where(shares.c.id == share.id).values(page=page))
        be("viewer" if who == "viewer" else f"guest {share.id}")
        shown = draw(page, project=project)
        said = texts(shown)
        assert ("Shared view" in said) is (who == "guest"), name
        assert "not part of the link" not in said, name
        # Whoever has one view is offered no other.
        assert who == "viewer" or not shown.get("page_link"), name


def test_guests_stay_on_their_page(project, be):
    share, _ = loading.workspace().shares.create(project, author="o", page="curves", query={}, seconds=60)
    be(f"guest {share.id}")
    assert "not part of the link" in texts(draw("files", project=project))
    assert "not part of the link" in texts(draw("", project="theirs"))
    shown = draw("curves", project="theirs")
    assert shown.query_params["project"] in (project, [project])
