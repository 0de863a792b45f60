"""What is read of each sample post that travels in the package."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from souwen.index.loading import Loaded, load_document

SAMPLES = Path(str(files("souwen.index"))) / "samples"


class Sample(NamedTuple):
    """One sample and what must come of it; ``date`` is in UTC, None where the post has none."""

    id: str
    title: str
    date: str | None
    tags: tuple[str, ...]
    sentence: str
    draft: bool = False


ORANGES = "news/财经/快手电商开设助农专场，青石村的橙子两天卖空.md"
REPORT = "news/财经/远山轴承发布 2022 年度报告.md"
PHONES = "news/数码/5G手机进入千元档，城南数码城迎来换机潮.md"
GARAGE = "news/新能源汽车下乡，修车铺先学会了看电路图.md"
CHARGING_2020 = "travel/新能源汽车长途充电指南（2020 版）.md"
CHARGING_2023 = "travel/新能源汽车长途充电指南（2023 版）.md"
GATEWAY = "_posts/2021-03-08-微服务网关选型笔记.md"
MESH = "_posts/2022-05-17-service-mesh-after-one-year.md"
FULL_TEXT = "tech/搜索/全文检索是怎么工作的.md"
SEGMENTING = "tech/搜索/中文分词的三条路.md"
FULL_TEXT_TRADITIONAL = "tech/搜索/全文檢索入門.md"
FIRST_PROGRAM = "archive/2008/我的第一个 C++ 程序.md"
LISTS = "tech/文档/动态数组.md"
BACKUP = "tech/文档/还原数据库备份.md"
CRAWLER = "tech/译文/20220506 用 node.js 写一个小爬虫.md"
GPT = "tech/让 GPT-4 替我写周报.md"
HANDSHAKE = "tech/网络/tcp-ip-handshake.html"
UPGRADE = "tech/运维/k8s 升级手记.md"
GENERICS = "tech/20211215_泛型落地以后.markdown"
DRAGON_BOATS = "travel/2019/06/07/index.md"
HOMECOMING = "travel/端午節返鄉記.md"
WIND = "travel/风从苍山来.md"
TAINAN = "travel/台南小旅行.md"
DOOR = "life/404.md"
COFFEE = "life/手冲咖啡入门.md"
BALCONY = "life/阳台种菜.md"
BOOKS = "life/年末读书笔记.md"
DRAFT = "_drafts/明年的写作计划.md"

TABLE = (
    Sample(
        ORANGES,
        "快手电商开设助农专场，青石村的橙子两天卖空",
        "2022-11-08T02:30:00Z",
        (),
        "半年攒下了三万多名观众。",
    ),
    Sample(
        REPORT,
        "远山轴承发布2022年度报告：营收增长 3.5%，研发投入创新高",
        "2023-03-30T10:05:00Z",
        ("年报", "A股"),
        "管理层预计，新能源汽车轮毂轴承将成为下一个增长点，两条新产线会在年底前投产。",
    ),
    Sample(
        PHONES,
        "5G手机进入千元档，城南数码城迎来换机潮",
        "2021-09-12T00:43:13Z",
        (),
        "有人是内存不够装微信，还有一位退休教师说",
    ),
    Sample(
        GARAGE,
        "新能源汽车下乡，修车铺先学会了看电路图",
        "2023-06-18T01:30:00Z",
        ("新能源汽车", "乡村", "维修"),
        "“油车听声音，电车看波形。”老赵把这句话写在黑板上。",
    ),
    Sample(
        CHARGING_2020,
        "新能源汽车长途充电指南（2020 版）",
        "2020-09-28T00:00:00Z",
        ("自驾", "充电"),
        "带一副扑克牌，比带一箱泡面有用。",
    ),
    Sample(
        CHARGING_2023,
        "新能源汽车长途充电指南（2023 版）",
        "2023-09-26T00:00:00Z",
        ("自驾", "充电"),
        "扑克牌没来得及拆封，泡面倒是吃了两碗。",
    ),
    Sample(
        GATEWAY,
        "微服务网关选型笔记",
        "2021-03-07T16:00:00Z",
        ("微服务", "网关"),
        "上线那天，我们先切了百分之五的流量，观察一晚，第二天才全部切完。",
    ),
    Sample(
        MESH,
        "用了一年服务网格，我们得到了什么",
        "2022-05-17T12:15:00Z",
        ("服务网格", "k8s", "微服务"),
        "节点三十二台，不代表别处的情况。",
    ),
    Sample(
        FULL_TEXT,
        "全文检索是怎么工作的",
        "2023-04-08T16:00:00Z",
        ("全文检索", "倒排索引"),
        "图书馆的卡片柜是最早的全文检索：先翻到词，再找到书。",
    ),
    Sample(
        SEGMENTING,
        "中文分词的三条路",
        "2020-01-02T03:04:05Z",
        ("分词", "自然语言处理"),
        "统计模型留给真正需要理解句子的地方。",
    ),
    Sample(
        FULL_TEXT_TRADITIONAL,
        "全文檢索入門：從一本電話簿說起",
        "2023-05-19T16:00:00Z",
        ("全文檢索", "倒排索引"),
        "順帶一提：縮排的這一行是程式碼區塊，也要能被搜尋到。",
    ),
    Sample(
        FIRST_PROGRAM,
        "我的第一个 C++ 程序",
        "2008-10-11T16:00:00Z",
        ("C++ 入门",),
        "助教说，Ｃ语言和Ｃ＋＋的脾气差不多，都不肯替你猜。",
    ),
    Sample(
        LISTS,
        "动态数组：List<T> 的用法",
        "2019-11-04T16:00:00Z",
        (),
        "例如 List<String>，尖括号里是元素的类型。",
    ),
    Sample(
        BACKUP,
        "还原数据库备份",
        "2019-04-21T16:00:00Z",
        ("数据库", "备份", "foo_bar"),
        "运行还原命令，把 foo_bar 换成你的数据库名：",
    ),
    Sample(
        CRAWLER,
        "用 node.js 写一个小爬虫",
        "2022-05-05T16:00:00Z",
        (),
        "本文用 node.js 完成这三步，不需要安装任何依赖。",
    ),
    Sample(
        GPT,
        "让 GPT-4 替我写周报",
        "2023-07-02T14:41:00Z",
        ("GPT-4", "大模型", "效率"),
        "第二周，我把提交记录整个贴给它，它编出了一个不存在的会议。",
    ),
    Sample(
        HANDSHAKE,
        "图解 TCP/IP 三次握手",
        None,
        (),
        "我们再说“我也听得到”。TCP/IP 的三次握手就是这么回事。",
    ),
    Sample(
        UPGRADE,
        "k8s 升级手记.md",
        "2022-08-13T16:00:00Z",
        ("k8s",),
        "今晚要把集群从 v1.22.3 升到 v1.24.0，中间必须经过 v1.23，一步也不能跳。",
    ),
    Sample(
        GENERICS,
        "泛型落地以后，老代码要不要改",
        "2021-12-14T16:00:00Z",
        ("Go", "泛型"),
        "真正该改的是那些靠 interface{} 和反射撑着的容器，那里每一次类型断言都是一颗雷。",
    ),
    Sample(
        DRAGON_BOATS,
        "端午节，在水乡看龙舟",
        "2019-06-06T16:00:00Z",
        (),
        "比赛没有奖金，赢的那条船可以先挑粽子。",
    ),
    Sample(
        HOMECOMING,
        "端午節返鄉記",
        "2020-06-25T02:00:00Z",
        ("端午節", "家鄉"),
        "夜裡枕著蛙聲睡去，夢裡全是糯米的香氣。",
    ),
    Sample(
        WIND,
        "风从苍山来",
        "2018-07-20T16:00:00Z",
        ("大理", "骑行"),
        "第一天租了自行车，沿着洱海骑了六十公里。",
    ),
    Sample(
        TAINAN,
        "台南小旅行：在巷子裡迷路三次",
        "2017-11-02T16:00:00Z",
        ("台南", "小吃"),
        "夕陽把鹽田切成一格一格的鏡子，騎腳踏車的孩子從鏡子上滑過去。",
    ),
    Sample(
        DOOR,
        "404",
        "2016-04-03T20:04:00Z",
        ("随笔",),
        "您访问的房间存在，请敲门。",
    ),
    Sample(
        COFFEE,
        "手冲咖啡入门",
        "2019-12-01T01:30:00Z",
        ("咖啡", "手冲"),
        "先倒一点水闷蒸三十秒，看着粉层像面包一样鼓起来，",
    ),
    Sample(
        BALCONY,
        "阳台种菜的第一年",
        None,
        (),
        "最开心的是下班回来先不开灯，蹲在箱子边上看今天又长了多少。",
    ),
    Sample(
        BOOKS,
        "年末读书笔记：三本书 & 一个书架",
        "2020-12-31T05:30:00Z",
        (),
        "守塔人每天记录海雾，记了四十年，最后一页只有三个字：今日晴。",
    ),
    Sample(
        DRAFT,
        "明年的写作计划",
        None,
        ("计划",),
        "学会用一千字讲清楚一件小事，而不是用三千字讲不清楚一件大事。",
        draft=True,
    ),
)


@cache
def load(name: str) -> Loaded:
    path = SAMPLES / name
    return load_document(
        path.read_bytes(),
        id=name,
        path=path.as_posix(),
        timezone=ZoneInfo("Asia/Shanghai"),
        now=datetime(2024, 6, 1, tzinfo=UTC),
    )


def in_utc(date: datetime | None) -> str | None:
    """To the second, as JSON shows it."""
    return date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if date else None


def test_the_table_names_every_sample() -> None:
    found = (path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*.*"))
    posts = {name for name in found if not name.startswith(".")}
    assert posts == {sample.id for sample in TABLE}


@pytest.mark.parametrize("sample", TABLE, ids=lambda sample: sample.id)
def test_each_sample_comes_out_as_its_author_meant_it(sample: Sample) -> None:
    loaded = load(sample.id)
    document = loaded.document
    assert document.title == sample.title
    assert in_utc(document.metadata.date) == sample.date
    assert document.metadata.tags == sample.tags
    assert loaded.draft == sample.draft
    assert sample.sentence in document.body


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        (ORANGES, (("新媒体", "山海日报", "财经"),)),
        (CHARGING_2020, (("旅行",),)),
        (MESH, (("架构", "云原生"),)),
        (FULL_TEXT, (("编程", "搜索"),)),
        (SEGMENTING, (("编程", "搜索"), ("语言",))),
        (GENERICS, (("编程",),)),
        (TAINAN, (("旅行", "台灣"), ("生活", "飲食"))),
        (BOOKS, (("生活", "读书"),)),
        (HANDSHAKE, ()),
    ],
)
def test_categories_are_paths_however_they_are_written(
    name: str, categories: tuple[tuple[str, ...], ...]
) -> None:
    assert load(name).document.metadata.categories == categories


@pytest.mark.parametrize(
    ("name", "author"),
    [
        (ORANGES, ("山海日报",)),
        (GARAGE, ("林晓", "周雨田")),
        (MESH, ("沈知秋", "阿布")),
        (WIND, ("小鹿", "老K")),
        (SEGMENTING, ("顾北",)),
        (DOOR, ()),
    ],
)
def test_authors_may_be_one_or_many(name: str, author: tuple[str, ...]) -> None:
    assert load(name).document.metadata.author == author


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        (ORANGES, "img_box"),
        (ORANGES, "example.com"),
        (GATEWAY, "{%"),
        (GATEWAY, "more"),
        (GATEWAY, "|"),
        (GARAGE, "另发"),
        (FULL_TEXT, "cover"),
        (CRAWLER, "collector"),
        (GPT, "tags"),
        (HANDSHAKE, "sans-serif"),
        (HANDSHAKE, "统计代码"),
        (HANDSHAKE, "四次挥手"),
        (UPGRADE, "toc: true"),
        (WIND, "trackPage"),
        (WIND, "\r"),
        (BALCONY, "===="),
        (COFFEE, "缩进也是错的"),
        (DRAGON_BOATS, "在水乡看龙舟"),
    ],
)
def test_what_no_reader_sees_is_no_part_of_the_text(name: str, absent: str) -> None:
    assert absent not in load(name).document.body


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (ORANGES, "11 月 8 日，本报记者从青石村了解到"),
        (REPORT, "拟每 10 股派发现金红利 3 元。"),
        (PHONES, "何晓雯，跑了十年数码城的记者"),
        (GATEWAY, "- path: /orders/**"),
        (GATEWAY, "方案 语言 平均延迟 上手难度"),
        (FULL_TEXT, "倒排索引示意图：左边是词，右边是文章编号"),
        (FIRST_PROGRAM, "std::vector<int> scores = {72, 85, 93};"),
        (LISTS, "List<String> cities = new ArrayList<>();"),
        (LISTS, "items IEnumerable<T> 一次加入的元素"),
        (HANDSHAKE, "步骤 方向 报文"),
        (HANDSHAKE, "为什么不必握四次？"),
        (DRAGON_BOATS, "两条龙舟在石桥下交错"),
        (WIND, "洱海边的白色房子"),
    ],
)
def test_lines_begin_where_a_reader_sees_them_begin(name: str, line: str) -> None:
    assert any(found.startswith(line) for found in load(name).document.body.split("\n"))


def test_an_archived_page_reads_as_a_person_would_copy_it() -> None:
    assert load(ORANGES).document.body.split("\n") == [
        "青石村的果农在直播",
        "11 月 8 日，本报记者从青石村了解到，村里首次参加快手电商的助农专场，"
        "存在冷库里的六万斤脐橙两天全部卖空，比去年早了整整三个星期。",
        "青石村离县城四十公里，往年橙子熟了只能等收购商上门，价格由对方说了算。今年春天，"
        "返乡青年程小满在村委会的库房里搭了一间直播间，"
        "一部旧手机，一盏台灯，从剪枝讲到采摘，半年攒下了三万多名观众。",
        "“外地的朋友最关心两件事，一是甜不甜，二是坏了赔不赔。”程小满说，"
        "专场开始前，村里重新做了分拣，每箱橙子都附一张写着果农名字的卡片，坏一个赔两个。",
        "专场当晚，同时在线的人数最高到过一万二。打包的人手不够，镇上的中学老师也来帮忙贴快递单。",
        "村支书算了一笔账：直播间卖出的价格每斤高了八毛钱，扣掉运费和包装，"
        "全村增收四万多元。他打算把这笔钱的一部分用来修通往果园的路，明年再添一座冷库。",
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (WIND, "苍山顶上有一道很淡的彩虹，书店的留言本上已经有人画下了它。"),
        (FULL_TEXT_TRADITIONAL, "寫下它出現在哪些文章裡。"),
        (MESH, "新同事只要会写 HTTP 接口，"),
    ],
)
def test_a_sentence_broken_over_two_lines_is_whole_again(name: str, sentence: str) -> None:
    assert sentence in load(name).document.body


DOUBTFUL = {UPGRADE: 5, COFFEE: 5, GENERICS: 3}


@pytest.mark.parametrize("sample", TABLE, ids=lambda sample: sample.id)
def test_only_doubtful_samples_are_reported_and_with_their_line(sample: Sample) -> None:
    lines = [notice.line for notice in load(sample.id).notices]
    assert lines == ([DOUBTFUL[sample.id]] if sample.id in DOUBTFUL else [])
