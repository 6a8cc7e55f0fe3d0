"""Pages of the web: which text is the article's, and what the page says of itself."""

from __future__ import annotations

import json

import pytest
from format_files import BODY, PARAGRAPHS, TITLE, html
from hypothesis import given, settings
from hypothesis import strategies as st

from idlibsearch.errors import InputError
from idlibsearch.ingest.formats import html_page
from idlibsearch.ingest.formats.extract import About


def read(page: str | bytes, encoding: str | None = None):
    return html_page.read(page.encode() if isinstance(page, str) else page, encoding, library=False)


def about(head: str, **options) -> About:
    return read(html(head, **options)).about


def linked(**values) -> str:
    return f'<script type="application/ld+json">{json.dumps(values)}</script>'


def test_the_article_is_read_and_what_frames_it_is_not():
    assert read(html()).text == f"{TITLE}\n\n{BODY}"


@pytest.mark.skipif(not html_page.has("trafilatura"), reason="needs the extra [html]")
def test_trafilatura_reads_the_same_of_a_plain_page():
    assert html_page.read(html().encode()).text == f"{TITLE}\n\n{BODY}"


@pytest.mark.parametrize(
    "page",
    [
        "<form id='aspnetForm'><div id='menu'>{3}</div><p>{0}</p><p>{1}</p><p>{2}</p><input type=submit></form>",
        "<div class='page with-sidebar'><main><p>{0}</p><p>{1}</p><p>{2}</p></main><div class='sidebar'><p>{3}</p></div></div>",
        "<table><tr><td><a href=a>One</a><br><a href=b>Two</a></td><td><font>{0}<br><br>{1}<br><br>{2}</font></td></tr></table>",
        "<div><p>{0}</p><p>{1}</p><p>{2}</p></div>"
        "<div><div><h3><a>A title</a></h3><p>{3}</p></div><div><a>Another</a><p>{3}</p></div></div>",
        "<div><div><div>{0}</div><div>{1}</div></div><div>{2}</div></div><div id='comments'><div>{3}</div><div>{3}</div></div>",
        "<p>{0}<p>{1}<p>{2}<div class='cookie-consent'><p>{3}</div>",
        "<main><p>{0}</p><figure><figcaption>{3}</figcaption></figure><blockquote><p>{1}</p></blockquote><p>{2}</p></main>"
        "<p hidden>{3}</p>",
        "<section><p>{0}</p><p>{1} <script>var a = '<p>{3}</p>'</script></p><p>{2}</p></section>"
        "<ul><li><a href=a>{3}</a></li></ul>",
        "<div style='display: none'>{3}</div><!-- {3} --><p>{0}</p><p>{1}</p><p>{2}</p><noscript>{3}</noscript>",
    ],
    ids=[
        "form",
        "names of layouts",
        "tables",
        "teasers",
        "divs and comments",
        "nothing closed",
        "figures and quotations",
        "scripts",
        "hidden",
    ],
)
def test_articles_are_found_in_pages_of_many_kinds(page):
    other = "What stands here is not of the article, however long it is and however much it reads like one."
    assert read(f"<html><body>{page.format(*PARAGRAPHS, other)}</body></html>").text == BODY


def test_a_page_without_sentences_is_refused():
    with pytest.raises(InputError, match="no text that reads like an article"):
        read("<html><body><a href=a>Home</a> <a href=b>World</a> <p>More</p></body></html>")


def test_json_ld_is_believed_most():
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "Organization", "name": "Somebody"},
            {
                "@type": ["NewsArticle"],
                "headline": TITLE,
                "datePublished": "2020-01-12T10:00:00+03:00",
                "author": [{"name": "Jane Roe"}, "John Doe", {"name": "https://example.org/x"}],
                "publisher": {"name": "Example News"},
                "mainEntityOfPage": {"@id": "https://example.org/a"},
                "articleSection": ["World"],
                "inLanguage": "en-GB",
            },
        ],
    }
    head = linked(**data) + '<meta name="author" content="Somebody Else"><meta name="date" content="2019-01-01">'
    assert about(head) == About(
        TITLE,
        "Jane Roe, John Doe",
        "https://example.org/a",
        "Example News",
        "World",
        "en-GB",
        ("2020-01-12T10:00:00+03:00", "2019-01-01"),
    )


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta property="article:published_time" content="2020-01-12">', "dates", ("2020-01-12",)),
        ('<meta name="citation_date" content="2020/01/12">', "dates", ("2020/01/12",)),
        ('<meta name="DC.Date.Issued" content="2020-01">', "dates", ("2020-01",)),
        ('<meta name=author content="By Jane Roe">', "byline", "Jane Roe"),
        ('<meta name=citation_author content="A. B."><meta name=citation_author content="C. D.">', "byline", "A. B., C. D."),
        ('<meta property="article:author" content="https://example.org/jane">', "byline", ""),
        ('<link rel="canonical" href="https://example.org/a">', "url", "https://example.org/a"),
        ('<link rel="canonical" href="/a"><meta property="og:url" content="https://example.org/b">', "url", ""),
        ('<meta property="og:site_name" content="Example">', "source", "Example"),
        ('<meta property="article:section" content="World">', "section", "World"),
    ],
)
def test_meta_elements_are_read(head, field, value):
    assert getattr(about(head), field) == value


@pytest.mark.parametrize(
    ("body", "dates"),
    [
        ('<time datetime="2020-01-12T10:00">yesterday</time>', ("2020-01-12T10:00",)),
        ("<time>12 January 2020</time>", ("12 January 2020",)),
        ('<time datetime="2021-01-01">now</time><time itemprop="datePublished" datetime="2020-01-12"></time>', ("2020-01-12",)),
        ('<time datetime="2021-01-01"></time><time datetime="2020-01-12"></time>', ()),
    ],
)
def test_times_are_read_where_it_is_plain_whose_they_are(body, dates):
    assert read(f"<body>{body}<p>{BODY}</p></body>").about.dates == dates


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>Truce holds in Idlib, officials say - Example News</title><p>{0}", "Truce holds in Idlib, officials say"),
        ("<title>Example News | Truce</title><meta property=og:site_name content='Example News'><p>{0}", "Truce"),
        ("<title>Truce - talks</title><p>{0}", "Truce - talks"),
        ("<title>x</title><h1>Truce holds</h1><p>{0}", "Truce holds"),
        ("<meta property=og:title content='Truce holds &amp; lasts'><title>x</title><p>{0}", "Truce holds & lasts"),
        ("<p>{0}", ""),
    ],
)
def test_titles_are_without_the_name_of_the_site(page, title):
    assert read(page.format(BODY)).about.title == title


@pytest.mark.parametrize(
    ("declared", "encoding", "used"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("iso-8859-1", "cp1252", "cp1252"),
        ("windows-1254", "cp1254", "cp1254"),
        ("utf-8", "cp1252", "cp1252"),
        ("klingon", "utf-8", "utf-8"),
        ("hex", "utf-8", "utf-8"),
    ],
)
def test_pages_are_decoded_as_they_say_unless_that_is_wrong(declared, encoding, used):
    page = f'<meta charset="{declared}"><p>“Ö” {BODY}</p>'
    extract = read(page.encode(encoding))
    assert (extract.text, extract.encoding) == (f"“Ö” {BODY}".replace("\n\n", " "), used)


def test_pages_nested_deeper_than_calls_may_be_are_read():
    assert read("<div>" * 20_000 + f"<p>{BODY}" + "</div>" * 1000).text == " ".join(PARAGRAPHS)
    assert read(f"<p>{BODY}" + "<b><i>" * 10_000).text == " ".join(PARAGRAPHS)
    with pytest.raises(InputError):
        read("<table><tr><td>" * 5_000)


_PARTS = (
    "<div>",
    "</div>",
    "<p>",
    "<table>",
    "<tr><td>",
    "</table>",
    "<a href='x'>",
    "</a>",
    "<li>",
    "<h1>T",
    "<br/>",
    "<!--",
    "-->",
)
_MORE = (
    "<![CDATA[",
    "<script>",
    "</script>",
    "&amp;",
    "&#xD800;",
    '<script type="application/ld+json">[{',
    "<time>",
    *PARAGRAPHS[:2],
)


@settings(max_examples=150)
@given(st.lists(st.sampled_from(_PARTS + _MORE) | st.text(max_size=8), max_size=60))
def test_whatever_stands_in_a_page_is_read_or_refused(parts):
    try:
        extract = read("".join(parts).encode("utf-8", "surrogatepass"))
    except InputError:
        return
    assert extract.text.strip()
    assert extract.title_at in (-1, 0)
    assert extract.text.startswith(extract.about.title)
