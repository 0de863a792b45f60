"""What is wrong in an index is told in words, and mended without a look at what is sound."""

import json
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tools.blog import Souwen, write
from tools.runs import NOW, numbers, write_old
from tools.shelf import address

from souwen.index import build
from souwen.index.check import check
from souwen.index.engines.whoosh import writer as writing
from souwen.search import open_index

SEGMENT = 130
"""Posts of a segment that stays as it is at the next commit."""

QUERIES = ("春风", '"明月何时"', "tag:诗", "title:第14首", "sea")


def answers(index: Path) -> list[object]:
    with open_index(index) as opened:
        return [
            (found.total, [(hit.id, hit.score, hit.title, hit.snippet) for hit in found])
            for query in QUERIES
            for found in (opened.search(query, now=NOW),)
        ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with posts in an index of two segments, one with a deletion."""
    folder = tmp_path_factory.mktemp("check")
    posts = {
        f"{number:03}.md": f"---\ntitle: 第{number}首\ndate: 2024-05-01\ntags: [诗]\n---\n"
        + ("春风又绿江南岸，明月何时照我还。" if number % 3 else "The search engine of the sea.")
        for number in range(3 * SEGMENT)
    }
    write_old(folder / "posts", posts)
    build(folder / "posts", index=folder / "index", now=NOW)
    (folder / "posts/007.md").unlink()
    more = {f"more/{number}.md": f"春风不度玉门关{number}。" for number in range(SEGMENT)}
    write_old(folder / "posts", more)
    build(folder / "posts", index=folder / "index", now=NOW)
    assert len(list((folder / "index").glob("*.seg"))) == 2
    return folder


@pytest.fixture
def index(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole / "index", tmp_path / "index"))


def test_a_sound_index_is_sound(index: Path):
    report = check(index, now=NOW)
    assert (report.sound, report.flaws, report.unknown) == (True, (), "")
    assert report.behind is not None
    assert numbers(report.behind) == {"posts": 519, "unchanged": 519}


@pytest.mark.parametrize("engine", ["memory", "whoosh"])
def test_a_sound_index_is_sound_at_every_moment_of_other_runs(engine: str, tmp_path: Path):
    index = address(engine, tmp_path)

    def run(number: int) -> None:
        write(tmp_path / "posts", {f"{at}.md": f"春风第{number}度" for at in range(number, 20)})
        (tmp_path / f"posts/{number - 1}.md").unlink(missing_ok=True)
        build(tmp_path / "posts", index=index, now=NOW)

    run(0)
    with ThreadPoolExecutor(1) as threads:
        runs = threads.map(run, range(1, 20))
        last = threads.submit(lambda: None)
        while not last.done():
            assert check(index, now=NOW).flaws == ()
    assert len(list(runs)) == 19


def flipped(content: bytes) -> bytes:
    place = random.Random(3).randrange(len(content))
    return content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :]


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    "change", [flipped, truncated, None], ids=["flipped", "truncated", "missing"]
)
@pytest.mark.parametrize(
    "kind",
    ["*.seg", "catalogue.json.*", "settings.json.*", "manifest.json.*", "changes.json.*"],
)
def test_damage_is_told_and_mended(
    whole: Path, index: Path, kind: str, change: Callable[[bytes], bytes] | None
):
    damaged = min(index.glob(kind), key=lambda path: path.stat().st_size)
    content = damaged.read_bytes()
    damaged.unlink()
    if change is not None:
        damaged.write_bytes(change(content))
    segments = set(index.glob("*.seg"))
    report = check(index, now=NOW)
    assert not report.sound
    assert any(damaged.name in f"{flaw.part} {flaw.reason}" for flaw in report.flaws)
    mended = check(index, now=NOW, repair=True)
    assert (mended.sound, mended.flaws) == (True, report.flaws)
    # Of two segments the smaller one is damaged: only its posts are read again. Which posts were
    # indexed is seen by what the index holds of them.
    assert mended.reread == {
        "*.seg": SEGMENT,
        "manifest.json.*": 0,
        "changes.json.*": 0,
    }.get(kind, 519)
    assert mended.reread or set(index.glob("*.seg")) == segments
    assert check(index, now=NOW).flaws == ()
    assert answers(index) == answers(whole / "index")


def test_two_roots_keep_their_ids_without_the_manifest(tmp_path: Path):
    for label in ("one", "two"):
        write_old(tmp_path / label, {"same.md": f"春风又绿{label}", f"{label}.md": "明月"})
        build(tmp_path / label, index=tmp_path / "index", now=NOW)
    before = answers(tmp_path / "index")
    next((tmp_path / "index").glob("manifest.json.*")).unlink()
    assert check(tmp_path / "index", now=NOW, repair=True).reread == 0
    assert answers(tmp_path / "index") == before


def test_without_its_manifest_an_index_learns_which_posts_are_as_they_were(
    whole: Path, tmp_path: Path
):
    posts, index = tmp_path / "posts", tmp_path / "index"
    shutil.copytree(whole / "posts", posts)
    build(posts, index=index, now=NOW)
    (posts / "010.md").unlink()
    # Of the same length and time as what is indexed.
    (posts / "012.md").write_text(
        (posts / "012.md").read_text().replace("search engine", "engine search")
    )
    write_old(posts, {"new.md": "新的一篇。", "013.md": "---\ndraft: true\n---\n草稿。"})
    for lost in ("manifest.json.*", "history.json.*"):
        next(index.glob(lost)).unlink()
    mended = check(index, now=NOW, repair=True)
    assert mended.repair is not None
    assert numbers(mended.repair) == {
        "posts": 518,
        "added": 2,
        "unchanged": 516,
        "drafts": 1,
    }
    build(posts, index=tmp_path / "anew", now=NOW)
    assert answers(index) == answers(tmp_path / "anew")
    assert check(index, now=NOW).flaws == ()


def test_a_lost_history_costs_no_post(index: Path, whole: Path):
    for lose in (Path.unlink, lambda path: path.write_bytes(b"{}")):
        (history,) = index.glob("history.json.*")
        lose(history)
        with open_index(index) as opened:
            assert opened.history().runs == ()
        mended = check(index, now=NOW, repair=True)
        assert ([flaw.part for flaw in mended.flaws], mended.reread) == ([history.name], 0)
        assert check(index, now=NOW).flaws == ()
        with open_index(index) as opened:
            assert len(opened.history().runs) == 1
    assert answers(index) == answers(whole / "index")


def test_a_post_that_only_the_manifest_or_only_the_index_has_is_told_and_mended(
    whole: Path, index: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writing.WhooshWriter, "put", lambda _self, _document: None)
    write_old(index.parent / "more", {"lost.md": "明月何时照我还。"})
    build([whole / "posts", index.parent / "more"], index=index, now=NOW)
    monkeypatch.undo()
    report = check(index, now=NOW)
    assert [(flaw.part, flaw.reason) for flaw in report.flaws] == [
        ("lost.md", "the manifest names this post, the index does not hold it")
    ]
    assert check(index, now=NOW, repair=True).sound
    assert check(index, now=NOW).flaws == ()
    with open_index(index) as opened:
        assert opened.document("lost.md") is not None


def test_the_command_tells_what_is_wrong_and_exits_with_4_until_it_is_mended(
    indexed: Souwen, blog: Path
):
    sound = indexed("check")
    assert (sound.code, sound.lines[-1].partition(" (")[0]) == (0, "sound: posts 4")
    segment = next((blog / ".souwen").glob("*.seg"))
    content = segment.read_bytes()
    segment.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    found = indexed("check")
    assert found.code == 4
    assert found.lines[0].startswith(f"{segment.name}: ")
    assert "1 flaws; `souwen check --repair` mends them" in found.lines[1]
    assert json.loads(indexed("check", "--json").out)["sound"] is False
    mended = indexed("check", "--repair")
    assert (mended.code, mended.lines[1]) == (0, "mended 1 flaws: 4 posts were indexed again")
    assert indexed("check", "--json").code == 0
    assert indexed("search", "网关").code == 0


def test_the_command_tells_what_changed_since(indexed: Souwen, blog: Path):
    write(blog / "posts", {"new.md": "新的一篇。"})
    (blog / "posts/快手.md").unlink()
    done = indexed("check")
    assert done.code == 0
    assert done.lines[0] == (
        "since the last run 1 posts are new, 1 posts are gone; `souwen index` brings it up to date"
    )
    (blog / "posts/手机.html").rename(blog / "posts/电话.html")
    assert "1 posts are new, 1 posts are renamed, 1 posts are gone" in indexed("check").lines[0]
    assert json.loads(indexed("check", "--json").out)["behind"] == {
        "added": 1,
        "updated": 0,
        "renamed": 1,
        "removed": 1,
        "reason": None,
    }
    (blog / "souwen.toml").write_text('[index]\ntimezone = "UTC"\n', encoding="utf-8")
    assert "all is to be built anew: the timezone changed" in indexed("check").lines[0]
    shutil.rmtree(blog / "posts")
    assert "not there any more" in indexed("check").lines[0]


def test_without_an_index_there_is_nothing_to_check(souwen: Souwen):
    assert souwen("check").code == 4
