"""Does every odd file come out as it should, whatever others make of it?

Dates are in UTC; a day alone is its midnight in Shanghai.
"""

# ruff: noqa: E501 (a line of the table is as long as its title)

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from souwen.index.errors import PostError
from souwen.index.loading import load_document
from souwen.index.source import list_files

SEED = "seed-family/source/_posts"
LATEST = f"{SEED}/编程/技术头条/最新分享"
GRAPH = (
    "msdocs-graph-zh-cn/api-reference/beta/resources"
    "/intune-remoteassistance-allowedremoteassistanceactions.md"
)
GUIDE = "blog-suoyiguke/source/_posts"

# path, title, date, what is special about the post
TABLE: list[tuple[str, str, str | None, str]] = [
    ("blog-androidyue-octopress/source/2018_hongbaoyu.html", "红包打开中，请稍候⋯⋯", None, ""),
    ("blog-androidyue-octopress/source/_posts/2014-06-20-custom-octopress-404-page.markdown", "自定义Octopress404页面", "2014-06-20T14:44:00Z", ""),
    ("blog-androidyue-octopress/source/_posts/2014-09-08-learn-sqlite-in-a-very-fast-way.markdown", "十分钟掌握SQLite操作", "2014-09-08T12:45:00Z", ""),
    ("blog-androidyue-octopress/source/_posts/2019-12-15-translate-words-in-terminal.markdown", "终端依赖者福利：终端也能实现翻译功能了", "2019-12-15T11:41:00Z", ""),
    ("blog-asummercat/source/_posts/ElasticSearch笔记运维集群节点之间优雅启停-四十一.md", "ElasticSearch笔记运维集群节点之间优雅启停(四十一)", "2020-09-05T16:00:00Z", "doubtful"),
    ("blog-asummercat/source/_posts/LiquiBase数据库导入语句工具.md", "LiquiBase数据库导入语句工具", "2021-01-11T09:19:50Z", ""),
    ("blog-asummercat/source/_posts/jquery.validate前端验证字段.md", "jquery.validate前端验证字段", "2018-09-20T14:02:14Z", ""),
    ("blog-coderzh/content/post/2016/2016-04-09-how-i-manage-my-notes.md", "我如何管理我的笔记", "2016-04-09T14:57:00Z", ""),
    ("blog-coderzh/content/post/2016/2016-06-11-to-hecaitou.md", "代自己：《致和菜头书》", "2016-06-11T04:24:55Z", ""),
    ("blog-coderzh/content/post/2016/2016-09-17-to-me.md", "给自己的文字", "2016-09-17T13:02:20Z", "draft"),
    ("blog-coderzh/content/post/cnblogs/2008-09-06-1285693.md", "(原创)攻击方式学习之(3) - 缓冲区溢出(Buffer Overflow)", "2008-09-05T16:00:00Z", ""),
    ("blog-coderzh/content/post/cnblogs/2009-04-12-1434155.md", "玩转Google开源C++单元测试框架Google Test系列(gtest)之八 - 打造自己的单元测试框架", "2009-04-11T16:00:00Z", ""),
    ("blog-darrellwan-zhtw/source/404/index.md", "404", "2022-08-19T06:04:35Z", ""),
    ("blog-darrellwan-zhtw/source/_posts/ga4-data-thresholds.md", "GA4 報表有時候數字對不起來，很有可能是遇到資料閾值", "2023-11-06T09:57:34Z", ""),
    ("blog-darrellwan-zhtw/source/_posts/ga4-unwanted-referrals.md", "GA4 找到並移除不想要的 referral 網域", "2024-09-08T14:32:25Z", ""),
    ("blog-darrellwan-zhtw/source/_posts/gtm-get-datalayer-value-by-js.md", "社群問答:使用 JavaScript 取得 DataLayer 的資料", "2024-04-26T00:19:14Z", ""),
    ("blog-darrellwan-zhtw/source/_posts/gtm-version-rollback.md", "Google Tag Manager - 容器版本的回復和代碼的還原", "2022-10-25T12:00:00Z", ""),
    ("blog-limour/scaffolds/post.md", "{{ title }}", None, "doubtful"),
    ("blog-limour/source/_posts/19级临八药理第一次小测.md", "19级临八药理第一次小测", "2022-10-07T12:31:00Z", ""),
    ("blog-limour/source/_posts/绘制富集系统聚类图.md", "绘制富集系统聚类图", "2022-09-09T09:27:20Z", ""),
    ("blog-mzlogin-jekyll/_drafts/dirs-in-android.md", "Android｜", None, "draft"),
    ("blog-mzlogin-jekyll/_posts/2020-05-01-cdn-for-github-pages.md", "使用 jsDelivr 免费加速 GitHub Pages 博客的静态资源", "2020-04-30T16:00:00Z", ""),
    ("blog-ninesue-toml/content/posts/process.md", "进程与线程", "2025-08-24T16:00:00Z", ""),
    (f"{GUIDE}/+-拼接生成的字符串是在字符串常量池在是在堆中？.md", "+-拼接生成的字符串是在字符串常量池在是在堆中？.md", "2022-03-20T10:16:49Z", ""),
    (f"{GUIDE}/80%使用mysql踩到的坑-自增键不要做业务.md", "80%使用mysql踩到的坑-自增键不要做业务.md", "2022-03-20T10:16:49Z", ""),
    (f"{GUIDE}/@Value()-直接注入List.md", "Value()-直接注入List.md", "2022-03-20T10:16:49Z", ""),
    (f"{GUIDE}/hutool Convert.md", "###hutool---Convert.md", "2022-03-20T10:16:49Z", ""),
    (f"{GUIDE}/java-源码研究之HashMap.md", "java-源码研究之HashMap.md", "2022-03-20T10:16:49Z", ""),
    (f"{GUIDE}/命令.md", "命令.md", "2022-03-20T10:16:49Z", ""),
    (f"{GUIDE}/虚拟机执行Full-GC时,会阻塞所有的用户线程。因此,即时获取到同步锁的线程也有可能被阻塞。-在查看线程Dump时,首先查看内存使用情况。.md", "虚拟机执行Full-GC时,会阻塞所有的用户线程。因此,即时获取到同步锁的线程也有可能被阻塞。-在查看线程Dump时,首先查看内存使用情况。.md", "2022-03-20T10:16:49Z", ""),
    ("lctt-translateproject/published/201412/20140818 What are useful CLI tools for Linux system admins.md", "Linux系统管理员的命令行工具箱目录", "2014-08-17T16:00:00Z", ""),
    ("lctt-translateproject/published/202205/20220506 My favorite open source tool for using crontab.md", "管理 crontab 的开源工具", "2022-05-05T16:00:00Z", ""),
    ("msdocs-biztalk-zh-cn/biztalk/core/how-to-restore-your-databases.md", "还原数据库 |Microsoft Docs", "2019-04-21T16:00:00Z", ""),
    ("msdocs-biztalk-zh-cn/biztalk/dev-center/learn-biztalk-server.md", "了解 Biztalk Server", "2018-10-31T16:00:00Z", ""),
    ("msdocs-cpp-zh-cn/README.md", "适用于 Microsoft C++ 的 Visual Studio 文档", None, ""),
    ("msdocs-cpp-zh-cn/docs/assembler/masm/dot-386.md", ".386", "2019-11-04T16:00:00Z", ""),
    ("msdocs-cpp-zh-cn/docs/assembler/masm/equal.md", "=", "2019-12-16T16:00:00Z", ""),
    ("msdocs-cpp-zh-cn/docs/cpp/smart-pointers-modern-cpp.md", "智能指针（现代 C++）", "2019-11-18T16:00:00Z", ""),
    ("msdocs-dotnet-zh-cn/docs/core/tools/dependencies.md", "管理 .NET Core 应用程序中的依赖项", None, ""),
    ("msdocs-dotnet-zh-cn/docs/visual-basic/misc/on.md", "On", "2015-07-19T16:00:00Z", ""),
    (GRAPH, "allowedRemoteAssistanceActions enum type", None, "doubtful"),
    ("pingcap-blog-cn/10-questions-tidb-structure.md", "十问 TiDB ：关于架构设计的一些思考", "2018-06-18T16:00:00Z", ""),
    ("pingcap-blog-cn/10-times-online-ddl-performance-improvement.md", "天下武功唯快不破：在线 DDL 性能提升 10 倍", "2023-02-22T16:00:00Z", ""),
    (f"{SEED}/新媒体/ZAKER/channel/微软封杀漏洞后，网友又挖出了 Win11 家庭版新的离线激活方法.md", "微软封杀漏洞后，网友又挖出了 Win11 家庭版新的离线激活方法", "2021-09-12T18:08:39Z", ""),
    (f"{SEED}/新媒体/ZAKER/channel/快手宣布收紧电商外链，淘宝、京东联盟将无法在直播间发布商品.md", "快手宣布收紧电商外链，淘宝、京东联盟将无法在直播间发布商品", "2022-02-23T04:07:00Z", ""),
    (f"{SEED}/社交媒体/知乎/知乎日报/CPU 的指令集存放在什么地方？.md", "CPU 的指令集存放在什么地方？", "2022-03-28T16:43:13Z", ""),
    (f"{SEED}/编程/开源中国/资讯/GNU libc (Glibc) 236 已发布.md", "GNU libc (Glibc) 2.36 已发布", "2022-08-04T07:25:00Z", ""),
    (f"{LATEST}/Go_ logrus性能提升 (wklkenme).md", "Go_ logrus性能提升 (wklken.me)", "2022-07-24T20:41:17Z", ""),
    (f"{LATEST}/Mac 终端下 实现 安装 ipa 包到 iPhone 真机 (droidyuecom).md", "Mac 终端下 实现 安装 ipa 包到 iPhone 真机 (droidyue.com)", "2022-02-02T21:20:21Z", ""),
    (f"{LATEST}/【死磕 Redis】—– 如何排查 Redis 中的慢查询 (cmsblogscom).md", "【死磕 Redis】—– 如何排查 Redis 中的慢查询 (cmsblogs.com)", "2022-05-13T06:13:35Z", ""),
    (f"{LATEST}/一文理解MySQL中的page页 (mpweixinqqcom).md", "一文理解MySQL中的page页 (mp.weixin.qq.com)", "2021-11-25T23:08:08Z", ""),
    ("single/github-action-submit-code.md", "使用Github Action提交代码", "2021-10-11T11:53:17Z", ""),
    ("yihui-cn/content/cn/2005-01-07-20-13-00.md", "人生啊，就是这么无常……", "2005-01-07T12:13:00Z", ""),
    ("yihui-cn/content/cn/2014-12-31-summary.md", "那么，2014去哪儿了", "2014-12-30T16:00:00Z", ""),
]  # fmt: skip
EMPTY = "blog-androidyue-octopress/source/_includes/post/ads.html"


def load(folder, path):
    return load_document(
        (folder / path).read_bytes(),
        id=path,
        path=path,
        timezone=ZoneInfo("Asia/Shanghai"),
        now=datetime(2026, 6, 1, tzinfo=UTC),
    )


@pytest.fixture
def folder(shared_data):
    return shared_data / "oddities" / "files"


@pytest.mark.parametrize(("path", "title", "date", "special"), TABLE)
def test_an_odd_file_has_the_title_and_date_that_its_reader_sees(
    folder, path, title, date, special
):
    loaded = load(folder, path)
    found = loaded.document.metadata.date
    assert loaded.document.title == title
    assert (found and found.strftime("%Y-%m-%dT%H:%M:%SZ")) == date
    assert (loaded.draft or "/_drafts/" in path) == (special == "draft")
    assert bool(loaded.notices) == (special == "doubtful")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "blog-asummercat/source/_posts/ElasticSearch笔记运维集群节点之间优雅启停-四十一.md",
            "only its day",
        ),
        ("blog-limour/scaffolds/post.md", "is not one"),
        (GRAPH, "line by line"),
    ],
)
def test_what_is_doubtful_about_a_file_is_said_with_its_line(folder, path, words):
    (notice,) = load(folder, path).notices
    assert words in notice.reason
    assert notice.line in (2, 3)


def test_broken_front_matter_costs_no_body(folder):
    document = load(folder, GRAPH).document
    assert "命名空间" in document.body
    assert "localization_priority" not in document.body


def test_the_second_copy_of_front_matter_is_no_body(folder):
    for path, *_ in TABLE:
        if path.startswith(GUIDE):
            assert "mathjax: true" not in load(folder, path).document.body


def test_an_empty_file_is_no_post(folder):
    with pytest.raises(PostError, match="empty"):
        load(folder, EMPTY)


def test_every_odd_file_is_in_the_table_or_left_out_by_rule(folder):
    listing = list_files(folder, exclude=(), max_bytes=2**25)
    assert {file.id for file in listing.files} == {path for path, *_ in TABLE}
    assert {file.id for file in listing.files if file.draft_folder} == {
        "blog-mzlogin-jekyll/_drafts/dirs-in-android.md"
    }
    assert (listing.skipped, listing.excluded) == ((), 1)
