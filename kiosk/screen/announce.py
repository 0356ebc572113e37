"""What a screen reader or a voice says when the screen changes: headlines and actions."""

from kiosk.screen.picture import Row, Said, Screen, Tone


def announce(before: Screen | None, after: Screen) -> str:
    """Return the words for what is new on the screen; never a title, never a note.

    While items come in, each is announced when it is settled, and what is asked meanwhile is asked
    again behind that; other changes announce the whole, and so does a voice that has just been
    switched on.
    """
    if before is None or _whole(before) != _whole(after):
        news = [_words(said) for said in _settled_since(before, after)]
        return " ".join([after.headline, after.action, *news, _question(after)]).strip()
    if before.aids != after.aids:
        return f"{after.headline} {after.action} {_question(after)}".strip()
    news = [_words(said) for said in _settled_since(before, after)]
    return " ".join([*news, _question(after)]).strip() if news else ""


def _whole(screen: Screen) -> tuple[object, ...]:
    asked = screen.banners[:1] if screen.buttons else ()
    return screen.state, screen.language, screen.buttons, asked


def _settled_since(before: Screen | None, after: Screen) -> list[Row]:
    known = {(row.number, row.key) for row in before.rows} if before else set()
    return [
        row
        for row in after.rows
        if row.tone is not Tone.BUSY and (row.number, row.key) not in known
    ]


def _question(screen: Screen) -> str:
    """What is asked, and the answers that there are; empty where nothing is."""
    if not screen.buttons:
        return ""
    asked = [_words(screen.banners[0])] if screen.banners else []
    return " ".join([*asked, *(f"{button.label}." for button in screen.buttons)])


def _words(said: Row | Said) -> str:
    return f"{said.headline} {said.action}"
