"""How is one node started, stopped, held and killed?"""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cluster.distribution import Distribution

HOST = "127.0.0.1"
STARTING = 180.0
"""Seconds until a node that does not answer is given up."""

SMALL = ("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For Java: little memory, and there in half the time, though slower once it has run for long."""

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a node listens: to clients, and to the other nodes, which may know it by another."""

    http: int
    transport: int
    known: int


class Node:
    """One process with a data folder of its own. Not there until it is started."""

    def __init__(
        self, number: int, folder: Path, ports: Sequence[Ports], java: Sequence[str]
    ) -> None:
        self.name = f"node{number}"
        self.address = f"http://{HOST}:{ports[number].http}"
        self.log = folder / f"{self.name}.log"
        self._data, self._ports, self._all, self._java = (
            folder / self.name,
            ports[number],
            ports,
            java,
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, server: Distribution) -> None:
        """Start it, again if it was before; returns at once."""
        command = [
            *(*server.java, *self._java),
            # Without native code it does not ask who runs it: root may, as in a container.
            *("-Djna.nosys=true", "-Djna.noclasspath=true"),
            f"-Dopensearch.path.home={server.home}",
            f"-Dopensearch.path.conf={self._config()}",
            *("-Dopensearch.distribution.type=zip", "-cp", str(server.home / "lib" / "*")),
            "org.opensearch.bootstrap.OpenSearch",
            *(f"-E{name}={value}" for name, value in self._settings().items()),
        ]
        with self.log.open("ab") as log:
            # Ctrl-C is for whoever started it, who stops the nodes.
            self._process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def _config(self) -> Path:
        """Its configuration folder; it writes a key store there, so that none can be shared."""
        folder = self._data / "config"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "log4j2.properties").write_text(LOGGING)
        (folder / "opensearch.yml").touch()
        return folder

    def _settings(self) -> dict[str, str]:
        names = ",".join(f"node{number}" for number in range(len(self._all)))
        return {
            "cluster.name": "souwen-tests",
            "node.name": self.name,
            "path.data": str(self._data),
            "path.logs": str(self._data),
            "network.host": HOST,
            "http.port": str(self._ports.http),
            "transport.port": str(self._ports.transport),
            "transport.publish_port": str(self._ports.known),
            "discovery.seed_hosts": ",".join(f"{HOST}:{one.known}" for one in self._all),
            "cluster.initial_cluster_manager_nodes": names,
            # A disk that is nearly full is no reason for a test to fail.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            # One that was cut off is to be noticed within seconds, not minutes.
            "cluster.fault_detection.follower_check.timeout": "3s",
            "cluster.fault_detection.leader_check.timeout": "3s",
        }

    @property
    def pid(self) -> int:
        """Its process id, of the last start."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether its process runs, or is held."""
        return self._process is not None and self._process.poll() is None

    def send(self, what: signal.Signals) -> None:
        """SIGKILL, SIGSTOP, which holds it so that it answers nobody, or SIGCONT."""
        os.kill(self.pid, what)
        if what == signal.SIGKILL:
            self._wait()

    def stop(self) -> None:
        """End it in order, if it is there; it can be started again."""
        if self.alive:
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
            self._wait()

    def _wait(self) -> None:
        assert self._process is not None
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait(self, path: str = "/") -> None:
        """Until it answers a GET of the path, whatever it answers.

        Raises RuntimeError with the end of its log where it ends, or does not answer in time.
        """
        end = time.monotonic() + STARTING
        while not self._answers(path):
            if not self.alive or time.monotonic() > end:
                raise RuntimeError(f"{self.name} does not answer:\n{self._last_words()}")
            time.sleep(0.2)

    def _answers(self, path: str) -> bool:
        try:
            self.get(path)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def get(
        self, path: str, seconds: float = 30, *, method: str = "GET", body: bytes | None = None
    ) -> Any:
        """What it answers, as JSON. Raises OSError where it does not."""
        kind = {"content-type": "application/json"} if body else {}
        request = urllib.request.Request(
            f"{self.address}{path}", data=body, headers=kind, method=method
        )
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return json.load(answer)

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-40:])
