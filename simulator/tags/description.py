"""Tags described in TOML: `[[tag]]` tables in, simulated tags out, and back.

[[tag]]
chip = "slix"                 # sli, slix, slix2, slix-s, slix-l
encoding = "iso28560-3"       # iso28560-3, iso28560-2, rfid501
item = "30001000000017"       # a library tag ...
owner = "FR-591220001"
part = 1
parts = 1
usage = "circulating"
afi = "C2"                    # C2: on loan, 07: in the library
laid = false

[[tag]]
memory = "1101013131"         # ... or any bytes, in hex
dsfid = "3E"
afi_locked = true
"""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from drivers.interface import Uid
from drivers.iso15693 import AFI_ON_LOAN
from drivers.tags import isil
from drivers.tags.content import Encoding, Usage
from drivers.tags.writing import DSFIDS, encode
from simulator.tags.chip import MODELS, SimTag


class BadTags(ValueError):
    """A description that cannot be made a tag; the text names the tag and the key."""


def _hex(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("write it as hex digits in quotes")  # noqa: TRY004
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise ValueError("these are not pairs of hex digits") from None


def _hex_byte(value: object) -> object:
    data = _hex(value)
    if not isinstance(data, bytes) or len(data) != 1:
        raise ValueError('write it as two hex digits in quotes, such as "C2"')
    return data[0]


def _uid(value: object) -> object:
    data = _hex(value)
    if not isinstance(data, bytes) or len(data) != 8 or data[0] != 0xE0:
        raise ValueError("a UID has 16 hex digits and begins with E0")
    return data.hex().upper()


def _model(value: object) -> object:
    if value not in MODELS:
        raise ValueError(f"this chip is not known; known: {', '.join(MODELS)}")
    return value


def _encoding(value: object) -> object:
    if value not in DSFIDS:
        raise ValueError(f"this encoding is not known; known: {', '.join(DSFIDS)}")
    return value


def _isil(value: object) -> object:
    if isinstance(value, str) and value:
        isil.split(value)
    return value


HexByte = Annotated[int, BeforeValidator(_hex_byte)]


class TagDescription(BaseModel):
    """One `[[tag]]` table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    uid: Annotated[str, BeforeValidator(_uid)] | None = None
    name: str = ""
    chip: Annotated[str, BeforeValidator(_model)] = "slix"
    encoding: Annotated[Encoding, BeforeValidator(_encoding)] = Encoding.ISO28560_3
    item: str | None = None
    owner: Annotated[str, BeforeValidator(_isil)] = ""
    part: int = Field(default=1, ge=1, le=255)
    parts: int = Field(default=1, ge=1, le=255)
    usage: Usage = Usage.CIRCULATING
    memory: Annotated[bytes, BeforeValidator(_hex)] | None = None
    afi: HexByte = AFI_ON_LOAN
    dsfid: HexByte | None = None
    """None: the one that announces the encoding."""
    afi_locked: bool = False
    laid: bool = False

    @model_validator(mode="after")
    def _item_or_memory(self) -> "TagDescription":
        if self.item is not None and self.memory is not None:
            raise ValueError("give either 'item' or 'memory', not both")
        return self


def make_tags(
    descriptions: Sequence[TagDescription], where: str = "tags"
) -> tuple[list[SimTag], list[Uid]]:
    """The tags, and the UIDs of those that lie on the antenna from the start.

    A tag without a UID gets one from what it says, the same in every run. Raise `BadTags`.
    """
    seen: Counter[str] = Counter()
    tags: dict[Uid, SimTag] = {}
    laid: list[Uid] = []
    for number, description in enumerate(descriptions, 1):
        uid = Uid(description.uid or _made_uid(description, seen))
        label = _label(number, description.model_dump())
        if uid in tags:
            raise BadTags(f"{where}: {label}: key 'uid': another tag has the UID {uid}")
        try:
            tags[uid] = _make(description, uid)
        except ValueError as error:
            key = "memory" if description.memory is not None else "item"
            raise BadTags(f"{where}: {label}: key '{key}': {error}") from error
        if description.laid:
            laid.append(uid)
    return list(tags.values()), laid


def load_tags(path: Path) -> tuple[list[SimTag], list[Uid]]:
    """Read a TOML file of `[[tag]]` tables as `make_tags` does. Raise `BadTags`."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadTags(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadTags(f"{path}: is not TOML: {error}") from error
    for key in tables:
        if key != "tag":
            raise BadTags(f"{path}: key '{key}' is not known: tags stand in [[tag]] tables")
    rows = tables.get("tag", [])
    if not isinstance(rows, list):
        raise BadTags(f"{path}: write [[tag]] with two brackets on each side")
    return make_tags([_parse(row, n, str(path)) for n, row in enumerate(rows, 1)], str(path))


def to_toml(descriptions: Iterable[TagDescription]) -> str:
    """The TOML text that `load_tags` reads back to the same descriptions."""
    return "\n".join(_table(description) for description in descriptions)


def _table(description: TagDescription) -> str:
    lines = ["[[tag]]"]
    for key, value in description.model_dump(exclude_defaults=True).items():
        lines.append(f"{key} = {_toml_value(key, value)}")
    return "\n".join(lines) + "\n"


def _toml_value(key: str, value: object) -> str:
    match value:
        case bytes():
            return f'"{value.hex().upper()}"'
        case bool():
            return "true" if value else "false"
        case int() if key in {"afi", "dsfid"}:
            return f'"{value:02X}"'
        case int():
            return str(value)
        case _:
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _parse(row: object, number: int, where: str) -> TagDescription:
    if not isinstance(row, dict):
        raise BadTags(f"{where}: write [[tag]] with two brackets on each side")
    try:
        return TagDescription.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadTags(f"{where}: {_label(number, row)}: {_complaint(first)}") from error


def _complaint(error: ErrorDetails) -> str:
    key = f"key '{error['loc'][0]}': " if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        return f"{key}no such key; known: {', '.join(TagDescription.model_fields)}"
    return key + error["msg"].removeprefix("Value error, ")


def _label(number: int, row: dict[str, object]) -> str:
    name = row.get("name") or row.get("uid") or row.get("item")
    return f"tag {number} ({name})" if name else f"tag {number}"


def _make(description: TagDescription, uid: Uid) -> SimTag:
    model = MODELS[description.chip]
    return SimTag(
        uid=uid,
        model=model,
        memory=bytearray(_content(description, model.size)),
        afi=description.afi,
        dsfid=DSFIDS[description.encoding] if description.dsfid is None else description.dsfid,
        name=description.name or description.item or "",
        afi_locked=description.afi_locked,
    )


def _content(description: TagDescription, size: int) -> bytes:
    if description.item is None:
        return description.memory or b""
    return encode(
        description.encoding,
        description.item,
        size,
        owner=description.owner,
        part=description.part,
        parts=description.parts,
        usage=description.usage,
    )


def _made_uid(description: TagDescription, seen: Counter[str]) -> str:
    said = repr(description.model_dump(exclude={"uid", "afi", "afi_locked", "laid"}))
    seen[said] += 1
    digest = hashlib.sha256(f"{said}#{seen[said]}".encode()).hexdigest().upper()
    return MODELS[description.chip].prefix + digest[:8]
