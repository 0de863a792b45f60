"""Do the signatures of two posts tell whether one is nearly the text of the other?"""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rensa import RMinHash

from souwen.index.analysis.fold import fold_text
from souwen.index.engines.whoosh.signatures import rows
from souwen.index.signature import WORDS, near, signature

LIBRARY = """周末去了一趟新开的城市图书馆。门口排着长队，保安说最多的时候一天来了两万人。
一楼是报刊和儿童区，孩子们坐在台阶上看绘本，家长靠着柱子打盹。二楼的书架按年代摆放，
我在民国那一排找到一本发黄的地方志，里面夹着前一位读者的借书条，日期是一九八三年的春天。
三楼有自习室，座位要用手机预约，来晚了只能坐在窗边的地板上。馆员告诉我，地下还有一层书库，
存着四十万册不外借的旧书，每个月开放一次，由志愿者带着参观。借书很方便，刷身份证就行，
一次可以借十本，三十天内归还，逾期不罚款，只是暂停借阅。傍晚的时候夕阳照进中庭，
整面墙的玻璃变成金色，很多人停下来拍照。回家路上我想，一座城市愿意把最好的地段留给书，
大概总是有希望的。下次打算早点出门，带上水壶和笔记本，在靠河的那一侧待上一整天。"""

KITCHEN = """冬天最适合炖一锅萝卜牛腩。牛腩要选带筋的，切成麻将大小的块，冷水下锅焯去血沫。
另起一锅，放姜片、八角、桂皮和两勺豆瓣酱，小火炒出香味，再倒进牛腩翻炒，淋一圈料酒。
加开水没过肉面，转小火慢慢炖一个半小时，期间不要掀盖。白萝卜去皮切滚刀块，
等牛腩能用筷子扎透的时候放进去，再炖二十分钟，萝卜变得透明就可以关火。
盐要最后放，太早放肉会发柴。出锅前撒一把蒜苗和香菜，汤汁拌饭，能吃两大碗。
剩下的汤别倒，第二天煮面条，加几片青菜和一个荷包蛋，又是一顿。如果喜欢清淡，
可以不放豆瓣酱，换成几粒白胡椒和一小块陈皮，味道会更像广东人家里的做法。"""

NOTICE = "本文转自城南读书会的公众号，版权归原作者所有，转载请联系授权。\n"


def sign(body: str, title: str = "随笔", id: str = "a.md") -> bytes:
    return signature(id, fold_text(title), fold_text(body))


def with_changed_letters(text: str, share: float) -> str:
    letters, chance = list(text), random.Random(4)
    for at in chance.sample(range(len(letters)), int(len(letters) * share)):
        letters[at] = chance.choice(KITCHEN)
    return "".join(letters)


@pytest.mark.parametrize(
    "repost",
    [
        pytest.param(LIBRARY, id="word by word"),
        pytest.param(LIBRARY[:250], id="its second half cut off"),
        pytest.param(LIBRARY[60:], id="without its first paragraph"),
        pytest.param(NOTICE + LIBRARY, id="below a notice"),
        pytest.param(with_changed_letters(LIBRARY, 0.1), id="with every tenth letter changed"),
        pytest.param(LIBRARY.replace("。", "。\n\n").replace("，", ","), id="laid out otherwise"),
        pytest.param(LIBRARY.replace("书", "書").replace("图", "圖"), id="in the other script"),
        pytest.param(LIBRARY.replace("孩子们坐在台阶上看绘本", ""), id="without a clause"),
    ],
)
def test_a_repost_is_nearly_the_post(repost: str) -> None:
    assert near(sign(LIBRARY), sign(repost, "转载"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(LIBRARY, KITCHEN, id="on another subject"),
        pytest.param(NOTICE * 2 + LIBRARY, NOTICE * 2 + KITCHEN, id="below the same notice"),
        pytest.param(LIBRARY, with_changed_letters(LIBRARY, 0.5), id="half of it another"),
        pytest.param(LIBRARY, NOTICE, id="no text but a notice"),
        pytest.param(LIBRARY, "", id="nothing"),
    ],
)
def test_other_posts_are_not(one: str, other: str) -> None:
    assert not near(sign(one), sign(other))


def test_short_posts_are_only_when_title_and_text_are_equal() -> None:
    short = "今天休息，明天再更新。谢谢大家这一年的陪伴，我们春天见。"
    assert near(sign(short, "停更", "a.md"), sign(short, "停更", "b.md"))
    assert not near(sign(short, "停更"), sign(short, "年末"))
    assert not near(sign(short), sign(short.replace("明天", "后天")))


@pytest.mark.parametrize("body", ["", "今天休息，明天再更新。"])
def test_less_than_a_sentence_says_nothing(body: str) -> None:
    assert near(sign(body, "照片", "a.md"), sign(body, "照片", "a.md"))
    assert not near(sign(body, "照片", "a.md"), sign(body, "照片", "b.md"))


def test_the_title_of_a_longer_post_does_not_matter() -> None:
    assert sign(LIBRARY, "图书馆") == sign(LIBRARY, "周末")


def test_signatures_are_the_same_on_every_machine_as_long_as_rensa_is_the_same() -> None:
    assert RMinHash.ALGORITHM_VERSION == 2, "another one needs another FORMAT"
    assert sign(LIBRARY)[:16].hex() == "6f5256665c29c7a29472eabdc4315acb"
    assert sign(LIBRARY)[-16:].hex() == "1e8d452d6933c7106fa6b8768cd44c47"
    assert sign("今天休息。")[:16].hex() == "06dd9da98a995a155a3bb173b9a9abb6"
    assert sign("今天休息。")[-16:].hex() == "79e75a4d150e43df242467b6f07159f1"


def test_a_text_that_says_one_thing_again_and_again_has_the_signature_of_little() -> None:
    again = "周末去图书馆看书。" * 300
    assert near(sign(again, "书"), sign(again, "书", "b.md"))
    assert not near(sign(again, "书"), sign("冬天最适合炖牛腩。" * 300, "书"))


texts = st.text(st.sampled_from("文本指纹去重a1 ，。\n"), max_size=300)


@given(texts, texts)
def test_nearness_is_mutual_and_every_post_is_near_itself(one: str, other: str) -> None:
    assert near(sign(one), sign(one))
    assert near(sign(one), sign(other)) == near(sign(other), sign(one))


@given(st.text(max_size=200), st.text(max_size=200))
def test_every_text_has_a_signature_of_the_same_size(title: str, body: str) -> None:
    assert rows(signature("", title, body) * 2).shape == (2, WORDS)


def test_the_share_of_equal_bits_is_that_of_common_stretches() -> None:
    """J = |A ∩ B| / |A ∪ B| and bits that are equal by chance: (1 + J) / 2 of all."""
    chance = random.Random(11)
    letters = [chr(0x4E00 + chance.randrange(5000)) for _ in range(4000)]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        # Two windows of 2000 letters: share = (2000 - shift) / (2000 + shift).
        shift = round(2000 * (1 - share) / (1 + share))
        one, other = "".join(letters[:2000]), "".join(letters[shift : shift + 2000])
        bits = [rows(signature("", "", text))[0, -8:] for text in (one, other)]
        equal = 1 - int(np.bitwise_count(bits[0] ^ bits[1]).sum()) / 512
        assert 2 * equal - 1 == pytest.approx(share, abs=0.13)
