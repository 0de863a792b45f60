"""What may be meant by words that hardly stand in an index?"""

from pathlib import Path

import pytest
from tools.shelf import ENGINES, address, ids, post, shelf

from souwen.search import Index

POSTS = (
    *(
        post(f"快手{n}.md", f"快手上的电商越来越多，第{n}次写快手电商。", "快手见闻")
        for n in range(9)
    ),
    post("检索.md", "全文检索怎么做：先分词，再建索引。", "全文检索入门"),
    post("未来.md", "未来的绿色能源。我们先去西安，再谈方案。", "未来"),
    post("k8s.md", "Kubernetes 集群装好了，Docker 也装好了。", "Kubernetes 手记"),
    post("women.md", "Women in computing，一本旧书。", "旧书"),
    post("块手.md", "他戴了一块手表。", "手表"),
)


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return shelf(address(request.param, tmp_path), *POSTS)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kuaishou dianshang", "快手1.md"),
        ("kuaishoudianshang", "快手1.md"),
        ("kuai shou", "快手1.md"),
        ("KuàiShǒu", "快手1.md"),
        ("kuaishou电商", "快手1.md"),
        ("quanwen jiansuo", "检索.md"),
        ("quan wen jian suo", "检索.md"),
        ("quanwenjiansuo", "检索.md"),
        ("xi'an", "未来.md"),
        ("xian fangan", "未来.md"),
        ("lüse", "未来.md"),
        ("lvse", "未来.md"),
        ("docker quanwen OR lvse", "未来.md"),
    ],
)
def test_pinyin_finds_what_it_spells(index: Index, typed: str, found: str):
    results = index.search(typed)
    assert found in ids(results)
    assert not results.hits[0].relaxed


@pytest.mark.parametrize("typed", ["women", "docker", "kubernetes", "快手", "未来", "title:docker"])
def test_words_that_the_index_knows_stay_words(index: Index, typed: str):
    assert index.search(typed).did_you_mean == ()


def test_a_word_that_is_also_pinyin_stays_a_word(index: Index):
    assert ids(index.search("women")) == ["women.md"]


@pytest.mark.parametrize("typed", ["kuberentes", "kubernets", "kubernettes", "kubernetas"])
def test_a_slip_of_the_fingers_is_corrected(index: Index, typed: str):
    results = index.search(typed)
    assert results.did_you_mean == ("kubernetes",)
    assert [(hit.id, hit.relaxed) for hit in results] == [("k8s.md", True)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("筷手", "快手"), ("全文捡索", "全文检索"), ("末来", "未来"), ("緑色能源", "绿色能源")],
)
def test_what_sounds_or_looks_alike_is_corrected(index: Index, typed: str, meant: str):
    results = index.search(typed)
    assert results.did_you_mean[:1] == (meant,) or results.total
    assert len(results)


def test_what_was_typed_is_never_replaced(index: Index):
    results = index.search("块手")
    assert ids(results)[0] == "块手.md"
    assert not results.hits[0].relaxed


def test_a_correction_keeps_the_rest_of_the_query(index: Index):
    assert index.search("未来 OR kuberentes -广告").did_you_mean == ("未来 OR kubernetes -广告",)


def test_only_the_corrected_word_is_lighter(index: Index):
    typed = {hit.id: hit.text_score for hit in index.search("kubernetes")}
    meant = {hit.id: hit.text_score for hit in index.search("kuberentes")}
    assert 0 < meant["k8s.md"] < typed["k8s.md"]


@pytest.mark.parametrize("typed", ['"kuaishou"', '"筷手"', "tag:kuaishou", "kuaishou*"])
def test_quotations_filters_and_prefixes_are_taken_as_they_stand(index: Index, typed: str):
    results = index.search(typed)
    assert (results.total, results.did_you_mean) == (0, ())


def test_exact_is_exact(index: Index):
    assert index.search("kuaishou", exact=True).total_relaxed == 0


def test_searches_that_do_not_relax_are_told_but_not_widened(index: Index):
    results = index.search("kuberentes", all=True)
    assert (len(results), results.did_you_mean) == (0, ("kubernetes",))


def test_what_pinyin_found_is_highlighted(index: Index):
    hit = index.search("kuaishou").hits[0]
    assert [hit.snippet[a:b] for a, b in hit.highlights][:1] == ["快手"]


def test_a_long_question_is_left_to_its_other_words(index: Index):
    question = "请问有没有人知道筷手上的电商到底应该怎么做才好呢"
    assert index.search(question).did_you_mean == ()


def test_an_index_without_posts_has_nothing_to_offer(tmp_path: Path):
    with shelf(str(tmp_path / "index")) as empty:
        for typed in ("kuaishou", "kuberentes", "筷手"):
            assert empty.search(typed).did_you_mean == ()
