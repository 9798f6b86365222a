import httpx
import pytest

from app.server import index, policy


def test_the_start_page_says_where_its_server_is_and_who_it_is():
    page = index.page()
    assert page.index("BACKEND_BASE_URL") < page.index('type="module"')
    assert "<title>Run Clinic</title>" in page
    assert 'rel="preload"' not in page


def test_the_policy_allows_the_scripts_of_the_page_and_no_others():
    assert len(index.inline_scripts()) == page_scripts(index.page())
    assert len(policy.inline_hashes()) == len(index.inline_scripts())


def page_scripts(page):
    """Number of script elements without a source."""
    return page.count("<script>")


@pytest.mark.parametrize("path", ["/", "/curves?project=demo&run=x", "/files", "/nonsense"])
def test_every_page_address_gets_the_start_page(server, path):
    answer = httpx.get(server.url + path)
    assert answer.text == index.page()
    assert answer.headers["cache-control"] == "no-cache"


def test_files_and_streamlits_own_paths_are_not_shadowed(server):
    assert httpx.get(f"{server.url}/favicon.png").headers["content-type"] == "image/png"
    assert httpx.get(f"{server.url}/_stcore/health").text == "ok"
    assert "javascript" in httpx.get(server.url + _script(index.page())).headers["content-type"]


def _script(page):
    return page.split('src=".', 1)[1].split('"', 1)[0]
