"""The settings of one kiosk: a TOML file, over it secrets from systemd and the environment."""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from kiosk.device_settings import (
    DEFAULT_BINS,
    DEFAULT_TABLE,
    BinSettings,
    Part,
    ReceiptSettings,
    ReturnSettings,
    SorterSettings,
    SortingLine,
    StaffSettings,
    check_bins,
    check_table,
    check_wiring,
)
from kiosk.screen.place import Reach
from kiosk.screen.texts import is_draft
from kiosk.securing import Alarm
from kiosk.session.states import Language, Shape


class SettingsError(Exception):
    """A setting is missing or wrong: the message is one line that names the key."""


class CatalogueSettings(Part):
    """Where the catalogue is, and how long a whole question may take, in seconds."""

    url: str = Field(pattern=r"^https?://")
    timeout: float = Field(default=10.0, gt=0)


class Words(Part):
    """Words of the site itself; in a language that has none the French are shown."""

    fr: str = ""
    en: str = ""
    es: str = ""
    pt: str = ""
    ar: str = ""


class ScreenSettings(Part):
    """Where the patron screen is served, and what the site wants it to say."""

    host: str = "127.0.0.1"
    port: int = Field(default=8701, ge=0, le=65535)
    library: str = "Bibliothèque"
    staffed: bool = True
    show_titles: bool = True
    languages: tuple[Language, ...] = Field(
        default=(Language.FRENCH, Language.ENGLISH), min_length=1
    )
    allow_draft: bool = False
    reach: Reach = Reach.LOW
    keypad: bool = False
    speaks: bool = False
    opening: Words = Words()
    other_place: Words = Words()
    late_sentence: Words = Words()
    message: Words = Words()

    @model_validator(mode="after")
    def _proofread(self) -> Self:
        draft = next(filter(is_draft, self.languages), None)
        if draft is not None and not self.allow_draft:
            raise ValueError(
                f"the texts in {draft.value!r} are a draft that no person has proofread yet; "
                "leave it out of 'languages', or set 'allow_draft' to show it all the same"
            )
        return self

    @model_validator(mode="after")
    def _unstaffed_says_when(self) -> Self:
        if not self.staffed and not self.opening.fr:
            raise ValueError("without staff, 'opening.fr' must say when somebody will be there")
        return self


class TimeSettings(Part):
    """How long things last, in seconds."""

    quiet: float = Field(default=8.0, gt=0)
    summary: float = Field(default=10.0, gt=0)
    answer: float = Field(default=2.0, gt=0)
    parts: float = Field(default=20.0, gt=0)
    question: float = Field(default=20.0, gt=0)
    menu: float = Field(default=60.0, gt=0)
    warning: float = Field(default=20.0, ge=20)


class HealthSettings(Part):
    """Who hears how the kiosk is.

    `heartbeat`: seconds between two reports to the catalogue. `/healthz` and `/metrics` are at the
    screen's address; with a `port`, at an address of their own too.
    """

    heartbeat: float = Field(default=60.0, ge=5)
    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)


class KioskSettings(BaseSettings):
    """All settings of a kiosk. `token` may stand in a credential file `ritournelle_kiosk_token`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="ritournelle_kiosk_", env_nested_delimiter="__"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What stands first wins: the environment, systemd's credentials, the TOML file."""
        del dotenv_settings, file_secret_settings
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        return env_settings, SecretsSettingsSource(settings_cls, folder), init_settings

    name: str = Field(min_length=1)
    token: SecretStr
    reader: str = Field(min_length=1)
    owners: tuple[str, ...] = Field(min_length=1)
    security: Alarm = Alarm.AFI
    journal: Path = Path("/var/lib/ritournelle/journal.db")
    time_zone: str = "Europe/Paris"
    log: Literal["debug", "info", "warning", "error"] = "info"
    catalogue: CatalogueSettings
    screen: ScreenSettings = ScreenSettings()
    health: HealthSettings = HealthSettings()
    times: TimeSettings = TimeSettings()
    bins: tuple[BinSettings, ...] = DEFAULT_BINS
    sorting: tuple[SortingLine, ...] = Field(default=DEFAULT_TABLE, validate_default=True)
    returns: ReturnSettings = Field(default=ReturnSettings(), validate_default=True)
    receipt: ReceiptSettings = ReceiptSettings()
    staff: StaffSettings = StaffSettings()
    sorter: SorterSettings | None = Field(default=None, validate_default=True)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {name!r}") from error
        return name

    @field_validator("bins")
    @classmethod
    def _different_bins(cls, bins: tuple[BinSettings, ...]) -> tuple[BinSettings, ...]:
        check_bins(bins)
        return bins

    @field_validator("sorting")
    @classmethod
    def _known_bins(
        cls, table: tuple[SortingLine, ...], info: ValidationInfo
    ) -> tuple[SortingLine, ...]:
        if "bins" in info.data:
            check_table(table, info.data["bins"])
        return table

    @field_validator("returns")
    @classmethod
    def _known_overflow(cls, returns: ReturnSettings, info: ValidationInfo) -> ReturnSettings:
        known = [one.name for one in info.data.get("bins", ())]
        if returns.overflow and known and returns.overflow not in known:
            raise ValueError(f"'overflow': there is no bin {returns.overflow!r}")
        return returns

    @field_validator("sorter")
    @classmethod
    def _sound_wiring(
        cls, sorter: SorterSettings | None, info: ValidationInfo
    ) -> SorterSettings | None:
        returns, bins = info.data.get("returns"), info.data.get("bins")
        if returns is None or bins is None:
            return sorter
        if sorter is not None:
            check_wiring(sorter, bins, returns.shape)
        elif returns.shape is Shape.SLOT:
            raise ValueError("a slot needs its flap and belt: say where they are")
        return sorter


def read_settings(path: Path) -> KioskSettings:
    """Read the TOML file at `path`; what is wrong with it is a `SettingsError`."""
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; name the file with --settings") from error
    except ValueError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    try:
        return KioskSettings(**values)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first_error(error)}") from error


def _first_error(error: ValidationError) -> str:
    # A misspelt key shows twice, as one too many and one too few: the former says more.
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"])
    match first["type"]:
        case "missing":
            return f"the key '{key}' is missing"
        case "extra_forbidden":
            return f"there is no key '{key}'; look for a slip of the pen"
        case _:
            return f"the key '{key}' is wrong: {first['msg']}"
