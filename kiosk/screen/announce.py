"""What a screen reader or a voice says when the screen changes: headlines and actions."""

from kiosk.screen.picture import Row, Screen, Tone


def announce(before: Screen | None, after: Screen) -> str:
    """Return the words for what is new on the screen; never a title, never a note.

    While items come in, each is announced when it is settled; other changes announce the whole,
    and so does a voice that has just been switched on.
    """
    if before is None or _whole(before) != _whole(after):
        return " ".join([after.headline, after.action, *map(_words, _settled_since(before, after))])
    if before.aids != after.aids:
        return f"{after.headline} {after.action}"
    return " ".join(map(_words, _settled_since(before, after)))


def _whole(screen: Screen) -> tuple[object, ...]:
    return screen.state, screen.language, screen.buttons


def _settled_since(before: Screen | None, after: Screen) -> list[Row]:
    known = {(row.number, row.key) for row in before.rows} if before else set()
    return [
        row
        for row in after.rows
        if row.tone is not Tone.BUSY and (row.number, row.key) not in known
    ]


def _words(row: Row) -> str:
    return f"{row.headline} {row.action}"
