"""Does the quick way through Markdown see what markdown-it sees?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from souwen.index.markup.markdown import read_markdown, read_slowly


def lines_of(text):
    return text.strip("\n").split("\n")


def words_of(text):
    return [word.replace("·", " ") for word in text.split()]


LINES = lines_of(
    """
# 标题
## 二级 ##
###### 六
#没有空格
段落一行
- 项
  - 子项
* 星
+ 加
1. 甲
2) 乙
> 引
> - 引中项
> ```
>
```
```py
~~~
``` `x
---
===
- - -
-
|甲|乙|
|-|-|
-|-
甲 \\| 乙|
|:-:|
<div>
</div>
<p>甲
<!-- 注
-->
<!-- 注 -->
<table><tr><td>格
</table>
<pre>
<details><summary>看</summary>
<b>粗
<script>
<img src="a" alt="图">
<span hidden>
{% codeblock 名 %}
{% endcodeblock %}
{: .lead}
[甲]: http://a
[乙]: b "题"
[^1]: 注文
"""
)
INLINES = words_of(
    """
甲 word a_b _em_ *em* **强** **“引”**后 *** * ** _ __ `代码` ``a`b`` ` [链](a) [链](a·"题")
[链](<a·b>) [链][甲] [甲] [乙][] ![图](a.png) ![图_1](a·"题") ![图][乙] [![图](a)](b)
[一[二](c)三](d) ]( [ ] ![ ( ) <http://a> <a@b.c> <b> </b> <a·id="x"> </a> <a·name="y"/> <br>
</br> <kbd>键</kbd> <T> < > &amp; &lt; &#20013; &x; &nbsp; \\* \\` \\[ \\ \\字 ~~删~~ ~
{%·x·%} {{<·a·title="题"·>}} {#id} { } [^1] [^3] ! · ·· 。 “ ” -· 1.· >· #
http://a_b.c/d_e **强·调** *a* [甲][乙!] [!注] [链!](a) ![图!](a·'题') <span·style="x">
"""
)
BEGINS = ["", "", "", " ", "   ", "    ", "\t", "> ", "- ", "1. ", "## ", "|"]
ENDS = ["\n", "\n", "\n\n", "  \n", "\\\n", ""]
TEXTS = st.lists(st.sampled_from([*INLINES, "\u3000", "\xa0"]), max_size=8).map("".join)
PIECES = st.tuples(
    st.sampled_from(BEGINS), st.sampled_from(LINES) | TEXTS, st.sampled_from(ENDS)
).map("".join)


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=500, deadline=None)
def test_both_ways_through_a_post_see_the_same_lines(source):
    assert read_markdown(source) == read_slowly(source)


@given(TEXTS, st.sampled_from(["", "\n\n[甲]: x\n", "\n\n[^1]: 注\n"]))
@settings(max_examples=500, deadline=None)
def test_both_ways_through_a_paragraph_see_the_same_line(text, end):
    assert read_markdown(text + end) == read_slowly(text + end)


@pytest.mark.parametrize(
    "source",
    [
        "甲\n\n<table>\n\n<tr><td>\n\n- 乙\n\n</td></tr></table>\n\n丙",
        "甲\n\n<table><tr><td>\n\n|乙|丙|\n|-|-|\n|丁|\n\n戊",
        "## <div>甲\n## <!-- 注 -->\n> 乙 <b hidden>丙</b> 丁",
        "甲\n\n<!-- </table> -->\n\n<table><tr><td>乙",
        "甲 <!-- </kbd> -->\n\n<kbd>乙",
        "## <pre>\n1. -|-\n\t-|-\n\n\t乙",
        "甲 {% a %} ~~乙~~\n\n<div>丙</div>",
        "~~甲~~ `{%`\n\n<div>丙</div> %}",
    ],
)
def test_what_html_leaves_open_takes_the_rest_with_it(source):
    assert read_markdown(source) == read_slowly(source)
