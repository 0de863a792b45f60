"""Who is it that asks a cluster? The environment tells, or a file that nobody else can read."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from souwen.index.errors import ConfigError

PREFIX = "SOUWEN_OPENSEARCH_"
FILE = PREFIX + "CREDENTIALS"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user with a password, or an API key, and files in PEM: whom to trust, and who we are.

    ``authority`` are the certificates that may have signed that of the cluster, ``certificate`` and
    ``key`` are ours, where the cluster wants to see one. Secrets are not in its ``repr``.
    """

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    authority: str | None = None
    certificate: str | None = None
    key: str | None = None

    @property
    def is_secret(self) -> bool:
        """Whether there is something that others must not read."""
        return bool(self.password or self.api_key)


NAMES = tuple(one.name for one in fields(Credentials))


def read_credentials(variables: Mapping[str, str] = os.environ) -> Credentials:
    """What the file says that SOUWEN_OPENSEARCH_CREDENTIALS names, changed by variables.

    Raises ConfigError, which repeats no secret.
    """
    found = _file(Path(variables[FILE])) if variables.get(FILE) else {}
    for name in NAMES:
        if given := variables.get(PREFIX + name.upper()):
            found[name] = given
    found = {name: _as_sent(name, value) for name, value in found.items()}
    if ("user" in found) != ("password" in found):
        raise ConfigError("of the user and the password for the cluster only one is given")
    return Credentials(**found)


def _as_sent(name: str, value: str) -> str:
    """Without the line end that files with a secret have. A secret must fit into one line."""
    sent = value.rstrip("\r\n")
    if not sent.isprintable() or (name == "api_key" and not sent.isascii()):
        raise ConfigError(
            f"{PREFIX}{name.upper()}, or {name} in the file with credentials, holds characters "
            "that cannot be sent"
        )
    return sent


def lasting(variables: Mapping[str, str]) -> dict[str, str]:
    """Those variables with which another process speaks to a cluster as this one does.

    They are no secrets; paths are absolute. Raises ConfigError where there are secrets too.
    """

    def given(*names: str) -> dict[str, str]:
        known = {PREFIX + name: variables.get(PREFIX + name) for name in names}
        return {name: text for name, text in known.items() if text}

    if secrets := given("USER", "PASSWORD", "API_KEY"):
        raise ConfigError(
            f"{', '.join(secrets)} is set here, but will not be when the system runs souwen, and "
            "must not stand where others can read it: write user and password, or api_key, into a "
            f"file of your own (`chmod 600`) that {FILE} names, and unset it"
        )
    files = given("CREDENTIALS", "AUTHORITY", "CERTIFICATE", "KEY")
    absolute = {name: str(Path(file).absolute()) for name, file in files.items()}
    return absolute | given("PATIENCE")


def _file(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; {FILE} names it") from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{path}: others can read it ({stat.filemode(mode)}), but it holds secrets: "
            f"`chmod 600 {path}`"
        )
    try:
        found = tomllib.loads(content.decode("utf-8"))
    except ValueError:
        raise ConfigError(f'{path}: it is no TOML; a line is as in user = "me"') from None
    for name, value in found.items():
        if name not in NAMES or not isinstance(value, str):
            raise ConfigError(f"{path}: {name} must be text, and one of {', '.join(NAMES)}")
    return found
