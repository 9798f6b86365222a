"""Roles, sign-ins, links and the log, on both databases."""

import time
from itertools import product

import pytest

from diagnostics.exceptions import Forbidden, NotFound, RunClinicError
from diagnostics.workspace.people import ALLOWED, Action, Role, hashed

# Who may do what, written out a second time: nothing that is not here.
IN_PROJECT = {
    "boss": {Action.READ, Action.WRITE, Action.MANAGE},
    "owner": {Action.READ, Action.WRITE, Action.MANAGE},
    "editor": {Action.READ, Action.WRITE},
    "viewer": {Action.READ},
    "other": set(),
    "stranger": set(),
    "": set(),
}
ELSEWHERE = {"boss": {Action.READ, Action.WRITE, Action.MANAGE}, "other": {Action.READ, Action.WRITE, Action.MANAGE}}
ANYWHERE = {
    "boss": {Action.CREATE, Action.ADMINISTER},
    "owner": {Action.CREATE},
    "editor": {Action.CREATE},
    "other": {Action.CREATE},
}


@pytest.fixture
def people(workspace):
    """The people of a workspace with two projects, "mine" and "theirs"."""
    workspace.create_project("mine")
    workspace.create_project("theirs")
    found = workspace.people
    found.arrive("Boss")
    for person in ("owner", "editor", "viewer", "stranger", "other"):
        found.arrive(person)
    for role in Role:
        found.set_role("mine", role.value, role)
    found.set_role("theirs", "other", Role.OWNER)
    return found


@pytest.mark.parametrize(("person", "action"), list(product(IN_PROJECT, Action)))
def test_what_nobody_allowed_is_refused(people, person, action):
    anywhere = action in ANYWHERE.get(person, ())
    assert people.may(person, action, "mine") is (action in IN_PROJECT[person] or anywhere)
    assert people.may(person, action, "theirs") is (action in ELSEWHERE.get(person, ()) or anywhere)
    assert people.may(person, action) is (anywhere or (person == "boss"))
    assert people.may(person, action, "nowhere") is (anywhere or (person == "boss"))


def test_every_role_says_what_it_allows():
    assert set(ALLOWED) == set(Role)
    assert not any({Action.CREATE, Action.ADMINISTER} & allowed for allowed in ALLOWED.values())


def test_people_see_the_projects_they_have_a_role_in(people):
    assert people.readable("viewer") == {"mine"}
    assert people.readable("stranger") == frozenset()
    assert people.readable("unknown") == frozenset()
    assert people.readable("boss") is None


def test_a_role_taken_away_is_gone_at_once(people):
    people.set_role("mine", "viewer", None)
    assert not people.may("viewer", Action.READ, "mine")
    people.set_role("mine", " Editor\n", Role.VIEWER)
    assert people.role("editor", "mine") is Role.VIEWER
    with pytest.raises(RunClinicError):
        people.set_role("mine", " \u200b ", Role.OWNER)
    with pytest.raises(NotFound):
        people.set_role("nowhere", "viewer", Role.OWNER)


def test_the_first_person_owns_everything_unless_owners_are_named(people):
    assert [person.id for person in people.everyone() if person.owner] == ["boss"]
    people.arrive("late", owners=["LATE", "x"])
    people.set_owners(["late"])
    assert [person.id for person in people.everyone() if person.owner] == ["late"]
    assert not people.arrive("boss", owners=["late"]).owner


def test_a_sign_in_works_until_it_ends(people):
    people.sign_in("secret value", "viewer", seconds=60)
    assert people.signed_in(hashed("secret value")) == "viewer"
    assert people.signed_in("secret value") is None
    people.sign_out(hashed("secret value"))
    assert people.signed_in(hashed("secret value")) is None
    with pytest.raises(Forbidden):
        people.sign_in("secret value", "viewer", seconds=60)
    people.sign_in("second", "viewer", seconds=-1)
    assert people.signed_in(hashed("second")) is None
    people.sign_in("third", "viewer", seconds=60)
    people.sign_out_everywhere("viewer")
    assert people.signed_in(hashed("third")) is None


def test_what_belongs_to_which_project_is_known_also_after_deletion(workspace, people):
    id = workspace.add_upload("mine", "a.csv", b"x").id
    workspace.delete_upload(id)
    assert people.project_of("upload", id) == "mine"
    with pytest.raises(NotFound):
        people.project_of("run", "none")


def test_a_link_works_until_it_is_revoked_or_expires(workspace, people):
    shares = workspace.shares
    query = {"run": ["1", "2"], "project": ["theirs"]}
    share, token = shares.create("mine", author="owner", page="curves", query=query, seconds=60)
    assert share.query == {"run": ("1", "2")}
    assert shares.opened(token) == shares.live(share.id) == share
    assert shares.opened(share.id) is None
    assert shares.opened("") is None
    shares.revoke(share.id)
    assert shares.opened(token) is shares.live(share.id) is None
    assert shares.share(share.id).revoked is not None
    old, token = shares.create("mine", author="owner", page="", query={}, seconds=-1)
    assert shares.opened(token) is shares.live(old.id) is None


def test_links_of_a_deleted_project_stop(workspace, people):
    share, token = workspace.shares.create("mine", author="owner", page="", query={}, seconds=60)
    workspace.delete_project("mine")
    assert workspace.shares.opened(token) is None
    workspace.restore_project("mine")
    assert workspace.shares.opened(token) == share


def test_the_token_itself_is_not_stored(workspace, people, home):
    _, token = workspace.shares.create("mine", author="owner", page="", query={}, seconds=60)
    workspace.people.sign_in("a secret cookie value", "owner", seconds=60)
    with workspace._database.reading() as connection:
        from sqlalchemy import select

        from diagnostics.workspace.tables import shares, sign_ins

        stored = str(connection.execute(select(shares)).all()) + str(connection.execute(select(sign_ins)).all())
    assert token not in stored
    assert "a secret cookie value" not in stored


def test_the_log_is_read_newest_first_by_project_and_page(workspace, people):
    before = time.time()
    for n in range(5):
        workspace.audit.note("owner", "upload", "mine", f"file {n}\n\u202ex", size=n)
    workspace.audit.note("other", "upload", "theirs", "x")
    entries = workspace.audit.entries("mine", limit=3)
    assert [entry.details for entry in entries] == [{"size": 4}, {"size": 3}, {"size": 2}]
    assert entries[0].object == "file 4 x"
    assert entries[0].at.timestamp() >= before
    assert [e.details["size"] for e in workspace.audit.entries("mine", before=entries[-1].number)] == [1, 0]
    assert len(workspace.audit.entries()) == 6
