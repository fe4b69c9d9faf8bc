"""What the tests of every report share: a page as a browser would read it, checks, attacks."""

import re
from collections import Counter
from collections.abc import Callable, Collection
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "br", "img"}
ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}</svg></style>$x$"
DRAWN = {"text", "defs", "path", "g", "use", "rect", "clippath", "a", "span", "title"}


class Page(HTMLParser):
    """What a browser would make of a page: elements, headings, text inside the set-apart part."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.open: list[tuple[str, str]] = []
        self.apart, self.rest, self.words = "", "", ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        values = {name: value or "" for name, value in attrs}
        self.attributes |= set(values)
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if tag not in VOID:
            self.open.append((tag, values.get("class", "")))
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append((tag, ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        if any(tag == "style" for tag, _ in self.open):
            return
        self.words += data
        if ("section", "apart") in self.open:
            self.apart += data
        else:
            self.rest += data
        if self.open and self.open[-1][0] in ("h1", "h2", "h3", "h4"):
            tag, text = self.headings[-1]
            self.headings[-1] = tag, text + data


def sections(parsed: Page) -> list[str]:
    """List the sections of a page, without its contents."""
    return [text for tag, text in parsed.headings if tag == "h2" and text != "Contents"]


def well_formed_and_alone(page: str) -> None:
    """Every element is closed, every link leads somewhere inside, nothing is asked for."""
    parsed = Page(page)
    assert parsed.open == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {link.removeprefix("#") for link in parsed.links} <= set(parsed.ids)
    assert not {"script", "iframe", "object", "embed", "form"} & set(parsed.tags)
    assert not re.search(r"https?://|@import|url\((?!#)", page)
    assert "default-src 'none'" in page


def nothing_undefined(page: str) -> None:
    """No missing number is printed as Python would."""
    found = re.search(r".{30}\b(None(?! of)|nan|inf)\b", Page(page).words)
    assert not found, found


def accessible(page: str) -> None:
    """Tables and figures say what they are to who cannot see them."""
    parsed = Page(page)
    assert not re.search(r"<th(?![^>]*\bscope=)[ >]", page)
    for svg in re.findall(r"<svg [^>]*>", page):
        assert 'aria-hidden="true"' in svg or ('role="img"' in svg and 'aria-label="' in svg), svg
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(parsed.ids)


def colored_by_the_page(page: str) -> None:
    """Figures use the page's colors alone: another would not follow a dark screen."""
    known = set(re.findall(r"--([\w-]+):", page))
    for svg in re.findall(r"<svg .*?</svg>", page, re.S):
        assert set(re.findall(r"var\(--([\w-]+)\)", svg)) <= known
        found = re.search(r"(?:fill|stroke):#(?!fff)", svg)
        assert not found, svg[found.start() - 100 : found.end() + 40]


CHECKS = (well_formed_and_alone, nothing_undefined, accessible, colored_by_the_page)


def emptied(value: Any) -> Any:
    """Set every number and text to None, and keep the frame of blocks and lists."""
    if isinstance(value, dict):
        return {key: emptied(inner) for key, inner in value.items()}
    return None if not isinstance(value, list) else []


def without(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the same with one part inside it set to None."""
    head, *rest = path
    inner = without(value[head], tuple(rest)) if rest else None
    if isinstance(value, dict):
        return {**value, head: inner}
    return [inner if i == head else kept for i, kept in enumerate(value)]


def paths(value: Any, above: tuple[Any, ...] = (), lists: bool = True) -> list[tuple[Any, ...]]:
    """List every key of nested blocks, and of the first block of each list."""
    if isinstance(value, list):
        first = value[0] if value and lists else None
        return paths(first, (*above, 0)) if isinstance(first, dict) else []
    if not isinstance(value, dict):
        return []
    below = [(*above, key) for key in value]
    deeper = (paths(inner, (*above, key), lists) for key, inner in value.items())
    return below + [path for found in deeper for path in found]


def attacked(
    value: Any,
    structure: Collection[str],
    names: Callable[[dict[str, Any]], Collection[str]] = lambda _: (),
) -> Any:
    """Put markup into every text but those of the format, and into the keys that are names."""
    if isinstance(value, dict):
        own = names(value)
        return {
            f"{key}{ATTACK}" if key in own else key: attacked(inner, structure, names)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [attacked(inner, structure, names) for inner in value]
    return f"{value}{ATTACK}" if isinstance(value, str) and value not in structure else value


def harmless(benign: str, hostile: str) -> None:
    """The attacked page has the same elements as the other, and shows the attack as text."""
    before, after = Page(benign), Page(hostile)
    assert set(after.tags) <= set(before.tags) | DRAWN
    counts = [{t: n for t, n in p.tags.items() if t not in DRAWN} for p in (after, before)]
    assert counts[0] == counts[1]
    assert not [name for name in after.attributes if name.startswith("on")]
    assert ATTACK in after.words
