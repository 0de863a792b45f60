"""A damaged file of the index is told, with what mends it, or does no harm: no wrong answer."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.runs import NOW, write_old

from souwen.index import build
from souwen.index.errors import StoreCorrupt, StoreMissing
from souwen.search import open_index

TIMES = {"flipped": 200, "truncated": 60, "missing": 4}
READ = ("*.seg", "catalogue.json.*", "settings.json.*", "manifest.json.*")
KINDS = (*READ, "_MAIN_*.toc")
QUERIES = ('"又绿江南岸"', "春风 OR 明月", "path:*7.md go*", "tag:诗 sea~")
LINES = (
    "京口瓜洲一水间，钟山只隔数重山。",
    "春风又绿江南岸，明月何时照我还。",
    "海上生明月，天涯共此时。The search engine of the sea.",
    "Golang 与 gopher：用 go1.22 写一个全文检索引擎。",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of two segments, in which a post is deleted."""
    folder = tmp_path_factory.mktemp("damage")
    chance = random.Random(7)
    posts = {
        f"{number:03}.md": f"---\ntitle: 第{number}首\ndate: 2024-05-01\ntags: [诗]\n---\n"
        + "\n\n".join(
            chance.choice(LINES) + "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(30))
            for _ in range(6)
        )
        for number in range(300)
    }
    write_old(folder / "posts", posts)
    build(folder / "posts", index=folder / "index", now=NOW)
    (folder / "posts/000.md").unlink()
    write_old(folder / "posts", {"more.md": "江南好，风景旧曾谙。"})
    build(folder / "posts", index=folder / "index", now=NOW)
    return folder


def answers(index: Path) -> list[object]:
    """What the index says, to questions that touch every part of it."""
    with open_index(index) as opened:
        found: list[object] = [opened.search("", tag="诗", limit=0, now=NOW).total]
        for query in QUERIES:
            results = opened.search(query, limit=5, facets="tag", now=NOW)
            found.append((results.total, results.total_relaxed, results.facets))
            found += [(hit.id, hit.score, hit.title, hit.snippet) for hit in results]
        return found


def told(index: Path, damaged: Path, ask: Callable[[Path], object]) -> object:
    """The answer, or None where the damage was told as it should be."""
    try:
        return ask(index)
    except StoreCorrupt as error:
        message = str(error)
        assert damaged.name.rpartition(".json")[0] in message or damaged.name in message
        assert "check --repair` mends it" in message
        return None


def each_damaged(
    whole: Path, folder: Path, kind: str, change: Callable[[bytes, random.Random], bytes | None]
) -> list[bool]:
    """Damage a file of a kind again and again; whether it was told each time."""
    chance, expected, seen = random.Random(11), answers(whole / "index"), []
    shutil.copytree(whole / "index", folder / "index")
    files = sorted((folder / "index").glob(kind))
    assert files
    for _ in range(TIMES[change.__name__] if kind in READ else 5):
        path = chance.choice(files)
        content = path.read_bytes()
        changed = change(content, chance)
        path.unlink()
        if changed is not None:
            path.write_bytes(changed)
        found = told(folder / "index", path, answers)
        assert found in (None, expected)
        seen.append(found is None)
        path.write_bytes(content)
    assert answers(folder / "index") == expected
    return seen


def flipped(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return (
        content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]
    )


def truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def missing(_content: bytes, _chance: random.Random) -> None:
    return None


@pytest.mark.parametrize("change", [flipped, truncated, missing])
@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_gives_a_wrong_answer(
    whole: Path,
    tmp_path: Path,
    kind: str,
    change: Callable[[bytes, random.Random], bytes | None],
):
    seen = each_damaged(whole, tmp_path, kind, change)
    # Whoosh's own table of contents is not read by souwen.
    assert any(seen) == (kind in READ)


@pytest.mark.parametrize("kind", READ)
def test_no_byte_at_the_end_of_a_file_is_taken_on_trust(whole: Path, tmp_path: Path, kind: str):
    shutil.copytree(whole / "index", tmp_path / "index")
    expected = answers(tmp_path / "index")
    path = min((tmp_path / "index").glob(kind))
    content = path.read_bytes()
    for place in range(1, min(64, len(content)) + 1):
        changed = bytearray(content)
        changed[-place] ^= 0x87
        path.write_bytes(changed)
        assert told(tmp_path / "index", path, answers) in (None, expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_index_is_never_updated_into_a_wrong_one(whole: Path, tmp_path: Path, kind: str):
    chance = random.Random(13)
    (tmp_path / "posts").symlink_to(whole / "posts")
    for change in (flipped, truncated, missing) * 5:
        index = tmp_path / f"{kind[:4]}{chance.random()}" / "index"
        shutil.copytree(whole / "index", index)
        path = chance.choice(sorted(index.glob(kind)))
        changed = change(path.read_bytes(), chance)
        path.unlink()
        if changed is not None:
            path.write_bytes(changed)

        def update(place: Path) -> object:
            return build(whole / "posts", index=place, now=NOW, full=False).posts

        if told(index, path, update) is None or told(index, path, answers) is None:
            assert build(whole / "posts", index=index, now=NOW, full=True).posts == 300
        assert answers(index)[0] == 299


def test_an_index_without_any_file_is_missing(whole: Path, tmp_path: Path):
    with pytest.raises(StoreMissing):
        answers(tmp_path / "index")
