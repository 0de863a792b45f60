"""The settings come back as they were, and old or damaged ones are explained."""

import json

import pytest

from souwen.index.errors import StoreCorrupt, StoreOutdated
from souwen.index.schema import FORMAT
from souwen.index.settings import Root, Settings, dump, load, load_roots

SETTINGS = Settings(
    fingerprint="f00",
    segmenter="jieba",
    timezone="Asia/Taipei",
    dictionary=(("服务网", 3, "n"), ("网关", None, None)),
    roots=(Root("/posts", "posts"), Root("/odd\udcff", "odd\udcff")),
)


@pytest.mark.parametrize("settings", [SETTINGS, Settings("f", "auto", "UTC")])
def test_settings_come_back_as_they_were(settings: Settings):
    assert load(dump(settings), place="here") == settings
    assert load_roots(dump(settings)) == settings.roots


def changed(**values: object) -> bytes:
    return json.dumps({**json.loads(dump(Settings("f", "auto", "UTC"))), **values}).encode()


def test_another_format_is_told_with_what_mends_it():
    with pytest.raises(
        StoreOutdated, match=r"here: the index is in format 0.*`souwen --index here index`"
    ) as it:
        load(changed(format=0), place="here")
    assert (it.value.found, it.value.expected) == ("0", FORMAT)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"format": "%s"}' % FORMAT.encode(),
        changed(roots=[["/posts"]]),
        changed(dictionary=7),
    ],
)
def test_damaged_settings_are_told_with_what_mends_them(content: bytes | None):
    with pytest.raises(
        StoreCorrupt, match=r"here: .*settings\.json .*`souwen --index here check --repair`"
    ):
        load(content, place="here")


@pytest.mark.parametrize(
    ("content", "roots"),
    [
        (None, ()),
        (b"\xff", ()),
        (b"{}", ()),
        (b'{"roots": [1]}', ()),
        (b'{"format": "0", "roots": [["/a", "a"]]}', (Root("/a", "a"),)),
        (b'{"roots": [["/a", "a"]]}\nwhatever', (Root("/a", "a"),)),
    ],
)
def test_roots_are_read_from_any_format_that_names_them(
    content: bytes | None, roots: tuple[Root, ...]
):
    assert load_roots(content) == roots
