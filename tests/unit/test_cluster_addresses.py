"""What does the address of an index on a cluster say, and who may ask?"""

from pathlib import Path

import pytest

from souwen.index import ConfigError
from souwen.index.engines.opensearch.address import Address, parse
from souwen.index.engines.opensearch.client import connect
from souwen.index.engines.opensearch.credentials import Credentials, read_credentials

FILE = "SOUWEN_OPENSEARCH_CREDENTIALS"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("opensearch://host:9200/news", Address((("host", 9200),), False, "news")),
        ("opensearch://host/news", Address((("host", 9200),), False, "news")),
        ("opensearch+https://a:1,b:2/n-1.x", Address((("a", 1), ("b", 2)), True, "n-1.x")),
        ("opensearch://[::1]:92/n?shards=3", Address((("[::1]", 92),), False, "n", 3)),
        ("opensearch://h/n?replicas=0&shards=1", Address((("h", 9200),), False, "n", 1, 0)),
    ],
)
def test_an_address_names_nodes_and_an_index(text: str, expected: Address):
    assert parse(text) == expected
    assert parse(str(expected)).hosts == expected.hosts
    assert parse(str(expected)).secure == expected.secure


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("opensearch://host:9200", "can be no name"),
        ("opensearch://host:9200/News", "can be no name"),
        ("opensearch://host/a/b", "can be no name"),
        ("opensearch://host/_all", "can be no name"),
        ("opensearch:///news", "is no host"),
        ("opensearch://host:x/news", "is no host"),
        ("opensearch://host:99999/news", "is no host"),
        ("opensearch://host/news?shards=0", "shards must be a whole number, 1 or more"),
        ("opensearch://host/news?replicas=-1", "replicas must be a whole number, 0 or more"),
        ("opensearch://host/news?colour=1", "colour is neither shards nor replicas"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(text: str, reason: str):
    with pytest.raises(ConfigError, match=reason):
        parse(text)


def test_a_password_in_an_address_is_refused_and_not_repeated():
    with pytest.raises(ConfigError, match="SOUWEN_OPENSEARCH_PASSWORD") as caught:
        parse("opensearch+https://me:geheim@host:9200/news")
    assert "geheim" not in str(caught.value)


def write(file: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return {FILE: str(file)}


def test_variables_win_over_the_file_of_credentials(tmp_path: Path):
    known = write(tmp_path / "secret.toml", 'user = "me"\npassword = "one"\n')
    assert read_credentials(known) == Credentials("me", "one")
    known["SOUWEN_OPENSEARCH_PASSWORD"] = "two"
    assert read_credentials(known) == Credentials("me", "two")
    assert read_credentials({"SOUWEN_OPENSEARCH_API_KEY": "k"}) == Credentials(api_key="k")
    assert read_credentials({}) == Credentials()


def test_secrets_are_not_shown():
    assert "geheim" not in repr(Credentials("me", "geheim", "geheim"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_of_credentials_that_others_can_read_is_refused(tmp_path: Path, mode: int):
    known = write(tmp_path / "secret.toml", 'api_key = "geheim"\n', mode)
    with pytest.raises(ConfigError, match="chmod 600") as caught:
        read_credentials(known)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("geheim", "no TOML"),
        ("geheim = 1", "must be text, and one of user"),
        ('user = "me"', "only one is given"),
        ("user = 1", "user must be text"),
    ],
)
def test_a_file_of_credentials_that_cannot_be_used_is_named(tmp_path: Path, text: str, reason: str):
    with pytest.raises(ConfigError, match=reason):
        read_credentials(write(tmp_path / "secret.toml", text))


def test_a_file_of_credentials_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"none\.toml: No such file"):
        read_credentials({FILE: str(tmp_path / "none.toml")})


def test_credentials_go_over_no_open_line():
    with pytest.raises(ConfigError, match=r"opensearch\+https"):
        connect(parse("opensearch://example.org/news"), {"SOUWEN_OPENSEARCH_API_KEY": "k"})


def test_certificates_that_are_not_there_are_named(tmp_path: Path):
    known = {"SOUWEN_OPENSEARCH_AUTHORITY": str(tmp_path / "none.pem")}
    with pytest.raises(ConfigError, match=r"none\.pem: there is no such file"):
        connect(parse("opensearch+https://example.org/news"), known)


def test_patience_is_told_in_seconds():
    with pytest.raises(ConfigError, match="SOUWEN_OPENSEARCH_PATIENCE=soon"):
        connect(parse("opensearch://127.0.0.1/news"), {"SOUWEN_OPENSEARCH_PATIENCE": "soon"})
