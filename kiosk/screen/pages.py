"""A screen as HTML: the whole page once, then its `<main>` each time something changes."""

from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kiosk.screen.picture import Screen
from kiosk.screen.place import Place
from kiosk.screen.texts import RIGHT_TO_LEFT, Speak
from kiosk.screen.view import out_of_service
from kiosk.session.states import Aid, Language

HERE = Path(__file__).parent
STATIC = HERE / "static"
TEMPLATES = HERE / "templates"

AID_KEYS = {Aid.CONTRAST: "/", Aid.LARGE: "*", Aid.SPEECH: "-"}
"""The keys of a number pad that switch an aid; digits press what else is on offer."""


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
        environment.globals["tongue"] = tongue
        environment.globals["speak"] = speak
        loaded = {name: environment.get_template(name) for name in environment.list_templates()}
        self._page, self._main = loaded["page.html"], loaded["main.html"]
        self._controls = loaded["controls.html"]
        self.version = _version(place)
        self._fixed = {
            "version": self.version,
            "place": place,
            "away": [out_of_service(place, speak, language) for language in place.languages[:2]],
            "aid_keys": AID_KEYS,
        }

    def page(self, screen: Screen) -> str:
        """Return the whole page."""
        return self._page.render(self._fixed, screen=screen)

    def main(self, screen: Screen) -> str:
        """Return the `<main>` element alone."""
        return self._main.render(self._fixed, screen=screen)

    def controls(self, screen: Screen) -> str:
        """Return what is in the `<footer>`: all that can be pressed."""
        return self._controls.render(self._fixed, screen=screen)


def direction(language: Language) -> str:
    """Say which way a language runs, as HTML has it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def tongue(language: Language) -> Markup:
    """Return the attributes of an element whose words are in a language."""
    return Markup('lang="{}" dir="{}"').format(language.value, direction(language))


def _version(place: Place) -> str:
    """A name for what this page is made of: an open page of another version loads itself anew."""
    made_of = sorted(path for path in (*STATIC.iterdir(), *TEMPLATES.iterdir()) if path.is_file())
    content = b"".join(path.read_bytes() for path in made_of) + repr(place).encode()
    return sha256(content).hexdigest()[:12]
