"""Who calls, as far as rights go: the roles, and what each may ask for."""

from enum import StrEnum


class Role(StrEnum):
    """What a caller is. Staff roles are given to people, the others are what a token proves."""

    LIBRARIAN = "librarian"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    ADMINISTRATOR = "administrator"
    PATRON = "patron"
    KIOSK = "kiosk"
    MACHINE = "machine"
    COMPUTER = "computer"
    """The program that guards a library computer, which speaks for that one only."""


STAFF_ROLES = (Role.LIBRARIAN, Role.MANAGER, Role.TECHNICIAN, Role.ADMINISTRATOR)


class Scope(StrEnum):
    """What an endpoint is for; who may call it is said in `ALLOWED` and nowhere else."""

    ANYONE = "anyone"
    """The public catalogue, and signing in."""
    KIOSK = "kiosk"
    """A kiosk's own returns."""
    COMPUTER = "computer"
    """A library computer’s own session."""
    SESSION = "session"
    """One's own session, for everybody who signs in."""
    OWN = "own"
    """A patron's own account."""
    CIRCULATION = "circulation"
    """Lending, returning, reservations and readers, at the desk."""
    COLLECTION = "collection"
    """Titles and items: changing what the library owns."""
    AGENDA = "agenda"
    """Events, who comes to them, and the vouchers that pay for it."""
    RULES = "rules"
    """Loan rules, limits, calendars, sites."""
    MACHINERY = "machinery"
    """The tokens of kiosks."""
    ACCOUNTS = "accounts"
    """Staff accounts, machines' tokens and the audit log."""
    FEED = "feed"
    """What kiosks and other programs copy: the catalogue's changes, without any reader."""
    STAFF = "staff"
    """Whatever any member of staff may see, and the words on the screens of kiosks."""


_DESK = frozenset({Role.LIBRARIAN, Role.MANAGER, Role.ADMINISTRATOR})
ALLOWED: dict[Scope, frozenset[Role]] = {
    Scope.ANYONE: frozenset(Role),
    Scope.KIOSK: frozenset({Role.KIOSK}),
    Scope.COMPUTER: frozenset({Role.COMPUTER}),
    Scope.SESSION: frozenset({*STAFF_ROLES, Role.PATRON}),
    Scope.OWN: frozenset({Role.PATRON}),
    Scope.CIRCULATION: _DESK,
    Scope.COLLECTION: _DESK,
    Scope.AGENDA: _DESK,
    Scope.RULES: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Scope.MACHINERY: frozenset({Role.TECHNICIAN, Role.MANAGER, Role.ADMINISTRATOR}),
    Scope.ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
    Scope.FEED: frozenset({Role.KIOSK, Role.MACHINE}),
    Scope.STAFF: frozenset(STAFF_ROLES),
}
"""Deny by default: a role that is not listed for a scope is refused."""


def may(role: Role | None, scope: Scope) -> bool:
    """Tell whether a caller of this role (None: nobody known) may call such an endpoint."""
    return scope is Scope.ANYONE or (role is not None and role in ALLOWED[scope])
