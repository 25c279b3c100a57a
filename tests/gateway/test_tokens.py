import hashlib
import hmac
import stat
from base64 import urlsafe_b64encode

import pytest

from telharmonic.errors import NodeError
from telharmonic.gateway.tokens import KEY_BYTES, ROLES, TokenKeeper, load_key, new_session_id, write_secret

KEY = bytes(range(32))


def test_a_token_is_the_hmac_of_session_and_role():
    expected = hmac.new(KEY, b"abc/performer", hashlib.sha256).digest()
    assert TokenKeeper(KEY).token("abc", "performer") == urlsafe_b64encode(expected).decode().rstrip("=")


def test_every_token_gives_its_own_role_and_nothing_elsewhere():
    keeper = TokenKeeper(KEY)
    for role, token in keeper.tokens("abc").items():
        assert keeper.role("abc", token) == role
        assert keeper.role("abd", token) is None
    assert TokenKeeper(KEY[::-1]).role("abc", keeper.token("abc", "listener")) is None


@pytest.mark.parametrize("wrong", ["", "x", "ünï", "\ud800", "A" * 43, "A" * 100_000])
def test_a_wrong_token_gives_no_role(wrong):
    keeper = TokenKeeper(KEY)
    assert keeper.role("abc", wrong) is None
    assert not keeper.is_admin(wrong)


def test_the_admin_token_is_no_sessions_token():
    keeper = TokenKeeper(KEY)
    assert keeper.is_admin(keeper.admin_token)
    assert keeper.role("", keeper.admin_token) is None
    assert not any(keeper.is_admin(keeper.token("", role)) for role in ROLES)


def test_session_ids_differ_and_fit_the_protocols_pattern():
    ids = {new_session_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(each) == 16 and set(each) <= set("0123456789abcdef") for each in ids)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "server.key"
    key = load_key(path)
    assert len(key) == KEY_BYTES
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_no_key_is_named(tmp_path):
    path = tmp_path / "server.key"
    path.write_bytes(b"short")
    with pytest.raises(NodeError, match=r"server\.key holds 5 bytes; allowed: exactly 32"):
        load_key(path)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NodeError, match="cannot be written"):
        load_key(tmp_path / "nowhere" / "server.key")


def test_a_secret_is_written_for_its_owner_only(tmp_path):
    path = tmp_path / "admin.token"
    path.write_text("old")
    write_secret(path, "abc")
    assert path.read_text() == "abc\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(NodeError, match="cannot be written"):
        write_secret(tmp_path / "nowhere" / "x", "abc")
