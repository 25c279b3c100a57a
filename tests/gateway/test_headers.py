from telharmonic.gateway.headers import add_headers, content_security_policy


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split("; "))}


def test_pages_may_connect_to_themselves_and_to_the_node_only():
    policy = directives(content_security_policy("console.example", 8001, tls=False))
    assert policy["connect-src"] == ["'self'", "ws://console.example:8001", "http://console.example:8001"]
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == ["'none'"]


def test_with_tls_only_encrypted_connections_are_allowed():
    policy = directives(content_security_policy("[::1]", 8001, tls=True))
    assert policy["connect-src"] == ["'self'", "wss://[::1]:8001", "https://[::1]:8001"]


def test_without_a_node_there_is_nowhere_to_connect_to():
    assert directives(content_security_policy("localhost", None, tls=False))["connect-src"] == ["'self'"]


def test_no_inline_script_and_no_other_origin_is_ever_allowed():
    policy = content_security_policy("localhost", 8001, tls=False)
    assert directives(policy)["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert "unsafe" not in policy.replace("'wasm-unsafe-eval'", "")
    assert "*" not in policy


def test_the_page_is_cross_origin_isolated():
    headers: dict[str, str] = {}
    add_headers(headers, "policy")
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_an_answers_own_headers_stay():
    headers = {"Cache-Control": "no-cache"}
    add_headers(headers, "policy")
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Content-Security-Policy"] == "policy"
