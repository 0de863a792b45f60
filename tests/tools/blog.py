"""What is in the blog on which the command line is tested, and how does a command end?"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

POSTS = {
    "2022/网关.md": """---
title: 微服务网关选型
date: 2022-05-01 08:30:00
tags: [微服务, 网关]
categories: [[架构, 云原生]]
author: 小林
---
网关是微服务的大门。我们比较了三种网关，最后选了最简单的一种。
""",
    "2023/服务网格.md": """---
title: 服务网格一年记
date: 2023-06-01
tags: [服务网格, 微服务]
categories: [[架构]]
author: 小周
---
服务网格把网关之外的流量也管了起来。k8s 里的每个服务旁边都多了一个代理。
""",
    "快手.md": """---
title: 快手外链怎么加
date: 2021-03-04
tags: 教程
---
在快手里加外链，分三步。快手电商的商家都在用。广告
""",
    "手机.html": "<h1>手机选购</h1><p>5G手机没有广告，也能好用。C++ 程序员也用手机。</p>",
    "草稿.md": "---\ntitle: 明年的计划\ndraft: true\n---\n微服务还要继续拆。\n",
}


class Done(NamedTuple):
    """How a command ended: its exit code and what it wrote, bytes that are no UTF-8 escaped."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class Souwen(Protocol):
    """Runs ``souwen`` with these arguments in the folder of the blog."""

    def __call__(self, *arguments: str) -> Done: ...


def write(folder: Path, posts: Mapping[str, str]) -> None:
    """Write files as they are, by their paths below the folder."""
    for name, text in posts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
