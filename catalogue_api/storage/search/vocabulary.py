"""Looking up the words that a misspelt one may have been meant for."""

from sqlalchemy import Connection, select
from sqlmodel import col

from catalogue_api.domain.spelling import forms
from catalogue_api.storage.among import among
from catalogue_api.storage.tables import Spelling, Word

_NEAR = (
    select(col(Word.word), col(Word.shown))
    .where(col(Word.word).in_(select(col(Spelling.word)).where(among(col(Spelling.form), "forms"))))
    .order_by(col(Word.word))
)


def near(connection: Connection, word: str) -> dict[str, str]:
    """Return the words that have a form in common with this one, and how titles write them."""
    found = connection.execute(_NEAR, {"forms": forms(word)})
    return dict(found.all())
