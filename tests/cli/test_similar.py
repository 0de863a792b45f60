"""``souwen similar``: posts like one, as text, JSON and paths."""

import json
from pathlib import Path

import pytest
from tools.blog import Souwen, write

GARDEN = """阳台种番茄要从育苗开始。二月把种子泡一夜，埋进育苗盒，盖上保鲜膜放到暖气边上，
七八天就能出芽。长到四片真叶移到大盆，盆底垫一层陶粒，土里拌三分之一的腐熟鸡粪。
番茄喜光怕涝，浇水要等表土干透，一次浇透。主枝长到三十厘米搭架子，侧芽一律掐掉，
只留一根主干。开花以后每天轻轻摇一摇枝条帮它授粉，第一穗果坐住以后追一次磷钾肥。
最怕的是白粉病和蚜虫，通风好就能少一半，发现了摘掉病叶，喷一点肥皂水。
到六月底就能摘到红透的番茄，掰开撒一点白糖，还是小时候的味道。"""


@pytest.fixture
def garden(souwen: Souwen, blog: Path) -> Souwen:
    posts = {
        "犰狳.md": "犰狳",
        "番茄.md": f"# 阳台番茄\n\n{GARDEN}\n",
        "转载/番茄.md": f"# 怎么种番茄\n\n转自邻居的博客，感谢。\n\n{GARDEN}\n",
        "黄瓜.md": "# 黄瓜\n\n黄瓜也要育苗，搭架子，怕蚜虫和白粉病，主枝打顶。\n",
    }
    write(blog / "posts", posts)
    assert souwen("index", "posts").code == 0
    return souwen


def test_similar_posts_are_listed_a_line_each(garden: Souwen):
    done = garden("similar", "posts/番茄.md")
    assert done.code == 0
    assert [line.split("\t")[0] for line in done.lines] == ["posts/转载/番茄.md", "posts/黄瓜.md"]
    assert done.err == "souwen: the first line is nearly the same post\n"


def test_json_marks_near_duplicates(garden: Souwen):
    page = json.loads(garden("similar", "番茄.md", "--json").out)
    assert page["query"] == "番茄.md"
    assert [(hit["id"], hit["duplicate"]) for hit in page["hits"]] == [
        ("转载/番茄.md", True),
        ("黄瓜.md", False),
    ]


def test_paths_and_pages(garden: Souwen):
    assert garden("similar", "-l", "番茄.md", "-n", "1").lines == ["posts/转载/番茄.md"]
    assert garden("similar", "-l", "番茄.md", "--offset=1").lines == ["posts/黄瓜.md"]


def test_on_a_terminal_near_duplicates_are_marked(garden: Souwen):
    done = garden("--color", "always", "similar", "番茄.md")
    assert "nearly the same post" in done.out


def test_an_unknown_post_is_told_as_by_show(garden: Souwen):
    similar, show = (garden(command, "没有.md") for command in ("similar", "show"))
    assert (similar.code, similar.out, similar.err) == (1, "", show.err)
    assert "there is no such post" in similar.err


def test_a_post_like_no_other_finds_nothing(garden: Souwen):
    done = garden("similar", "posts/犰狳.md")
    assert (done.code, done.out, done.err) == (1, "", "souwen: no other post is like it\n")
