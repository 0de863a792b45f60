"""How do the posts of a soak change? Twenty times a second, as editors and programs do it."""

import json
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from soaking.history import Change
from soaking.posts import version

POSTS = 2000
"""About so many there are at any time."""

FOLDERS = 40
PER_SECOND = 20
_NAMES = 2 * POSTS


class Blog:
    """Posts below a folder, and the log of what became of them."""

    def __init__(self, folder: Path, log: Path, *, seed: int = 1) -> None:
        self._folder = folder
        self._log = log
        self._chance = random.Random(seed)
        self._files: dict[str, int] = {}
        self._serial = 0

    def fill(self) -> None:
        """Write all posts for the first time."""
        for _ in range(POSTS):
            self._note(self._replace(self._free()))

    def change(self) -> None:
        """One change, of whichever kind."""
        kinds: dict[Callable[[], Iterator[Change]], float] = {
            self._add: 20 if len(self._files) < POSTS else 10,
            self._delete: 10 if len(self._files) < POSTS else 20,
            self._rewrite: 25,
            self._overwrite: 25,
            self._rename: 18,
            self._rename_folder: 0.3,
        }
        [kind] = self._chance.choices(list(kinds), list(kinds.values()))
        for change in kind():
            self._note([change])

    def _note(self, changes: "Iterator[Change] | list[Change]") -> None:
        with self._log.open("a", encoding="utf-8") as log:
            for change in changes:
                log.write(json.dumps(asdict(change)) + "\n")
                for path, serial in change.files.items():
                    if serial is None:
                        self._files.pop(path, None)
                    else:
                        self._files[path] = serial

    def _free(self) -> str:
        while True:
            number = self._chance.randrange(_NAMES)
            name = f"{self._chance.randrange(FOLDERS)}/{number}.md"
            if name not in self._files:
                return name

    def _some(self) -> str:
        return self._chance.choice(list(self._files))

    def _place(self, name: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _add(self) -> Iterator[Change]:
        yield from self._replace(self._free())

    def _rewrite(self) -> Iterator[Change]:
        yield from self._replace(self._some())

    def _replace(self, name: str) -> Iterator[Change]:
        """A file put in the place of another, in one step."""
        path, serial = self._place(name), self._next()
        new = path.with_name(f".{path.name}.new")
        new.write_text(version(serial).text, encoding="utf-8")
        yield _timed({name: serial}, lambda: new.replace(path))

    def _overwrite(self) -> Iterator[Change]:
        """A file emptied and written again: for a moment there is no post in it."""
        name = self._some()
        serial = self._next()
        data = version(serial).text.encode()
        descriptor = os.open(self._place(name), os.O_WRONLY)
        try:
            yield _timed({name: None}, lambda: os.ftruncate(descriptor, 0))
            yield _timed({name: serial}, lambda: os.write(descriptor, data))
        finally:
            os.close(descriptor)

    def _delete(self) -> Iterator[Change]:
        name = self._some()
        yield _timed({name: None}, self._place(name).unlink)

    def _rename(self) -> Iterator[Change]:
        old, new = self._some(), self._free()
        to = self._place(new)
        yield _timed({old: None, new: self._files[old]}, lambda: self._place(old).rename(to))

    def _rename_folder(self) -> Iterator[Change]:
        """A folder into one that is not there, or back from where it went."""
        old = self._some().rpartition("/")[0]
        new = old.removeprefix("away/") if old.startswith("away/") else f"away/{old}"
        inside = {name: at for name, at in self._files.items() if name.startswith(f"{old}/")}
        moved = {f"{new}/{name.removeprefix(f'{old}/')}": at for name, at in inside.items()}
        if any(name.startswith(f"{new}/") for name in self._files):
            return
        to = self._folder / new
        if to.exists():
            to.rmdir()
        to.parent.mkdir(exist_ok=True)
        files = {**dict.fromkeys(inside), **moved}
        yield _timed(files, lambda: shutil.move(self._folder / old, to))


def _timed(files: Mapping[str, int | None], do: Callable[[], object]) -> Change:
    began = time.monotonic()
    do()
    return Change(began, time.monotonic(), files)


def write(folder: Path, log: Path, seconds: float) -> None:
    """Fill the folder; once a line comes in, change it for so long."""
    blog = Blog(folder, log)
    blog.fill()
    print("filled", flush=True)
    input()
    began = time.monotonic()
    for number in range(round(seconds * PER_SECOND)):
        time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
        blog.change()
