"""What can be wrong with the database, by what the caller does next."""


class StorageError(Exception):
    """The base: something about the database."""


class StorageUnavailable(StorageError):
    """Nothing was stored; it may work later (locked, disk full, no connection)."""


class SchemaBehind(StorageError):
    """The database is older or newer than this program: an operator has to migrate."""


class StorageDamaged(StorageError):
    """The database or the installation is inconsistent: an operator has to look."""


class StorageConflict(StorageError):
    """A constraint of the database refused the change; nothing of this unit was stored."""
