"""Do the bytes of a file become the text that its author wrote?"""

import codecs
import os

import pytest

from souwen.index.encodings import decode

SIMPLIFIED = "今天天气很好，我们一起去公园里散步，看到了很多人。\n第二段：学习编程的方法。\n"
TRADITIONAL = "今天天氣很好，我們一起去公園裡散步，看到了很多人。\n第二段：學習程式的方法。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk", "gb2312"]
)
def test_simplified_text_is_read_in_every_encoding(encoding):
    decoded = decode(SIMPLIFIED.encode(encoding))
    assert (decoded.text, decoded.problem) == (SIMPLIFIED, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "big5", "gb18030"])
def test_traditional_text_is_read_in_every_encoding(encoding):
    decoded = decode(TRADITIONAL.encode(encoding))
    assert (decoded.text, decoded.problem) == (TRADITIONAL, None)


@pytest.mark.parametrize(
    ("mark", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
def test_either_order_of_bytes_is_read(mark, encoding):
    assert decode(mark + SIMPLIFIED.encode(encoding)).text == SIMPLIFIED


def test_bytes_that_only_big5_has_are_big5():
    text = "許功蓋 " + TRADITIONAL
    assert decode(text.encode("big5")).text == text


@pytest.mark.parametrize("text", ["你", "你好", "随笔", "更新日志", "# 读书\n"])
def test_a_few_simplified_characters_are_gb18030(text):
    assert decode(text.encode("gb18030")).text == text


@pytest.mark.parametrize("text", ["隨筆", "更新日誌", "# 讀書\n"])
def test_a_few_characters_that_are_no_gb2312_are_big5(text):
    assert decode(text.encode("big5")).text == text


def test_code_with_few_words_is_still_told_apart():
    code = "for (int i = 0; i < n; i++) { sum += a[i]; }\n" * 200
    text = code + "// 这里我们把所有的数加起来，然后返回结果\n" + code
    assert decode(text.encode("gb18030")).text == text


def test_a_broken_byte_in_utf_8_is_replaced_and_reported_with_its_line():
    data = (SIMPLIFIED * 3).encode()
    decoded = decode(data[:-2] + b"\xff\n")
    assert decoded.text.startswith(SIMPLIFIED * 2)
    assert "UTF-8" in decoded.problem
    assert decoded.line == 6


def test_a_cut_character_of_gb18030_is_replaced_and_reported():
    decoded = decode(SIMPLIFIED.rstrip("\n").encode("gb18030")[:-1])
    assert decoded.text.startswith("今天天气很好")
    assert "GB18030" in decoded.problem


def test_a_cut_utf_16_file_is_replaced_and_reported():
    decoded = decode(SIMPLIFIED.encode("utf-16")[:-1])
    assert decoded.text.startswith("今天天气")
    assert "UTF-16-LE" in decoded.problem


def test_what_is_no_text_at_all_is_reported():
    decoded = decode(bytes(range(256)) * 40)
    assert decoded.problem
    assert "\0" not in decoded.text


def test_nothing_is_nothing():
    assert decode(b"").text == ""


def test_line_ends_become_one_and_control_characters_disappear():
    written = "一\r\n二\r三\x85四\x0b五\x0c六\x00\x1b[31m七\x7f\u200b\ufeff八\ufffe\t九\n"
    assert decode(written.encode()).text == "一\n二\n三\n四 五 六[31m七\u200b八\t九\n"


def test_lone_surrogates_do_not_pass():
    assert decode("好\ud800".encode("utf-16", "surrogatepass")).text.strip("\ufffd") == "好"


@pytest.mark.parametrize("size", [1 << 21])
def test_noise_of_any_size_is_read_in_linear_time(size):
    assert decode(os.urandom(size)).problem
