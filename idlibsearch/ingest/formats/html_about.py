"""What a page says of itself: JSON-LD, meta elements, ``<time>``, links and its title, the surest first.

All of it is taken as it is written. Whether a date can be, and what wins where text and page differ, is decided elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from idlibsearch.ingest.formats.extract import About
from idlibsearch.ingest.formats.html_tree import Node

LONGEST = 500  # characters of anything but a date; a meta element with an essay is no title
LONGEST_DATE = 60
LD_DEPTH, LD_OBJECTS = 8, 500

_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "citation_publication_date", "citation_date",
    "citation_online_date", "parsely-pub-date", "sailthru.date", "datepublished", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dcterms.date",
    "dc.date", "date",
)  # fmt: skip
_TITLES = ("og:title", "citation_title", "parsely-title", "dc.title", "dcterms.title", "headline", "twitter:title")
_BYLINES = (
    "author",
    "article:author",
    "citation_author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "sailthru.author",
)
_SOURCES = ("og:site_name", "dc.publisher", "dcterms.publisher", "publisher", "application-name", "citation_journal_title")
_SECTIONS = ("article:section", "og:article:section", "parsely-section", "section")
_LANGUAGES = ("og:locale", "content-language", "dc.language", "dcterms.language", "language")
_BY = re.compile(r"by\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:[|–—»]|::|-)\s+")


def about_page(root: Node) -> About:
    """What the page under ``root`` says of itself."""
    meta = _meta(root)
    told = _linked_data(root)
    url = _link(root) or _first(meta, ("og:url",))
    source = _first(meta, _SOURCES)
    stated = About(
        title=_clean(_first(meta, _TITLES)),
        byline=_byline(meta),
        url=url if url.startswith(("http://", "https://")) else "",
        source=source,
        section=_first(meta, _SECTIONS),
        language=_language_of(root) or _first(meta, _LANGUAGES),
        dates=tuple(value for name in _DATES for value in meta.get(name, ()) if len(value) <= LONGEST_DATE),
    )
    known = told.over(stated)
    known = known._replace(dates=(*told.dates, *stated.dates, *_times(root)))
    return known._replace(title=_title(root, known.title, known.source))


def _meta(root: Node) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in root.walk():
        name = (node.get("name") or node.get("property") or node.get("itemprop") or node.get("http-equiv")).strip().lower()
        if node.tag == "meta" and name and (content := " ".join(node.get("content").split())):
            found.setdefault(name, []).append(content)
    return found


def _first(meta: dict[str, list[str]], names: Iterable[str]) -> str:
    return next((value for name in names for value in meta.get(name, ()) if len(value) <= LONGEST), "")


def _byline(meta: dict[str, list[str]]) -> str:
    """The names of the first element that has any; links to their pages are none."""
    for name in _BYLINES:
        values = [_BY.sub("", value, count=1) for value in meta.get(name, ()) if "://" not in value and len(value) <= LONGEST]
        if values:
            return ", ".join(dict.fromkeys(values))
    return ""


def _link(root: Node) -> str:
    return next(
        (node.get("href").strip() for node in root.walk() if node.tag == "link" and "canonical" in node.get("rel").split()), ""
    )


def _language_of(root: Node) -> str:
    return next((node.get("lang") or node.get("xml:lang") for node in root.walk() if node.tag == "html"), "")


def _times(root: Node) -> tuple[str, ...]:
    """The days of ``<time>`` elements: those that say they are of the publication, else the only one of the page."""
    times = [node for node in root.walk() if node.tag == "time" and len(node.get("datetime") or node.text()) <= LONGEST_DATE]
    sure = [
        node
        for node in times
        if "pubdate" in node.attributes or "publish" in f"{node.get('itemprop')} {node.get('class')}".lower()
    ]
    return tuple(node.get("datetime") or node.text() for node in (sure or (times if len(times) == 1 else [])))


def _title(root: Node, stated: str, source: str) -> str:
    """The headline: what the page states, its only main heading, or the title without the name of the site."""
    headings = [text for node in root.walk() if node.tag == "h1" and (text := node.text())]
    titled = next((text for node in root.walk() if node.tag == "title" and (text := node.text())), "")
    whole = stated or titled
    if len(headings) == 1 and (not stated or stated.startswith(headings[0])):
        return headings[0][:LONGEST]
    return _without_site(whole, source)[:LONGEST]


def _without_site(title: str, source: str) -> str:
    parts = _BETWEEN.split(title)
    if len(parts) > 1 and source and source.casefold() in (parts[-1].casefold(), parts[0].casefold()):
        cut = parts[:-1] if source.casefold() == parts[-1].casefold() else parts[1:]
        at = title.find(cut[0])
        return title[at : title.rfind(cut[-1]) + len(cut[-1])]
    if len(parts) > 1 and len(parts[-1].split()) <= 4 and len(" ".join(parts[:-1]).split()) >= 4:
        return title[: title.rfind(parts[-1])].rstrip(" \t|–—»:-")
    return title


def _clean(text: str) -> str:
    return " ".join(text.split())


# --- JSON-LD ---------------------------------------------------------------------------------------------------------


def _linked_data(root: Node) -> About:
    """The first article among the page's JSON-LD objects."""
    for node in root.walk():
        if node.tag == "script" and "ld+json" in node.get("type").lower():
            text = "".join(part for part in node.inside if isinstance(part, str))
            for value in _objects(text):
                if _is_article(value):
                    return _about_object(value)
    return About()


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """All objects of a JSON text, outermost first."""
    try:
        waiting: list[tuple[Any, int]] = [(json.loads(text.strip().strip(";"), strict=False), 0)]
    except (ValueError, RecursionError):
        return
    for _ in range(LD_OBJECTS):
        if not waiting:
            return
        value, depth = waiting.pop(0)
        if isinstance(value, dict):
            yield value
            value = list(value.values())
        if isinstance(value, list) and depth < LD_DEPTH:
            waiting += [(inner, depth + 1) for inner in value if isinstance(inner, dict | list)]


def _is_article(value: dict[str, Any]) -> bool:
    types = value.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.endswith(("Article", "BlogPosting", "Report")) for name in names)


def _about_object(value: dict[str, Any]) -> About:
    url = _text(value.get("url")) or _text(value.get("mainEntityOfPage"), "@id")
    return About(
        title=_text(value.get("headline"))[:LONGEST],
        byline=", ".join(dict.fromkeys(_names(value.get("author") or value.get("creator")))),
        url=url if url.startswith(("http://", "https://")) else "",
        source=", ".join(_names(value.get("publisher"))[:1]),
        section=_text(value.get("articleSection")),
        language=_text(value.get("inLanguage"), "name"),
        dates=tuple(filter(None, (_text(value.get(name))[:LONGEST_DATE] for name in ("datePublished", "dateCreated")))),
    )


def _names(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [name for each in values if (name := _text(each, "name")) and "://" not in name]


def _text(value: object, name: str = "") -> str:
    """A value that is a text, the first of several, or what an object has under a name."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get(name, "")
    return " ".join(value.split()) if isinstance(value, str) and len(value) <= LONGEST else ""
