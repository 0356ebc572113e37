"""What librarians keep for the portal, as far as it is a closed list."""

from enum import StrEnum


class PageName(StrEnum):
    """The pages whose text a library writes itself."""

    ACCESSIBILITY = "accessibility"
    LEGAL = "legal"
    PRIVACY = "privacy"


class FavouriteRefusal(StrEnum):
    """Why a favourite is not added."""

    ALREADY_ONE = "already_one"
