"""A title in the vocabulary of schema.org, for search engines. Pure."""

from collections.abc import Mapping

from catalogue_api.contract.search import TitleShown
from catalogue_api.domain.collection import TitleKind

_TYPES = {
    TitleKind.BOOK: "Book",
    TitleKind.COMIC: "ComicStory",
    TitleKind.PERIODICAL: "Periodical",
    TitleKind.AUDIOBOOK: "Audiobook",
    TitleKind.MUSIC: "MusicAlbum",
    TitleKind.SCORE: "SheetMusic",
    TitleKind.FILM: "Movie",
    TitleKind.VIDEO_GAME: "VideoGame",
    TitleKind.BOARD_GAME: "Game",
    TitleKind.SOFTWARE: "SoftwareApplication",
    TitleKind.MAP: "Map",
}
_CREATORS = {TitleKind.MUSIC: "byArtist", TitleKind.FILM: "director"}
_LIBRARY = "https://schema.org/LendOnly"
_IN = "https://schema.org/InStock"
_OUT = "https://schema.org/OutOfStock"


def structured(shown: TitleShown, address: str) -> Mapping[str, object]:
    """Return a title as JSON-LD; what is not known is left out. `address` is its own, whole."""
    people = [{"@type": "Person", "name": shown.author}] if shown.author else []
    said: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(shown.kind, "CreativeWork"),
        "@id": address,
        "url": address,
        "name": f"{shown.title}, {shown.volume}" if shown.volume else shown.title,
        "alternateName": list(shown.other_titles),
        _CREATORS.get(shown.kind, "author"): people,
        "contributor": [{"@type": "Person", "name": one} for one in shown.contributors],
        "publisher": {"@type": "Organization", "name": shown.publisher} if shown.publisher else "",
        "datePublished": str(shown.year) if shown.year else "",
        "inLanguage": shown.language,
        "isbn": shown.isbn if shown.kind in {TitleKind.BOOK, TitleKind.COMIC} else "",
        "description": shown.summary,
        "about": list(shown.subjects),
        "gamePlatform": shown.platform,
        "offers": [
            {
                "@type": "Offer",
                "availability": _IN if at.available else _OUT,
                "businessFunction": _LIBRARY,
                "offeredBy": {"@type": "Library", "name": at.site_name},
            }
            for at in shown.availability.sites
        ],
    }
    return {name: value for name, value in said.items() if value}
