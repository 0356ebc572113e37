"""The templates of all pages: set up alike for every application, compiled once in a process."""

from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import BytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from catalogue_api.web.assets import name_assets

_TEMPLATES = Path(__file__).parent / "templates"


class Compiled(BytecodeCache):
    """Keeps what templates were compiled to; a template that was changed is compiled anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is kept of a template, unless its source has changed since."""
        kept = self._kept.get(bucket.key)
        if kept is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = Compiled()


def use_templates(app: web.Application, *folders: str) -> None:
    """Let an application render the templates; those in these folders of them hide the others."""
    templates = aiohttp_jinja2.setup(
        app,
        loader=FileSystemLoader([*(_TEMPLATES / folder for folder in folders), _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        bytecode_cache=_COMPILED,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    name_assets(templates)
