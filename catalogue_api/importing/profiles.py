"""Where a library system puts what it knows of a copy: named profiles of item fields.

Systems agree on the number of a field and on little else. The built-in profiles are Koha's dialect
of 995; the French *recommandation 995* (ABF, ADBDP, FULBI: data of copies that travel with loaned
records); Koha's 952 and the 852 of MARC 21 holdings; SirsiDynix's 949. A library writes its own
in the settings.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalogue_api.domain.collection import RecordFormat, TitleKind
from catalogue_api.settings import ProfileSettings, SettingsError

AUTO = "auto"
"""For each record the first usual profile of its format whose barcodes it holds."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Subfield codes of one dialect; of several codes the first that says something counts.

    Codes of `shelf_mark` are joined instead. The status ones say no with `0` or nothing; if there
    are `not_for_loan_codes`, only those say yes. `kinds` says of a `category` what kind of title
    it makes, `sites` how a site is called here. `comic_mark` finds comics by their shelf mark,
    where records have no form for them.
    """

    field: str
    barcode: str
    home: str
    current: str = ""
    shelf_mark: str = ""
    note: str = ""
    category: str = ""
    parts: str = ""
    withdrawn: str = ""
    lost: str = ""
    not_for_loan: str = ""
    missing_codes: frozenset[str] = frozenset()
    not_for_loan_codes: frozenset[str] = frozenset()
    sites: Mapping[str, str] = dataclasses.field(default_factory=dict)
    kinds: Mapping[str, TitleKind] = dataclasses.field(default_factory=dict)
    comic_mark: re.Pattern[str] = re.compile(r"(?<!\w)(?:BD|MANGAS?|COMICS?)(?!\w)", re.IGNORECASE)


KOHA = Profile(
    field="995",
    barcode="f",
    home="bc",
    current="c",
    shelf_mark="k",
    note="u",
    category="r",
    parts="l",
    withdrawn="0",
    lost="2",
    not_for_loan="o",
    missing_codes=frozenset({"4"}),  # of Koha's default list LOST: 4 is "missing"
)
RECOMMANDATION_995 = Profile(
    field="995",
    barcode="f",
    home="dcba",  # $c $d the owner, $a $b where the copy comes from: a code before words
    shelf_mark="k",
    note="u",
    category="r",
)
KOHA_MARC21 = Profile(
    field="952",
    barcode="p",
    home="ab",
    current="b",
    shelf_mark="o",
    note="z",
    category="y",
    parts="3",
    withdrawn="0",
    lost="1",
    not_for_loan="7",
    missing_codes=frozenset({"4"}),
)
MARC21_852 = Profile(field="852", barcode="p", home="ba", shelf_mark="hi", note="z")
SIRSI = Profile(field="949", barcode="i", home="m", shelf_mark="a", category="t", note="o")
BUILT_IN: Mapping[str, Profile] = {
    "koha": KOHA,
    "recommandation-995": RECOMMANDATION_995,
    "koha-marc21": KOHA_MARC21,
    "marc21-852": MARC21_852,
    "sirsi": SIRSI,
}
USUAL: Mapping[RecordFormat, tuple[Profile, ...]] = {
    RecordFormat.UNIMARC: (KOHA,),
    RecordFormat.MARC21: (KOHA_MARC21, MARC21_852),
}


def profiles_of(name: str, own: Mapping[str, ProfileSettings]) -> tuple[Profile, ...]:
    """Return the profile of that name, one's own before those built in; none for `auto`.

    Raise `SettingsError` for a name that nobody knows, and for a profile that lacks something.
    """
    if name == AUTO:
        return ()
    if name in own:
        return (_built(name, own[name]),)
    if name in BUILT_IN:
        return (BUILT_IN[name],)
    known = ", ".join(sorted({AUTO, *BUILT_IN, *own}))
    raise SettingsError(f"profile: there is no {name!r}; known are {known}")


def _built(name: str, said: ProfileSettings) -> Profile:
    given = said.model_dump(exclude_unset=True, exclude={"like", "comic_mark"})
    for codes in ("missing_codes", "not_for_loan_codes"):
        if codes in given:
            given[codes] = frozenset(given[codes])
    if said.kinds:
        given["kinds"] = {code: _kind(name, code, kind) for code, kind in said.kinds.items()}
    if said.comic_mark is not None:
        given["comic_mark"] = re.compile(said.comic_mark, re.IGNORECASE)
    if said.like is not None:
        if said.like not in BUILT_IN:
            raise SettingsError(f"profiles.{name}.like: there is no built-in {said.like!r}")
        return replace(BUILT_IN[said.like], **given)
    for key in ("field", "barcode", "home"):
        if key not in given:
            raise SettingsError(f"profiles.{name}.{key}: is missing (or say `like`)")
    return Profile(**given)


def _kind(profile: str, code: str, kind: str) -> TitleKind:
    try:
        return TitleKind(kind)
    except ValueError as error:
        known = ", ".join(TitleKind)
        raise SettingsError(
            f"profiles.{profile}.kinds.{code}: there is no kind {kind!r}; known are {known}"
        ) from error
