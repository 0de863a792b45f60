"""What did it come to? Tables in Markdown, for the README."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from race.engine import ENTRIES
from race.kinds import EACH, KINDS
from race.process import mean

Result = dict[str, Any]

PICTURE = "tests/bench/scaling.svg"
BEGIN, END = "<!-- speed -->", "<!-- /speed -->"

NAMES = {
    "rare": "罕见词",
    "medium": "中等词",
    "common": "常见词",
    "2-AND": "两词都要",
    "3-OR": "三词任一",
    "phrase": "短语",
    "prefix": "前缀",
    "term, dates": "词加日期",
    "by date": "按日期",
    "recency": "新旧加权",
}
LABELS = {
    "souwen": "souwen",
    "tantivy": "tantivy",
    "tantivy-totals": "tantivy（数总数）",
    "tantivy-threads": "tantivy（两线程）",
    "fts5": "FTS5",
    "bm25s": "bm25s",
    "whoosh": "Whoosh",
    "whoosh-on-souwen": "Whoosh 检索 souwen 的索引",
    "ChineseAnalyzer-1": "Whoosh + ChineseAnalyzer",
    "ChineseAnalyzer-2": "Whoosh + ChineseAnalyzer（两进程）",
}
THREADS = {"words": "只有词", "users": "用户所得"}
NOTES = {
    "souwen": "只有词和词的位置；总数总是数的",
    "tantivy": "一个索引线程，300 MB；不数总数；前缀用正则表达式，不计分；日期和新旧用 fast field",
    "tantivy-totals": "同一个索引，像 souwen 一样数总数",
    "fts5": "不存正文的表，optimize 过；日期和新旧靠连接另一张表；idf 不同，长度不取整；不数总数",
    "bm25s": "method=lucene，长度不取整；算出所有文章的得分，再乘以日期范围、日期或新旧系数；"
    "没有位置，不能求两词都要、短语、前缀",
    "whoosh": "它自己的索引和检索，两个进程写；新旧系数在 final 里乘；不数总数；"
    "一种问题要问两秒以上的，只问一遍",
    "whoosh-on-souwen": "它的检索，用 souwen 的权重，读 souwen 写的索引；每种问十个，不计时",
}
METHOD = (
    "各引擎得到同一串切好的词，各在自己的进程里。每种问题 {each} 个，按文档频率用固定的种子抽取；"
    "都先问过一遍（热），然后各引擎轮流问，每次取前十条。内存是进程（及其子进程）PSS 之和，"
    "映射的文件另计；建索引的内存不含事先备好的词。大小是索引目录里所有文件之和。"
    "四个线程共用一个打开的索引，没有锁；但 CPython 一次只让一个线程跑，"
    "numpy 每做一步就放开解释器的锁，叫醒别的线程，"
    "解释器的对象多半也随着线程在两个核的缓存之间搬来搬去（都绑在一个核上，就和一个线程一样快）。"
)
NONE = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.1 else f"{value:.3f}"


def megabytes(size: float) -> str:
    """A size in MB."""
    return f"{number(size / 1e6)} MB"


def times(ratio: float | None) -> str:
    """A ratio."""
    return NONE if ratio is None else f"{number(ratio)} ×"


def report(results: Result) -> str:
    """All that was measured."""
    parts = [_about(results)]
    for size, one in sorted(results["sizes"].items(), key=lambda item: int(item[0])):
        parts.append(f"### {int(size):,} 篇")
        parts.append(_targets(one))
        parts += _building(one) + _latency(one) + _users(one)
    if results.get("scaling"):
        parts += ["### 规模", _scaling(results["scaling"]), f"![规模]({PICTURE})"]
    parts += ["### 说明", METHOD.format(each=EACH), _notes(results)]
    return "\n\n".join(part for part in parts if part)


def _about(results: Result) -> str:
    about = results["about"]
    versions = "，".join(f"{name} {version}" for name, version in about["versions"].items())
    return (
        f"{about['machine']}；{versions}。{about['date']}，提交 {about['commit']}，"
        f"由 `python tests/bench/speed.py` {'分几次' if about['kept'] else '一次'}跑出。"
    )


def _ratio(ours: float | None, theirs: float | None) -> float | None:
    return theirs / ours if ours and theirs else None


def _medians(one: Result, name: str, which: str = "p50") -> dict[str, float]:
    kinds = one.get("query", {}).get("kinds", {})
    return {kind: found[name][which] for kind, found in kinds.items() if name in found}


def _against(one: Result, name: str) -> float | None:
    """How many times faster we are, the geometric mean over the kinds."""
    ours, theirs = _medians(one, "souwen"), _medians(one, name)
    shared = [theirs[kind] / ours[kind] for kind in theirs if kind in ours]
    return mean(shared) if shared else None


def _ahead(one: Result, name: str) -> str:
    ours, theirs = _medians(one, "souwen"), _medians(one, name)
    if not ours or not theirs:
        return NONE
    ahead = sum(ours[kind] < theirs[kind] for kind in theirs)
    return f"{ahead}/{len(theirs)} 种领先"


def _targets(one: Result) -> str:
    """The table of what is to be reached."""
    files, built = one.get("files", {}), one.get("build", {})
    rate = {name: found["read"] / found["seconds"] for name, found in files.items()}
    seconds = {name: found["seconds"] for name, found in built.items()}
    sizes = {name: found["size"] for name, found in built.items()}
    chinese = "ChineseAnalyzer-1"
    rows = [
        (
            "从文件到索引，对 Whoosh + ChineseAnalyzer",
            times(_ratio(rate.get(chinese), rate.get("souwen"))),
            "≥ 15 ×",
            "30 ×",
        ),
        (
            "从词到索引，对 tantivy",
            times(_ratio(seconds.get("souwen"), seconds.get("tantivy"))),
            "≥ 0.5 ×",
            "1 ×",
        ),
        ("查询 p50，对 Whoosh 自己的检索", times(_against(one, "whoosh")), "≥ 40 ×", "100 ×"),
        ("查询 p50，对 tantivy", times(_against(one, "tantivy")), "≥ 0.5 ×", "1 ×"),
        ("查询 p50，对数总数的 tantivy", times(_against(one, "tantivy-totals")), "", ""),
        ("每种查询，对 FTS5", _ahead(one, "fts5"), "差一种", "全部"),
        ("每种查询，对 bm25s", _ahead(one, "bm25s"), "差一种", "全部"),
        (
            "索引大小（只有词），对 tantivy",
            times(_ratio(sizes.get("tantivy"), sizes.get("souwen"))),
            "≤ 2 ×",
            "≤ 1.2 ×",
        ),
    ]
    if "souwen" in files:
        ours = files["souwen"]
        rows += [
            (
                "索引大小（用户所得），对 UTF-8 文字",
                times(ours["size"] / ours["text"]),
                "≤ 1.5 ×",
                "≤ 1 ×",
            ),
            ("建索引的内存峰值", megabytes(ours["memory"]["own"]), "800 MB", "500 MB"),
        ]
    if "users" in one:
        memory = one["users"]["memory"]["own"]
        rows.append(
            (
                f"打开的索引，{one['users']['queries']:,} 次查询后的内存",
                megabytes(memory),
                "200 MB",
                "100 MB",
            )
        )
    for mode, label in THREADS.items() if "threads" in one else ():
        single, four = one["threads"][mode]["1"], one["threads"][mode]["4"]
        rows.append(
            (
                f"四个线程对一个线程（{label}），{four['queries']:,} 次查询",
                f"{times(single['seconds'] / four['seconds'])}，{four['wrong']} 次答错",
                "≥ 1 ×，0 次",
                "更快",
            )
        )
    shown = [row for row in rows if row[1] != NONE]
    return table(("", "测得", "至少", "目标"), shown) if shown else ""


def _building(one: Result) -> list[str]:
    parts = []
    if "build" in one:
        rows = [
            (
                LABELS[name],
                f"{one['posts'] / found['seconds']:,.0f} 篇/s",
                megabytes(found["size"]),
                megabytes(found["memory"]),
            )
            for name, found in one["build"].items()
        ]
        parts.append(table(("从切好的词建索引", "速度", "大小", "内存峰值"), rows))
    if "files" in one:
        built = [
            (
                LABELS[name],
                f"{found['posts']:,} 篇，{megabytes(found['read'])}",
                f"{found['read'] / 1e6 / found['seconds']:.2f} MB/s",
                megabytes(found["size"]),
                megabytes(found["memory"]["own"]),
                megabytes(found["memory"]["files"]),
            )
            for name, found in one["files"].items()
        ]
        head = ("从文件建索引", "文件", "速度", "大小", "内存峰值", "另有映射的文件")
        parts.append(table(head, built))
    return parts


def _latency(one: Result) -> list[str]:
    if "query" not in one:
        return []
    found = one["query"]
    names = [name for name in found["open"] if ENTRIES[name].part == "race"]
    rows = [
        (
            NAMES[kind],
            *(
                f"{number(cell['p50'])} / {number(cell['p95'])}" if cell else NONE
                for cell in (found["kinds"].get(kind, {}).get(name) for name in names)
            ),
        )
        for kind in KINDS
    ]
    means = [
        [said, *(number(mean([*_medians(one, name, which).values()])) for name in names)]
        for said, which in (("几何平均 p50", "p50"), ("几何平均 p50，第一次问", "first"))
    ]
    opened = ["打开并答第一问", *(number(found["open"][name]) for name in names)]
    memory = ["内存", *(megabytes(found["memory"][name]["own"]) for name in names)]
    latency = table(
        ("p50 / p95，ms", *map(LABELS.__getitem__, names)), [*rows, *means, opened, memory]
    )
    return [latency, _agreement(found["agreement"], list(found["open"]))]


def _agreement(found: Result, names: Sequence[str]) -> str:
    """The share of best tens that are ours, in bold where formulas agree."""
    others = [name for name in names if name != "souwen"]

    def cell(kind: str, name: str) -> str:
        one = found.get(kind, {}).get(name)
        if one is None:
            return NONE
        tens = f"{one['tens']:.0%}"
        shown = f"**{tens}**" if one["expected"] else tens
        return shown if one["totals"] is None else f"{shown}，总数 {one['totals']:.0%}"

    rows = [
        (NAMES[kind], *(cell(kind, name) for name in others)) for kind in KINDS if kind in found
    ]
    return (
        table(("前十与 souwen 相同（公式相同者加粗）", *map(LABELS.__getitem__, others)), rows)
        if rows
        else ""
    )


def _users(one: Result) -> list[str]:
    if "users" not in one:
        return []
    found = one["users"]
    rows = [
        (NAMES[kind], number(cell["p50"]), number(cell["p95"]), number(cell["first"]))
        for kind, cell in found["kinds"].items()
    ]
    average = number(mean([cell["p50"] for cell in found["kinds"].values()]))
    opened = ("打开并答第一问", number(found["open"]), "", "")
    memory = ("内存", megabytes(found["memory"]["own"]), "", "")
    head = ("用户所得（十条带摘要），ms", "p50", "p95", "第一次问的 p50")
    return [table(head, [*rows, ("几何平均", average, "", ""), opened, memory])]


def _scaling(rows: Sequence[Result]) -> str:
    head = ("篇数", "建索引", "内存峰值", "大小", "添十篇", "p50", "p95", "检索的内存")
    return table(
        head,
        [
            (
                f"{row['posts']:,}",
                f"{number(row['seconds'])} s",
                megabytes(row["memory"]),
                megabytes(row["size"]),
                f"{number(row['update'])} ms",
                f"{number(row['p50'])} ms",
                f"{number(row['p95'])} ms",
                megabytes(row["searching"]["own"]),
            )
            for row in rows
        ],
    )


def _notes(results: Result) -> str:
    """What each engine was made to do."""
    asked = [one.get("query", {}).get("open", ()) for one in results["sizes"].values()]
    names = {name for several in asked for name in several}
    return "\n".join(f"- {LABELS[name]}：{NOTES[name]}。" for name in NOTES if name in names)


def into_readme(readme: Path, text: str) -> None:
    """Put the text between the marks. Raises ValueError where there are none."""
    before = readme.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    after, count = pattern.subn(lambda _: f"{BEGIN}\n\n{text}\n\n{END}", before)
    if count != 1:
        raise ValueError(f"{readme}: expected {BEGIN} … {END} once, found it {count} times")
    readme.write_text(after, encoding="utf-8")
