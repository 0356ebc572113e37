"""The settings of `ritournelle-api`, read once: a TOML file, then the environment over it.

In the environment each key is `RITOURNELLE_API_<KEY>`; a secret may also be a file of that name
(in lower case) among the systemd credentials. A key that nobody knows is an error.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "RITOURNELLE_API_"
FILE_VARIABLE = PREFIX + "SETTINGS"


class SettingsError(Exception):
    """The settings cannot be used; the message is one line that names the key."""


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


def _named_mailbox(text: str) -> str:
    address = parseaddr(text)[1]
    if text and not (text.isprintable() and _MAILBOX.fullmatch(address)):
        raise ValueError("write an address of e-mail, or `Name <address>`")
    return text


def _web_address(text: str) -> str:
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", text.rstrip("/")):
        raise ValueError("write the beginning of an address: https://biblio.example.org")
    return text.rstrip("/")


_Codes = Annotated[str, Field(pattern="^[0-9a-zA-Z]*$", max_length=8)]
_Code = Annotated[str, Field(pattern="^[0-9a-zA-Z]?$")]


class ProfileSettings(BaseModel):
    """A library's own way of describing copies; see `importing.profiles` for what each key is.

    `like` names a built-in profile that gives what is not said here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    like: str | None = None
    field: str = Field(default="", pattern="^[0-9A-Za-z]{3}$")
    barcode: _Codes = ""
    home: _Codes = ""
    current: _Codes = ""
    shelf_mark: _Codes = ""
    note: _Codes = ""
    category: _Codes = ""
    parts: _Codes = ""
    withdrawn: _Code = ""
    lost: _Code = ""
    not_for_loan: _Code = ""
    missing_codes: tuple[str, ...] = ()
    not_for_loan_codes: tuple[str, ...] = ()
    sites: Mapping[str, str] = {}
    kinds: Mapping[str, str] = {}
    comic_mark: Annotated[str, AfterValidator(_compiles)] | None = None


class ApiSettings(BaseSettings):
    """What an operator may set.

    `database`: `sqlite:///FILE`, relative to the working directory. `https`: browsers reach the
    pages over HTTPS (through a proxy), so cookies travel over nothing else. `proxies`: addresses
    of proxies that are believed from whom a request came (`X-Forwarded-For`). `profile` and
    `profiles`: how copies are described in records (`importing.profiles`). `match_isbn`: a record
    of another catalogue joins the title that has its ISBN. `log_requests`: a log line for every
    request, also for those that went well. `desk_lock_minutes`: a desk that nobody used for so
    long asks for the password again. `library`: what the libraries call themselves at the portal.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database: str = "sqlite:///ritournelle.db"
    host: str = "127.0.0.1"
    port: int = Field(default=8700, ge=0, le=65535)
    https: bool = False
    proxies: frozenset[IPv4Address | IPv6Address] = frozenset()
    time_zone: ZoneInfo = ZoneInfo("Europe/Paris")
    loan_days: int = Field(default=28, ge=1, le=366)
    shelf_days: int = Field(default=10, ge=1, le=366)
    profile: str = "auto"
    profiles: Mapping[str, ProfileSettings] = {}
    match_isbn: bool = True
    log_requests: bool = False
    desk_lock_minutes: int = Field(default=15, ge=1, le=60)
    library: str = Field(default="", max_length=60)
    portal_address: Annotated[str, AfterValidator(_web_address)] = ""
    mail_host: str = ""
    mail_port: int = Field(default=0, ge=0, le=65535)
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_from: Annotated[str, AfterValidator(_named_mailbox)] = ""
    mail_reply_to: Annotated[str, AfterValidator(_named_mailbox)] = ""
    mail_returns_to: Annotated[str, AfterValidator(_named_mailbox)] = ""
    mail_authority: Path | None = None

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        """Refuse half of what sending mail needs, and a password sent in the clear."""
        if self.mail_security == "none" and self.mail_user and self.mail_host not in _OWN_MACHINE:
            raise ValueError("mail_user wants mail_security, or its password could be overheard")
        if self.mail_host and not (self.mail_from and self.portal_address):
            raise ValueError("mail_host wants mail_from and portal_address too")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: what stands first wins."""
        del init_settings, dotenv_settings
        toml = TomlConfigSettingsSource(settings_cls)
        return (env_settings, file_secret_settings, toml)


def read_settings(file: Path | None, environ: Mapping[str, str] = os.environ) -> ApiSettings:
    """Read the settings from `file` (or the one that the environment names) and the environment."""
    named = environ.get(FILE_VARIABLE)
    path = file or (Path(named) if named else None)
    if path is not None and not path.is_file():
        raise SettingsError(f"{path}: there is no such settings file")
    _refuse_unknown_variables(environ)
    credentials = environ.get("CREDENTIALS_DIRECTORY")

    class FromFile(ApiSettings):
        model_config = SettingsConfigDict(
            toml_file=path,
            secrets_dir=credentials if credentials and Path(credentials).is_dir() else None,
        )

    try:
        return FromFile()
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise SettingsError(_in_one_line(error, path)) from error


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in ApiSettings.model_fields} | {FILE_VARIABLE}
    for name in environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingsError(f"{name}: there is no such setting")


def _in_one_line(error: ValidationError, path: Path | None) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    reason = (
        "there is no such setting"
        if first["type"] == "extra_forbidden"
        else first["msg"].splitlines()[0]
    )
    if not key:  # about several keys together: the words name them
        return f"{path or 'the environment'}: {reason}"
    return f"{key} (in {path or 'the environment'}, or {PREFIX}{key.upper()}): {reason}"
