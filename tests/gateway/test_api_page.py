from html.parser import HTMLParser

from telharmonic.gateway.api_page import render_api_page
from telharmonic.protocol.openapi import openapi_document


class Page(HTMLParser):
    """Ids, links and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []
        self.sources += [values["src"]] if "src" in values else []
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_every_operation_and_schema_is_on_the_page():
    document = openapi_document()
    text = render_api_page(document)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert f"{method.upper()} {path}" in text
            assert operation["summary"].split("'")[0] in text
    page = Page(text)
    assert {f"schema-{name}" for name in document["components"]["schemas"]} <= set(page.ids)


def test_the_page_is_whole_and_its_own_links_lead_somewhere():
    page = Page(render_api_page(openapi_document()))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_nothing_is_loaded_from_elsewhere():
    page = Page(render_api_page(openapi_document()))
    assert page.sources == ["/theme.js"]
    assert all(link.startswith(("#", "/")) for link in page.links)


def test_text_of_the_document_cannot_become_markup():
    document = {
        "info": {"title": "<script>", "version": "1", "description": "a\n\n<b>"},
        "paths": {"/<i>": {"get": {"summary": "<u>", "responses": {"200": {"description": "<s>"}}}}},
    }
    text = render_api_page(document)
    assert not any(tag in text for tag in ("<script>", "<b>", "<i>", "<u>", "<s>"))


def test_emphasis_and_code_of_descriptions_are_shown():
    document = {"info": {"title": "T", "version": "1", "description": "a **b** `c<d` **e"}, "paths": {}}
    assert "<p>a <strong>b</strong> <code>c&lt;d</code> **e</p>" in render_api_page(document)
