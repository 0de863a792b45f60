"""What do the posts of a soak say? Each version is known by its serial number alone."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

LINES = (
    "京口瓜洲一水间，钟山只隔数重山。",
    "春风又绿江南岸，明月何时照我还。",
    "海上生明月，天涯共此时。",
    "羌笛何须怨杨柳，春风不度玉门关。",
    "江南好，风景旧曾谙。",
    "The search engine of the sea, by season.",
    "用 go1.22 写一个全文检索引擎，再写它的测试。",
)
TAGS = ("诗", "词", "Go", "笔记")
_FIRST = date(2010, 1, 1)
_DAYS = 5000


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a post: what its file says, and what an index must hold of it."""

    title: str
    day: date
    tag: str
    body: str

    @property
    def text(self) -> str:
        """The file."""
        head = f"---\ntitle: {self.title}\ndate: {self.day}\ntags: [{self.tag}]\n---\n"
        return head + self.body.replace("\n", "\n\n") + "\n"


def version(serial: int) -> Version:
    """The version of this number, always the same."""
    chance = random.Random(serial)
    lines = [*chance.choices(LINES, k=chance.randrange(2, 30)), word(serial)]
    chance.shuffle(lines)
    day = _FIRST + timedelta(days=chance.randrange(_DAYS))
    return Version(f"第{serial}首", day, chance.choice(TAGS), "\n".join(lines))


def word(serial: int) -> str:
    """A word that stands in this version and in no other."""
    return f"serial{serial:08}"


def serial_of(title: str) -> int:
    """The number of the version that has this title."""
    return int(title.strip("第首"))
