"""Where does the OpenSearch of the tests come from? Maven artifacts, laid out as its home."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

POM = Path(__file__).with_name("pom.xml")
VARIABLE = "SOUWEN_CLUSTER_RELEASE"
"""Names the release that is wanted: all of its number, or how it begins."""


class Release(NamedTuple):
    """A release of OpenSearch, and the oldest and the newest Java it runs on."""

    version: str
    oldest: int
    newest: int
    agent: bool
    """Whether it has one in place of Java's security manager, which is no more since 24."""

    def runs_on(self, java: int) -> bool:
        """Whether it does on this major release of Java."""
        return self.oldest <= java <= self.newest


RELEASES = (Release("3.9.0", 21, 99, agent=True), Release("2.19.6", 17, 23, agent=False))
"""The best first."""

MODULES = {
    "analysis-common": "analysis-common",
    "reindex": "reindex-client",
    "transport-netty4": "transport-netty4-client",
}
"""The artifact of each module. Its class must not lie on the server's class path."""

DESCRIPTOR = """\
name={name}
description={name}
version={version}
opensearch.version={version}
java.version={java}
classname={kind}
"""


POLICY = "everything.policy"
"""For a security manager: what a distribution would allow to each of its modules."""


class Lacking(Exception):
    """There can be no server on this machine; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A server that can be started: its home folder, and how Java is called for it."""

    home: Path
    java: tuple[str, ...]


def distribution() -> Distribution:
    """The server, fetched when it is first asked for; later it is there at once.

    It is the first release for which there is a Java, of those that VARIABLE admits. Raises Lacking
    where there is none for any, no Maven, or no way to the artifacts.
    """
    release, java = _release(os.environ.get(VARIABLE, ""))
    home = _cache() / f"opensearch-{release.version}-{sha256(_recipe()).hexdigest()[:12]}"
    if not home.is_dir():
        _fetch(release, home, java)
    manager = ("-Djava.security.manager=allow", f"-Djava.security.policy={home / POLICY}")
    return Distribution(home, (str(java), *(() if release.agent else manager)))


def _recipe() -> bytes:
    """What a home folder is made from: of another recipe there is to be another folder."""
    return POM.read_bytes() + Path(__file__).read_bytes()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "souwen-tests"


def _release(wanted: str) -> tuple[Release, Path]:
    """The first release that is wanted and has a Java: JAVA_HOME, on the PATH, or the system's."""
    releases = [one for one in RELEASES if one.version.startswith(wanted)]
    if not releases:
        known = ", ".join(one.version for one in RELEASES)
        raise Lacking(f"OpenSearch {wanted} of {VARIABLE} is not among those known: {known}")
    javas = [(path, _major(path)) for path in _javas() if path.is_file()]
    for release in releases:
        for path, java in javas:
            if release.runs_on(java):
                return release, path
    needed = ", ".join(f"{one.version} needs Java {one.oldest} to {one.newest}" for one in releases)
    found = ", ".join(f"{path} is {java}" for path, java in javas) or "there is none"
    raise Lacking(
        f"OpenSearch {needed} ({found}); install a JDK, and if it is not found name its folder in "
        "JAVA_HOME"
    )


def _javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if found := shutil.which("java"):
        yield Path(found)
    for folder in ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines"):
        yield from sorted(Path(folder).glob("*/bin/java"))
        yield from sorted(Path(folder).glob("*/Contents/Home/bin/java"))


def _major(java: Path) -> int:
    """The major release; 0 where it does not say."""
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _fetch(release: Release, home: Path, java: Path) -> None:
    """Lay out a home folder; it is there as a whole or not at all."""
    maven = shutil.which("mvn")
    if maven is None:
        raise Lacking("OpenSearch is fetched with Maven, and there is no mvn on the PATH")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        made = Path(folder, "home")
        _run_maven(maven, release, java, made / "lib")
        (made / "plugins").mkdir()
        (made / POLICY).write_text("grant { permission java.security.AllPermission; };\n")
        for name in MODULES:
            _lay_out(name, release, made)
        if not home.is_dir():
            made.rename(home)


def _run_maven(maven: str, release: Release, java: Path, into: Path) -> None:
    done = subprocess.run(
        [
            *(maven, "--batch-mode", "--quiet", "--file", str(POM)),
            *("dependency:copy-dependencies", "-DincludeScope=runtime"),
            *(f"-Dopensearch={release.version}", f"-DoutputDirectory={into}"),
            *(("--activate-profiles", "agent") if release.agent else ()),
        ],
        env={**os.environ, "JAVA_HOME": str(java.resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Lacking(f"Maven could not fetch OpenSearch:\n{done.stdout}{done.stderr}")


def _lay_out(name: str, release: Release, home: Path) -> None:
    """Move a module's own jar into its folder; what it needs stays on the server's class path."""
    version, folder = release.version, home / "modules" / name
    folder.mkdir(parents=True)
    jar = folder / f"{MODULES[name]}-{version}.jar"
    (home / "lib" / jar.name).rename(jar)
    with ZipFile(jar) as opened:
        (kind,) = (one for one in opened.namelist() if one.endswith("Plugin.class"))
    descriptor = DESCRIPTOR.format(
        name=name,
        version=version,
        java=release.oldest,
        kind=kind.removesuffix(".class").replace("/", "."),
    )
    (folder / "plugin-descriptor.properties").write_text(descriptor)
