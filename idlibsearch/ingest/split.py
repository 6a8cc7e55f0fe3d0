"""A page's text cut into the reports it holds, each as a draft of characters of the page.

By layout: a page of bullets (each a title, with its text indented below); blocks between separators (articles of their
own, or short related teasers behind an article); a plain list of items (a title line and a text line, or a text line
alone); or one article, which is also the answer where the page leaves it open. The layout can be told instead of guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from idlibsearch.ingest.article import ASIDE, MARKS, Draft, Pieces, article, is_cut_off, joined
from idlibsearch.ingest.layout import MODES, Mode, article_score
from idlibsearch.ingest.lines import Line, is_title_like, read_lines
from idlibsearch.ingest.paragraphs import Span

SURE = 9.0  # the score of what is plain from its marks, beyond the reach of a sum of small evidence
TOPIC_WORDS = 4  # the longest heading over a list; a longer line is a title
BODY = frozenset(("text", "bullet", "heading", "boilerplate", "credit"))

# "… a planned ... Middle East -": the section that a list glues behind the words it cuts off.
_TAIL = re.compile(r"(?:\.\.\.|…)\s{1,3}(?P<section>[A-Z][\w&'’-]{0,30}(?:\s[A-Z&][\w&'’-]{0,30}){0,3})?\s{0,3}[-–|]?$")


@dataclass(frozen=True, slots=True)
class Split:
    """The drafts of a page in their order, and how surely it was split: above 0 speaks for one article."""

    drafts: tuple[Draft, ...]
    score: float


def split(text: str, mode: Mode = "auto") -> Split:
    """Cut the text of a page as told, or as its lines suggest; a page without bullets is never cut by them.

    Raises ``ValueError`` for a mode that is none of ``MODES``.
    """
    if mode not in MODES:
        raise ValueError(f"split must be one of {', '.join(MODES)}, not {mode!r}")
    lines = read_lines(text)
    if mode == "bullets" or (mode == "auto" and is_bulleted(text, lines)):
        drafts = _bulleted(text, lines)
        if drafts:
            return Split(drafts, -SURE)
    if mode == "article":
        return Split(_one(text, lines), SURE)
    return Split(_listed(text, lines, "items"), -SURE) if mode == "items" else _guessed(text, lines)


def _guessed(text: str, lines: list[Line]) -> Split:
    blocks = _blocks(lines)
    if are_articles(text, blocks):
        return Split(tuple(draft for block in blocks for draft in _one(text, block)), -SURE)
    teasing = [number > 0 and are_teasers(text, block) for number, block in enumerate(blocks)]
    related = [block for block, teases in zip(blocks, teasing, strict=True) if teases]
    main = [line for block, teases in zip(blocks, teasing, strict=True) if not teases for line in block]
    score = article_score(text, [line for line in main if line.kind != "blank"], bool(_topic(text, main)))
    drafts = _one(text, main) if score > 0 else _listed(text, main, "items")
    return Split((*drafts, *(draft for block in related for draft in _listed(text, block, "related"))), round(score, 2))


def _one(text: str, lines: Sequence[Line]) -> tuple[Draft, ...]:
    draft = article(text, lines)
    return (draft,) if draft else ()


# --- bullets ---------------------------------------------------------------------------------------------------------


def is_bulleted(text: str, lines: Sequence[Line]) -> bool:
    """Whether a page is a list of bulleted reports, and not an article with bullets in it.

    Nothing but headings may stand before the first bullet, and most bullets must have text of their own below them, or
    all of the page must be bullets.
    """
    bullets = [number for number, line in enumerate(lines) if line.kind == "bullet"]
    if len(bullets) < 2 or any(
        line.kind == "text" and not is_title_like(text[line.start : line.end]) for line in lines[: bullets[0]]
    ):
        return False
    followed = sum(_next_kind(lines, number) == "text" for number in bullets)
    plain = sum(line.kind == "text" for line in lines[bullets[0] :])
    return 2 * followed > len(bullets) or (plain == 0 and len(bullets) > 2)


def _next_kind(lines: Sequence[Line], number: int) -> str:
    return next((line.kind for line in lines[number + 1 : number + 4] if line.kind != "blank"), "blank")


def _bulleted(text: str, lines: Sequence[Line]) -> tuple[Draft, ...]:
    deep = any(line.kind == "text" and line.indent > 0 for line in lines)
    groups: list[list[Line]] = []
    for line in lines:
        if line.kind == "bullet":
            groups.append([line])
        elif groups and line.kind in BODY | MARKS and (line.indent > 0 or not deep):
            groups[-1].append(line)
    return tuple(_bullet(text, group) for group in groups)


def _bullet(text: str, group: Sequence[Line]) -> Draft:
    """A bullet and what stands below it; a whole sentence with nothing below is a text without a title."""
    title, below = group[0], group[1:]
    told = any(line.kind not in MARKS for line in below) or is_title_like(text[title.start : title.end])
    return _draft(text, "bullets", title if told else None, below if told else group)


# --- blocks between separators ---------------------------------------------------------------------------------------


def _blocks(lines: Iterable[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line.kind == "separator":
            blocks.append([])
        else:
            blocks[-1].append(line)
    return [block for block in blocks if any(line.kind != "blank" for line in block)]


def are_articles(text: str, blocks: Sequence[Sequence[Line]]) -> bool:
    """Whether every block opens with a title and says by whom or of when it is: then each is an article of its own."""
    return len(blocks) > 1 and all(_opens_article(text, block) for block in blocks)


def _opens_article(text: str, block: Sequence[Line]) -> bool:
    head = [line for line in block if line.kind != "blank"]
    titled = head[0].kind == "text" and is_title_like(text[head[0].start : head[0].end])
    return titled and any(line.kind in MARKS for line in head[1:4]) and any(line.kind == "text" for line in head[2:])


def are_teasers(text: str, block: Sequence[Line]) -> bool:
    """Whether a block is nothing but titles, each with a text that the page breaks off."""
    shown = [line for line in block if line.kind != "blank"]
    titles, texts = shown[::2], shown[1::2]
    return (
        len(titles) == len(texts)
        and all(line.kind == "text" for line in shown)
        and all(is_title_like(text[line.start : line.end]) for line in titles)
        and all(_TAIL.search(text[max(line.start, line.end - 80) : line.end]) or is_cut_off(text, line.pieces) for line in texts)
    )


# --- lists of items --------------------------------------------------------------------------------------------------


def _topic(text: str, lines: Sequence[Line]) -> Line | None:
    """The heading over a list: its first line, if that is known for one or very short and not the title of what follows."""
    shown = [line for line in lines if line.kind != "blank"][:2]
    if not shown or shown[0].kind == "heading":
        return shown[0] if shown else None
    words = text[shown[0].start : shown[0].end].split(None, TOPIC_WORDS)
    short = shown[0].kind == "text" and len(words) <= TOPIC_WORDS and is_title_like(text[shown[0].start : shown[0].end])
    return shown[0] if short and len(shown) > 1 and shown[1].kind == "text" else None


def _listed(text: str, lines: Sequence[Line], layout: str) -> tuple[Draft, ...]:
    topic = _topic(text, lines) if layout == "items" else None
    kept = [line for line in lines if line is not topic and line.kind not in ASIDE - {"blank"}]
    drafts = [_item(text, layout, group) for group in _grouped(text, kept)]
    return _without_repeats(text, [draft for draft in drafts if draft])


def _item(text: str, layout: str, group: Sequence[Line]) -> Draft | None:
    shown = [line for line in group if line.kind not in MARKS]
    if not shown:
        return None
    titled = is_title_like(text[shown[0].start : shown[0].end])
    return _draft(text, layout, shown[0] if titled else None, [line for line in group if not titled or line is not shown[0]])


def _without_repeats(text: str, drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, an item that only repeats the text of the one before it recorded there instead."""
    kept: list[Draft] = []
    repeats: list[list[Span]] = []
    for draft in drafts:
        if kept and not draft.marks and _repeats(text, kept[-1], draft):
            repeats[-1].append((draft.start, draft.end))
        else:
            kept.append(draft)
            repeats.append([])
    return tuple(replace(draft, repeats=tuple(spans)) if spans else draft for draft, spans in zip(kept, repeats, strict=True))


def _repeats(text: str, draft: Draft, other: Draft) -> bool:
    """Whether ``other`` says the same as ``draft``, with its title or without one."""
    titles = [_shown(text, (one.title,)) for one in (draft, other)]
    return _shown(text, draft.body) == _shown(text, other.body) and (titles[0] == titles[1] or not other.title)


def _grouped(text: str, lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each item: a title and the text below it, or a text alone, with the marks that go with it.

    Marks go with the item above them, but in a list that opens with a mark with the one below.
    """
    below = next((line.kind in MARKS for line in lines if line.kind != "blank"), False)
    groups: list[list[Line]] = []
    waiting: list[Line] = []
    for line in lines:
        if line.kind == "blank":
            continue
        if line.kind in MARKS:
            (waiting if below or not groups else groups[-1]).append(line)
        elif groups and not waiting and _is_bare_title(text, groups[-1]) and not is_title_like(text[line.start : line.end]):
            groups[-1].append(line)
        else:
            groups.append([*waiting, line])
            waiting = []
    if groups:
        groups[-1].extend(waiting)
    return groups


def _is_bare_title(text: str, group: Sequence[Line]) -> bool:
    shown = [line for line in group if line.kind not in MARKS]
    return len(shown) == 1 and is_title_like(text[shown[0].start : shown[0].end])


def _shown(text: str, paragraphs: Sequence[Pieces]) -> list[str]:
    return [text[start:end] for pieces in paragraphs for start, end in pieces]


def _draft(text: str, layout: str, title: Line | None, lines: Sequence[Line]) -> Draft:
    """An item of a list: its title and its paragraphs, the section that the list glued behind them taken off."""
    marks = tuple(line for line in lines if line.kind in MARKS)
    heading = title.pieces if title else ()
    whole = joined(text, [line.pieces for line in lines if line.kind not in MARKS])
    body, section = _without_tail(text, whole)
    spans = [piece for pieces in (heading, *whole) for piece in pieces]
    cut_off = is_cut_off(text, body[-1] if body else heading)
    return Draft(layout, heading, body, min(spans)[0], max(spans)[1], marks, section, cut_off)


def _without_tail(text: str, body: tuple[Pieces, ...]) -> tuple[tuple[Pieces, ...], Span | None]:
    if not body:
        return body, None
    start, end = body[-1][-1]
    tail = _TAIL.search(text, max(start, end - 160), end)
    if tail is None:
        return body, None
    cut = tail.start() + (1 if text[tail.start()] == "…" else 3)
    section = tail.span("section") if tail["section"] else None
    return (*body[:-1], (*body[-1][:-1], (start, cut))), section
