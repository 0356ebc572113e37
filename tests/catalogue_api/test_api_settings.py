from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from catalogue_api.commands.mailing import mailing_of
from catalogue_api.settings import ApiSettings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    path = Path("api.toml")
    path.write_text(text)
    return path


def test_defaults_need_no_file() -> None:
    settings = read_settings(None)
    assert settings.model_dump() == ApiSettings().model_dump()
    assert (settings.database, settings.host, settings.port) == (
        "sqlite:///ritournelle.db", "127.0.0.1", 8700,
    )  # fmt: skip
    assert settings.time_zone == ZoneInfo("Europe/Paris")


def test_the_environment_stands_over_the_credentials_and_these_over_the_file(monkeypatch) -> None:
    file = written('port = 1\nloan_days = 1\nshelf_days = 1\ntime_zone = "Indian/Reunion"')
    credentials = Path("credentials")
    credentials.mkdir()
    (credentials / "ritournelle_api_loan_days").write_text("2\n")
    (credentials / "ritournelle_api_port").write_text("2")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials.absolute()))
    monkeypatch.setenv("RITOURNELLE_API_PORT", "3")
    settings = read_settings(file)
    assert (settings.port, settings.loan_days, settings.shelf_days) == (3, 2, 1)
    assert settings.time_zone == ZoneInfo("Indian/Reunion")
    monkeypatch.setenv("RITOURNELLE_API_SETTINGS", "api.toml")
    assert read_settings(None).model_dump() == settings.model_dump()


def test_the_password_of_the_mail_server_is_a_credential_and_in_no_words(monkeypatch) -> None:
    credentials = Path("credentials")
    credentials.mkdir()
    (credentials / "ritournelle_api_mail_password").write_text("secret\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials.absolute()))
    settings = read_settings(
        written(
            'mail_host = "smtp.example.org"\nportal_address = "https://biblio.example.org/"\n'
            'mail_from = "Médiathèques <biblio@example.org>"'
        )
    )
    assert settings.mail_password.get_secret_value() == "secret"
    assert "secret" not in repr(settings)
    assert settings.portal_address == "https://biblio.example.org"
    mailing = mailing_of(settings)
    assert mailing.server is not None
    assert (mailing.server.password, mailing.house.name) == ("secret", "Médiathèques")
    assert "secret" not in repr(mailing.server)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("portt = 1", ["portt", "api.toml", "no such setting"]),
        ('port = "x"', ["port", "integer"]),
        ("port = 70000", ["port", "65535"]),
        ('time_zone = "Mars/Olympus"', ["time_zone"]),
        ("port =", ["api.toml", "not TOML"]),
        ("loan_days = 0", ["loan_days"]),
        ('mail_host = "m.example.org"', ["mail_from", "portal_address"]),
        ('mail_from = "nobody"', ["mail_from", "address of e-mail"]),
        ('mail_from = "A\\nBcc: b@c.org <a@b.org>"', ["mail_from"]),
        ('portal_address = "biblio"', ["portal_address", "https"]),
        ('mail_security = "perhaps"', ["mail_security"]),
        ('mail_user = "u"\nmail_security = "none"\nmail_host = "m.example.org"', ["overheard"]),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_key(text, words) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_settings(written(text))
    assert "\n" not in str(refusal.value)
    for word in words:
        assert word in str(refusal.value)


def test_a_missing_file_and_an_unknown_variable_are_named(monkeypatch) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: there is no such settings file"):
        read_settings(Path("none.toml"))
    monkeypatch.setenv("RITOURNELLE_API_POORT", "3")
    with pytest.raises(SettingsError, match="RITOURNELLE_API_POORT"):
        read_settings(None)
