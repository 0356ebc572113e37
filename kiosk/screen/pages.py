"""A screen as HTML: the whole page once, then its `<main>` each time something changes."""

from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kiosk.screen.picture import Screen
from kiosk.screen.place import Place
from kiosk.screen.texts import Speak
from kiosk.screen.view import out_of_service
from kiosk.session.states import Language

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = HERE / "templates"


class Pages:
    """The templates, all read and compiled at the start: rendering touches no disk."""

    def __init__(self, place: Place, speak: Speak) -> None:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        loaded = {name: environment.get_template(name) for name in environment.list_templates()}
        self._page, self._main = loaded["page.html"], loaded["main.html"]
        self.version = _version()
        self._fixed = {
            "version": self.version,
            "library": place.library,
            "away": [out_of_service(place, speak, language) for language in Language],
            "names": {language: speak(language, "language") for language in Language},
            "labels": {language: speak(language, "languages.label") for language in Language},
            "titles": {language: speak(language, "page.title") for language in Language},
        }

    def page(self, screen: Screen) -> str:
        """Return the whole page."""
        return self._page.render(self._fixed, screen=screen)

    def main(self, screen: Screen) -> str:
        """Return the `<main>` element alone."""
        return self._main.render(screen=screen)


def _version() -> str:
    """A name for what this page is made of: an open page of another version loads itself anew."""
    made_of = sorted(path for path in (*STATIC.iterdir(), *TEMPLATES.iterdir()) if path.is_file())
    return sha256(b"".join(path.read_bytes() for path in made_of)).hexdigest()[:12]
