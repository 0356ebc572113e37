"""What searching needs beside the index, which each database keeps in its own way."""

from sqlmodel import Field

from catalogue_api.domain.folding import LONGEST_WORD
from catalogue_api.storage.tables.table import Table


class TitleToIndex(Table, table=True):
    """A title whose entry in the index is not yet what its record says; triggers write it.

    It is empty outside a transaction that changes titles or copies. On PostgreSQL a title may be
    noted several times: one row for all would make those wait who change the same title.
    """

    __tablename__ = "titles_to_index"

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(index=True)


class Word(Table, table=True):
    """A word that some title was found by once, and how a title writes it."""

    __tablename__ = "vocabulary"

    word: str = Field(primary_key=True, max_length=LONGEST_WORD)
    shown: str = Field(max_length=LONGEST_WORD)


class Spelling(Table, table=True):
    """A form by which a word of the vocabulary is near to a misspelt one."""

    __tablename__ = "spellings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    form: str = Field(primary_key=True, max_length=LONGEST_WORD)
    word: str = Field(primary_key=True, max_length=LONGEST_WORD)
