import asyncio

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from telharmonic.gateway.headers import ALWAYS


async def test_the_openapi_document_is_valid_and_names_every_route(door):
    _, document = await door.ask("GET", "/api/openapi.json")
    validate(document)
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in door.client.server.app.router.routes()
        if route.resource.canonical.startswith("/api/") and route.method != "HEAD"
    }
    own_pages = {("get", "/api/openapi.json"), ("get", "/api/docs"), ("get", "/api/docs.css")}
    assert served - own_pages == described


async def test_the_schema_of_the_protocol_is_served_and_valid(door):
    answer = await door.client.get("/schema")
    schema = await answer.json(content_type="application/schema+json")
    Draft202012Validator.check_schema(schema)


async def test_health_says_whether_a_session_could_be_opened(door):
    status, answer = await door.ask("GET", "/healthz")
    assert (status, answer["ready"], answer["sessions"]) == (200, True, 0)
    await door.sessions.node_lost()
    assert (await door.ask("GET", "/healthz"))[0] == 503


async def test_the_client_library_is_served_as_modules_that_are_asked_for_again(door):
    answer = await door.client.get("/client/session.js")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = await door.client.get("/client/session.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    assert again.headers["Cross-Origin-Embedder-Policy"] == ALWAYS["Cross-Origin-Embedder-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/client/../pyproject.toml",
        "/client/%2e%2e/pyproject.toml",
        "/client/..%2fpyproject.toml",
        "/client//session.js",
        "/%00",
        "//etc/passwd",
        "/client/package.json",
        "/demo/session.toml",
        "/client/",
        "/.git/config",
    ],
)
async def test_no_other_file_can_be_named(door, path):
    # by hand: an HTTP client would tidy the path
    reader, writer = await asyncio.open_connection(door.client.host, door.client.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400"))
    assert b"hatchling" not in answer
