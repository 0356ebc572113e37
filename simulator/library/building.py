"""Building the demo library: all its files in one directory, the same for the same seed and day."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from simulator.library.circulation import (
    TEACHER_LOANS,
    Hold,
    Loan,
    load_patrons,
    make_holds,
    make_loans,
)
from simulator.library.numbers import OWNER
from simulator.library.stock import SITES, Copy, make_copies
from simulator.library.tables import (
    write_holds_csv,
    write_loans_csv,
    write_readers_csv,
    write_sites_csv,
)
from simulator.library.tag_file import OURS, Strange, make_tags, write_tags_toml
from simulator.library.unimarc import CONTENTS, write_unimarc
from simulator.library.works import load_works

_ASTRAY = 12
"""How many copies on the shelf stand at a site that is not their home."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was built, for a scripted demo. Barcodes are those of copies with sound tags.

    `imports` are the files in the order in which they have to be imported. `on_loan` holds all
    sound copies on loan, `late` and `teacher` (all hers) are some of them. `wanted` says for a copy
    on loan, whose title somebody waits for, where the first in the queue wants to fetch it. `home`
    has every copy's site. Of those `in_parts` a kiosk asks whether all of it is there. `strange`
    names the odd tags; those of `OURS` are copies on loan, whose barcodes are `strange_items`. A
    tag's name is its barcode, or the value of `Strange`.
    """

    imports: tuple[Path, ...]
    tags: Path
    owner: str
    sites: tuple[str, ...]
    on_loan: tuple[str, ...]
    late: tuple[str, ...]
    teacher: tuple[str, ...]
    teacher_card: str
    wanted: Mapping[str, str]
    on_shelf: tuple[str, ...]
    home: Mapping[str, str]
    in_parts: frozenset[str]
    uids: Mapping[str, str]
    strange: tuple[Strange, ...]
    strange_items: Mapping[Strange, str]


def build(directory: Path, today: date, seed: int = 0) -> Summary:
    """Write the library as it is on the morning of `today` into `directory` (made if missing)."""
    rng = random.Random(seed)  # noqa: S311 - it deals out demo data, no secrets
    copies = make_copies(load_works(), rng)
    patrons = load_patrons()
    loans = make_loans(copies, patrons, today, rng)
    holds = make_holds(loans, copies, patrons, today, rng)
    open_loans = [loan for loan in loans if loan.ended_at is None]
    strange = _strange_items(open_loans, holds)
    lent = frozenset(loan.copy.barcode for loan in open_loans)

    directory.mkdir(parents=True, exist_ok=True)
    imports = [directory / name for name in _IMPORTS]
    write_sites_csv(imports[0])
    write_unimarc(imports[1], copies, _astray(copies, lent, rng))
    write_readers_csv(imports[2], patrons)
    write_loans_csv(imports[3], loans)
    write_holds_csv(imports[4], holds)
    write_tags_toml(directory / "tags.toml", make_tags(copies, lent, strange, patrons[-1]))
    return _summary(directory, copies, open_loans, holds, strange, today)


_IMPORTS = ("sites.csv", "catalogue.mrc", "readers.csv", "loans.csv", "reservations.csv")


def _strange_items(open_loans: Sequence[Loan], holds: Sequence[Hold]) -> dict[Strange, str]:
    """Choose copies on loan that nobody waits for, none of the teacher's, for the odd tags."""
    waited_for = {hold.copy.work for hold in holds}
    free = [loan.copy for loan in open_loans[TEACHER_LOANS:] if loan.copy.work not in waited_for]
    return {kind: copy.barcode for kind, copy in zip(OURS, free, strict=False)}


def _astray(copies: Sequence[Copy], lent: frozenset[str], rng: random.Random) -> dict[str, str]:
    shelved = [copy for copy in copies if copy.barcode not in lent]
    return {
        copy.barcode: rng.choice([site for site in SITES if site != copy.home])
        for copy in rng.sample(shelved, _ASTRAY)
    }


def _summary(
    directory: Path,
    copies: Sequence[Copy],
    open_loans: Sequence[Loan],
    holds: Sequence[Hold],
    strange: Mapping[Strange, str],
    today: date,
) -> Summary:
    odd = frozenset(strange.values())
    sound = [loan for loan in open_loans if loan.copy.barcode not in odd]
    lent = {loan.copy.barcode for loan in open_loans}
    pickups = {
        hold.copy.work: hold.pickup
        for hold in sorted(holds, key=lambda hold: hold.placed_at, reverse=True)
    }
    return Summary(
        imports=tuple(directory / name for name in _IMPORTS),
        tags=directory / "tags.toml",
        owner=OWNER,
        sites=tuple(SITES),
        on_loan=tuple(loan.copy.barcode for loan in sound),
        late=tuple(loan.copy.barcode for loan in sound if loan.due_on < today),
        teacher=tuple(loan.copy.barcode for loan in open_loans[:TEACHER_LOANS]),
        teacher_card=open_loans[0].patron.card,
        wanted={
            loan.copy.barcode: pickups[loan.copy.work]
            for loan in sound
            if loan.copy.work in pickups
        },
        on_shelf=tuple(copy.barcode for copy in copies if copy.barcode not in lent),
        home={copy.barcode: copy.home for copy in copies},
        in_parts=frozenset(copy.barcode for copy in copies if copy.work.kind in CONTENTS),
        uids={copy.barcode: copy.uid for copy in copies},
        strange=tuple(Strange),
        strange_items=dict(strange),
    )
