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

POM = Path(__file__).with_name("pom.xml")
JAVA = 21
"""The oldest Java that OpenSearch 3 runs on."""

MODULES = {
    "analysis-common": (
        "analysis-common",
        "org.opensearch.analysis.common.CommonAnalysisModulePlugin",
    ),
    "reindex": ("reindex-client", "org.opensearch.index.reindex.ReindexModulePlugin"),
    "transport-netty4": ("transport-netty4-client", "org.opensearch.transport.Netty4ModulePlugin"),
}
"""The artifact and the class of each module. A module's class must not lie on the class path."""

DESCRIPTOR = """\
name={name}
description={name}
version={version}
opensearch.version={version}
java.version={java}
classname={kind}
"""


class Lacking(Exception):
    """There can be no server on this machine; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A server that can be started: its home folder, and the Java to run it on."""

    home: Path
    java: Path


def distribution() -> Distribution:
    """The server, fetched when it is first asked for; later it is there at once.

    Raises Lacking where there is no JDK that is new enough, no Maven, or no way to the artifacts.
    """
    java = _java()
    home = _cache() / f"opensearch-{_version()}-{sha256(_recipe()).hexdigest()[:12]}"
    if not home.is_dir():
        _fetch(home, java)
    return Distribution(home, java)


def _version() -> str:
    found = re.search(r"<opensearch>(.+)</opensearch>", POM.read_text("utf-8"))
    assert found is not None
    return found[1]


def _recipe() -> bytes:
    """What a home folder is made from: of another recipe there is to be another folder."""
    return POM.read_bytes() + Path(__file__).read_bytes()


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "souwen-tests"


def _java() -> Path:
    """The first Java that is new enough: JAVA_HOME, on the PATH, or where systems put theirs."""
    seen = [(path, _release(path)) for path in _javas() if path.is_file()]
    for path, release in seen:
        if release >= JAVA:
            return path
    found = ", ".join(f"{path} is {release}" for path, release in seen) or "there is none"
    raise Lacking(
        f"OpenSearch needs Java {JAVA} or newer ({found}); install a JDK, and if it is not found "
        "name its folder in JAVA_HOME"
    )


def _javas() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if found := shutil.which("java"):
        yield Path(found)
    for folder in ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines"):
        yield from sorted(Path(folder).glob("*/bin/java"))
        yield from sorted(Path(folder).glob("*/Contents/Home/bin/java"))


def _release(java: Path) -> int:
    """The major release; 0 where it does not say."""
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _fetch(home: Path, java: Path) -> None:
    """Lay out a home folder; it is there as a whole or not at all."""
    maven = shutil.which("mvn")
    if maven is None:
        raise Lacking("OpenSearch is fetched with Maven, and there is no mvn on the PATH")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as folder:
        made = Path(folder, "home")
        _run_maven(maven, java, made / "lib")
        (made / "plugins").mkdir()
        for name in MODULES:
            _lay_out(name, made)
        if not home.is_dir():
            made.rename(home)


def _run_maven(maven: str, java: Path, into: Path) -> None:
    done = subprocess.run(
        [
            *(maven, "--batch-mode", "--quiet", "--file", str(POM)),
            *("dependency:copy-dependencies", "-DincludeScope=runtime"),
            f"-DoutputDirectory={into}",
        ],
        env={**os.environ, "JAVA_HOME": str(java.resolve().parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Lacking(f"Maven could not fetch OpenSearch:\n{done.stdout}{done.stderr}")


def _lay_out(name: str, home: Path) -> None:
    """Move a module's own jar into its folder; what it needs stays on the server's class path."""
    artifact, kind = MODULES[name]
    version, folder = _version(), home / "modules" / name
    folder.mkdir(parents=True)
    jar = f"{artifact}-{version}.jar"
    (home / "lib" / jar).rename(folder / jar)
    descriptor = DESCRIPTOR.format(name=name, version=version, java=JAVA, kind=kind)
    (folder / "plugin-descriptor.properties").write_text(descriptor)
