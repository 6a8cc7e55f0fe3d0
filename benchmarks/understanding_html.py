"""How much of an article is found on a page, and how much else with it: our rules beside trafilatura.

    python -m benchmarks.understanding html --data DIR

News texts of ``DIR/news`` are put into pages of six layouts as sites have them, with menus, teasers and comments made of other
texts' leads. Counted are words: precision is the share of the words found that are the article's, recall the share of the
article's that are found; means over pages. All of them are made by hand: pages of the world are worse.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from statistics import fmean, median

from idlibsearch.ingest.formats import html_page
from idlibsearch.ingest.formats.html_tree import parse

PAGES = 100  # texts; six pages each
PARAGRAPHS = 12  # of a text at most


def texts(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Titles and paragraphs: newswire by its indented paragraphs, articles by their lines."""
    for name, edge in (("reuters21578", r"\n\s{3,}"), ("frontlines_wikipedia", r"\n+")):
        with lzma.open(folder / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                paragraphs = [" ".join(part.split()) for part in re.split(edge, row["text"])]
                paragraphs = [part for part in paragraphs if len(part) > 60][:PARAGRAPHS]
                if len(paragraphs) >= 4 and row["title"]:
                    yield row["title"], paragraphs


def _links(leads: Sequence[str]) -> str:
    return "".join(f'<li><a href="/{n}">{escape(lead[:70])}</a></li>' for n, lead in enumerate(leads))


def _p(paragraphs: Sequence[str], tag: str = "p") -> str:
    return "".join(f"<{tag}>{escape(part)}</{tag}>" for part in paragraphs)


MENU = (
    "<ul>"
    + "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ["Home", "World", "Politics", "Business", "Sport", "Culture"])
    + "</ul>"
)
FOOT = "Copyright 2020 Example News. All rights reserved. This material may not be published or rewritten without permission."


def semantic(title: str, body: Sequence[str], others: Sequence[str]) -> str:
    return (
        f"<header><nav>{MENU}</nav></header><main><article><h1>{escape(title)}</h1>{_p(body)}</article></main>"
        f"<aside><h2>Most read</h2><ul>{_links(others)}</ul></aside><footer><p>{FOOT}</p></footer>"
    )


def div_soup(title: str, body: Sequence[str], others: Sequence[str]) -> str:
    comments = "".join(
        f'<div class="comment-item"><div>user{n}</div><div>{escape(text)}</div></div>' for n, text in enumerate(others)
    )
    return (
        f'<div class="top"><div>{MENU}</div></div><div class="x1"><div class="x2"><h1>{escape(title)}</h1>'
        f"{_p(body, 'div')}</div></div>"
        f'<div id="comments">{comments}</div><div class="bottom">{FOOT}</div>'
    )


def tables(title: str, body: Sequence[str], others: Sequence[str]) -> str:
    shown = "<br><br>".join(map(escape, body))
    return (
        f"<table><tr><td colspan=3><a href=/>Example News</a></td></tr><tr><td>{MENU}</td>"
        f"<td><font size=4><b>{escape(title)}</b></font>"
        f"<br><br>{shown}</td><td><ul>{_links(others)}</ul></td></tr><tr><td colspan=3>{FOOT}</td></tr></table>"
    )


def cards(title: str, body: Sequence[str], others: Sequence[str]) -> str:
    """Teasers with whole sentences behind the article, without a telling name."""
    teasers = "".join(
        f'<div class="c-7"><h3><a href="/x">{escape(text[:60])}</a></h3><p>{escape(text[:200])}</p></div>' for text in others
    )
    return (
        f'<div class="hd">{MENU}</div><div class="g-1"><h1>{escape(title)}</h1>'
        f'<div class="meta">12 January 2020</div>{_p(body)}</div>'
        f'<div class="g-2">{teasers}</div><div class="ft"><p>{FOOT}</p></div>'
    )


def interrupted(title: str, body: Sequence[str], others: Sequence[str]) -> str:
    """An article in pieces, with promotion between them."""
    half = len(body) // 2
    promotion = (
        '<div class="newsletter-signup"><p>Sign up for our newsletter, and get all the news of the day in the morning.</p></div>'
    )
    also = f'<div class="inline-related"><p>Read also: <a href="/x">{escape(others[0][:80])}</a></p></div>'
    return (
        f'<nav>{MENU}</nav><div class="story"><h1>{escape(title)}</h1><div class="part">{_p(body[:half])}</div>{promotion}{also}'
        f'<div class="part">{_p(body[half:])}</div><div class="share"><a>Share</a> <a>Tweet</a></div></div>'
        f"<footer>{FOOT}</footer>"
    )


def unclosed(title: str, body: Sequence[str], others: Sequence[str]) -> str:
    return (
        f"<h1>{escape(title)}</h1>{MENU}"
        + "".join(f"<p>{escape(part)}" for part in body)
        + f"<hr><p><a href=/x>{FOOT}</a><ul>{_links(others)}"
    )


LAYOUTS = (semantic, div_soup, tables, cards, interrupted, unclosed)


def page(layout: Callable[..., str], title: str, body: Sequence[str], others: Sequence[str]) -> str:
    """A whole page."""
    head = f"<title>{escape(title)} - Example News</title><meta charset=utf-8>"
    return f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{layout(title, body, others)}</body></html>"


def scored(found: Sequence[str], body: Sequence[str]) -> tuple[float, float]:
    """Precision and recall over words, each as often as it stands there."""
    got, wanted = (Counter(re.findall(r"\w+", " ".join(part).lower())) for part in (found, body))
    common = (got & wanted).total()
    return common / max(1, got.total()), common / wanted.total()


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    chance = random.Random(7)
    known = list(texts(parser.parse_args(arguments).data / "news"))
    chosen = chance.sample(known, PAGES)
    ways: dict[str, Callable[[str], list[str]]] = {"rules": lambda text: html_page.by_rules(parse(text))}
    if html_page.has("trafilatura"):
        ways["trafilatura"] = html_page.by_library
    print(f"{PAGES} texts: precision / recall of words, mean (ms a page, median)")
    for layout in LAYOUTS:
        cells = []
        for name, read in ways.items():
            scores, took = [], []
            for title, body in chosen:
                others = [paragraphs[0] for _, paragraphs in chance.sample(known, 5)]
                text = page(layout, title, body, others)
                started = time.perf_counter()
                found = read(text)
                took.append(1000 * (time.perf_counter() - started))
                scores.append(scored([part for part in found if part != title], body))
            cells.append(f"{name} {fmean(p for p, _ in scores):.3f} / {fmean(r for _, r in scores):.3f} ({median(took):.1f})")
        print(f"{layout.__name__:<12} {'   '.join(cells)}")
