"""Every setting with its meaning, unit and default, read from the environment once; nothing else reads it."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from trubka.errors import CannotStart

PREFIX = "TRUBKA_"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`TRUBKA_` and the field's name in capitals is the variable; `docs/settings.md` explains each."""

    database_url: str = ""  # none: the embedded PostgreSQL in data_dir
    data_dir: Path = Path(".data")
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""  # how people reach the server; none: as the request says
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    tls_cert: str = ""
    tls_key: str = ""
    desk_host: str = ""
    rate_limit: int = 0  # requests a second for each token, 0 = off
    private_networks: tuple[str, ...] = ()  # private addresses that may be sent to
    recordings: str = ""  # a folder, or s3://bucket/prefix; none: data_dir/recordings
    recordings_endpoint: str = ""  # of S3, where it is not Amazon's
    recordings_region: str = "us-east-1"
    recordings_key: str = ""
    recordings_secret: str = ""
    recording_bytes: int = 500_000_000  # the largest that is fetched
    recording_seconds: int = 300  # how long fetching one may take
    body_bytes: int = 10_000_000
    body_seconds: int = 30
    query_parameters: int = 5_000
    session_days: int = 30
    notice_seconds: int = 60  # how long a call that others announce stands on a screen
    log_level: str = "info"

    @property
    def recordings_place(self) -> str:
        return self.recordings or str(self.data_dir / "recordings")


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process: the environment, over the file that `TRUBKA_SETTINGS` names."""
    found = dict(os.environ if environment is None else environment)
    if path := found.get(PREFIX + "SETTINGS"):
        found = lines_of(Path(path)) | found
    known = {field.name: field for field in msgspec.structs.fields(Settings)}
    given: dict[str, object] = {}
    for name, field in known.items():
        text = found.get(PREFIX + name.upper())
        if text is None or not text.strip():
            continue
        listed = isinstance(field.default, tuple)
        given[name] = [part.strip() for part in text.split(",") if part.strip()] if listed else text.strip()
    try:
        return msgspec.convert(given, Settings, strict=False, dec_hook=made)
    except msgspec.ValidationError as error:
        raise CannotStart(f"A setting is wrong ({PREFIX}… in capitals): {error}") from None


def spoken() -> str:
    """The machine's own language, where it is one of ours."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ru" if told.startswith("ru") else "en"


def for_child(database_url: str) -> dict[str, str]:
    """The environment of a program that we start: ours, with the database that we opened; quiet unless told else."""
    return {PREFIX + "LOG_LEVEL": "warning"} | os.environ | {PREFIX + "DATABASE_URL": database_url}


def made(kind: type, text: object) -> object:
    return Path(str(text)).expanduser() if kind is Path else text


def lines_of(path: Path) -> dict[str, str]:
    """NAME=value lines; empty lines and those that begin with # are skipped."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise CannotStart(f"The settings file {path} cannot be read: {error.strerror}.") from None
    pairs = [line.partition("=") for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}
