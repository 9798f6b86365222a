"""What browser tests of the error board do again and again: a file of errors, collecting, columns, drags."""

import re

from tests.support.pages import open_page
from tests.support.screenshots import settled

HOSTILE = '<img src=x onerror="window.pwned=1">'
MARKDOWN = "![x](https://example.invalid/p.png) :material/bug_report: $x$ [l](javascript:window.pwned=1)"


def table(folder, n=60, wrong=24, name="predictions.csv", hostile=False):
    lines = ["id,label,prediction,camera,review"]
    for i in range(n):
        truth, other = (("cat", "dog"), ("dog", "cat"))[i % 2]
        text = f'"{HOSTILE.replace(chr(34), chr(39))} {MARKDOWN}"' if hostile else f"seen from far away {i}"
        ident = f'"<b onmouseover=window.pwned=1>e{i:02d}</b>"' if hostile else f"e{i:02d}"
        lines.append(f"{ident},{truth},{other if i < wrong else truth},{('day', 'night')[i // 2 % 2]},{text}")
    path = folder / name
    path.write_text("\n".join(lines))
    return path


def collect(page, url):
    """Collect all errors of the set that is picked; the query that names it."""
    query = "?" + page.url.partition("?")[2]
    open_page(page, f"{url}/queue{query}")
    page.get_by_role("button", name=re.compile("^Collect")).click()
    page.locator(".rc-queue .stage h2").wait_for()
    settled(page)
    return query


def create(page, name):
    """Make a category and wait until everything was drawn anew."""
    field = page.locator(".st-key-new_category input").first
    field.fill(name)
    field.press("Enter")
    page.locator(".rc-queue .category", has_text=name).wait_for()
    page.wait_for_function("() => document.querySelectorAll('.st-key-new_category input').length === 1")
    settled(page)


def lane(page, name):
    return page.locator(f'.rc-board section[aria-label^="{name},"]')


def titles(page, name):
    return sorted(lane(page, name).locator(".card .title").all_inner_texts())


def count(page, name, n):
    page.locator(f'.rc-board section[aria-label="{name}, {n} examples"]').wait_for()


def drag(page, card, column):
    start, end = card.bounding_box(), column.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 30, steps=3)
    page.mouse.move(end["x"] + 100, end["y"] + 80, steps=6)
    page.mouse.up()
