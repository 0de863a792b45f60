# ruff: noqa: E501, W291, W293 (real posts have such lines)
"""Posts with the markup of real archives, and the text that a reader of the page would copy."""

import pytest

from souwen.index.markup import plain_text

NEWS = """
<div>   
<p></p><div class="img_box" id="box_0" onclick><div class="content_img"><img class="lazy " \
data-original="http://img.example.org/1.jpg" src="https://proxy.example.org/?http://img.example.org/1.jpg" \
referrerpolicy="no-referrer"></div></div>5 月 12 日，海风网消息，渡口市开通第三条水上巴士：自 6 月 1 日 08：00 起试运行。<p></p>\
<p>票价 2 元，&quot;老人免费&quot;。</p><p></p><div class="img_box" onclick><img src="b.jpg" alt></div>\
从公告看，<strong>水上巴士将停靠七个码头，</strong>比去年多两个。<p></p>
<div id="recommend_bottom"></div><div id="article_bottom"></div>  
</div>
            """
NEWS_TEXT = """\
5 月 12 日，海风网消息，渡口市开通第三条水上巴士：自 6 月 1 日 08：00 起试运行。
票价 2 元，"老人免费"。
从公告看，水上巴士将停靠七个码头，比去年多两个。"""

ANSWER = """
<div>   
<h2 class="question-title">灯塔为什么多刷成红白两色？</h2>
<div class="answer">
<div class="meta">
<strong>
<img class="avatar" src="https://pic.example.org/a.jpg" referrerpolicy="no-referrer">
<span class="author">阿岛，</span><span class="bio">守塔人</span>
<a href="https://www.example.org/answer/1" class="originUrl" hidden>查看原文</a>
</strong>

<div class="content">
<p>首先，红白两色<strong>远看最醒目</strong>。</p>
<figure><img class="content-image" src="https://pic.example.org/b.jpg" alt></figure>
<p>其次，海上多雾，X 形条纹
在雾里仍可辨认。</p>
</div></div></div></div>
            """
ANSWER_TEXT = """\
灯塔为什么多刷成红白两色？
阿岛，守塔人
首先，红白两色远看最醒目。
其次，海上多雾，X 形条纹在雾里仍可辨认。"""

SUMMARY = """
<div>   
    用三行脚本备份照片。

    慢在哪里？慢在逐个复制：

其实可以并行。

安装工具

1
brew install shoebox


运行 shoebox -i
    
</div>
            """
SUMMARY_TEXT = """\
用三行脚本备份照片。
慢在哪里？慢在逐个复制：
其实可以并行。
安装工具
1 brew install shoebox
运行 shoebox -i"""

RELEASE = """
<div>   
<div class="content">
                                                                                            <p>岛链编译器 3.1 \
已发布，主要内容如下：</p> 
   <ul style="margin-left:0; margin-right:0"> 
    <li>添加 island_open、island_close 函数，返回 List&lt;Port&gt;。</li> 
    <li>在 Linux 上支持“潮汐”调度。</li> 
   </ul> 
   <p>更多内容：<a href="https://example.org/link?url=https%3A%2F%2Fexample.org" target="_blank">\
https://example.org/notes.html</a></p> 
                                        </div>
                                      
</div>
            """
RELEASE_TEXT = """\
岛链编译器 3.1 已发布，主要内容如下：
添加 island_open、island_close 函数，返回 List<Port>。
在 Linux 上支持“潮汐”调度。
更多内容：https://example.org/notes.html"""

TECHNICAL = """
> 本文写于雨天，
> 适合慢读。

<!-- more -->

## 一、为什么要**缓存**？

读多写少时，`get()` 先查缓存[^1]，再查
数据库。参见[手册](https://example.org/doc "缓存手册")：

1. 命中就返回
2. 未命中则`load(key)`
   - 写回
   - 设过期 `ttl=30s`

```java Cache.java
Map<String, List<Integer>> cache; // *勿动*
if (a < b && c > d) {}
```

| 方案 | 延迟 |
|:-----|-----:|
| 本地 | 0.1ms |
| `a | b` | 5 ms |

{% note warning %}
注意**雪崩**与~~穿透~~击穿。
{% endnote %}

![架构图](/img/a.png "两级缓存")

[^1]: 这里指内存里的缓存。
"""
TECHNICAL_TEXT = """\
本文写于雨天， 适合慢读。
一、为什么要缓存？
读多写少时，get() 先查缓存，再查数据库。参见手册：
缓存手册
命中就返回
未命中则load(key)
写回
设过期 ttl=30s
Cache.java
Map<String, List<Integer>> cache; // *勿动*
if (a < b && c > d) {}
方案 延迟
本地 0.1ms
a | b 5 ms
注意雪崩与穿透击穿。
架构图 两级缓存
这里指内存里的缓存。"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(NEWS, NEWS_TEXT, id="news of glued blocks"),
        pytest.param(ANSWER, ANSWER_TEXT, id="an answer with a hidden link"),
        pytest.param(SUMMARY, SUMMARY_TEXT, id="a summary indented four blanks"),
        pytest.param(RELEASE, RELEASE_TEXT, id="indented lists"),
        pytest.param(TECHNICAL, TECHNICAL_TEXT, id="a technical post"),
    ],
)
def test_the_text_is_what_a_reader_of_the_page_would_copy(source, expected):
    assert plain_text(source, markup="markdown", title="题").body == expected
