from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from catalogue_api.web.templating import Compiled


def test_a_template_is_compiled_once_until_it_changes(tmp_path: Path, monkeypatch) -> None:
    page, cache = tmp_path / "page.html", Compiled()

    def shown() -> str:
        environment = Environment(
            loader=FileSystemLoader(tmp_path), autoescape=True, bytecode_cache=cache
        )
        return environment.get_template("page.html").render()

    page.write_text("one")
    assert shown() == "one"
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "_compile", None)  # to compile would fail now
        assert shown() == "one"
    page.write_text("two")
    assert shown() == "two"
