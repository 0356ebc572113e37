"""What came of a scan, in the words of the desk: what it is, what to do next, and how it sounds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.hold_shelf import CopyScanned, Scan
from catalogue_api.contract.loans import OVERRIDABLE, Lent, LoanRefusal, RenewalResult
from catalogue_api.contract.returns import Note, NoteKind, Outcome, Returned
from catalogue_api.web.texts import Words

_TONES = {
    Outcome.RETURNED: "right",
    Outcome.NOT_ON_LOAN: "right",
    Outcome.HOLD_CAPTURED: "onward",
    Outcome.HOLD_TRANSFER: "onward",
    Outcome.TRANSFER_HOME: "onward",
    Outcome.PARTS_MISSING: "wrong",
    Outcome.NEEDS_STAFF: "wrong",
    Outcome.UNKNOWN_ITEM: "wrong",
    Outcome.OVERTAKEN: "wrong",
}
_SCANS = {Scan.READY: "right", Scan.ALREADY_READY: "right", Scan.OTHER_SITE: "onward",
          Scan.NOT_CAUGHT: "onward"}  # fmt: skip
_CALLS_FOR_RETURN = {LoanRefusal.ON_LOAN, LoanRefusal.ON_LOAN_TO_READER,
                     LoanRefusal.CLAIMED_RETURNED, LoanRefusal.DECLARED_LOST}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page says of a scan.

    `tone`: `right` (done), `onward` (done, with a way to go) or `wrong`. `number` is that of a
    slip. `return_id` may be taken back, and so may `deed`. `offers` are other deeds for the same
    code; `overridable` the refusals that a librarian may set aside.
    """

    tone: str
    head: str
    title: str = ""
    lines: tuple[str, ...] = ()
    number: int | None = None
    code: str = ""
    return_id: str = ""
    deed: int | None = None
    offers: tuple[str, ...] = ()
    overridable: tuple[str, ...] = ()


def of_return(words: Words, returned: Returned, sites: Mapping[str, str], code: str) -> Answer:
    """Say what a return came to, and where the copy goes next."""
    outcome = returned.outcome
    place = {"mark": returned.shelf_mark or "–", "site": sites.get(returned.destination, "")}
    lines = [words.text(f"scan_next.{outcome.value}", **place)]
    lines += [_note(words, note) for note in returned.notes]
    undoable = outcome not in {Outcome.UNKNOWN_ITEM, Outcome.NEEDS_STAFF, Outcome.OVERTAKEN,
                               Outcome.PARTS_MISSING}  # fmt: skip
    return Answer(
        _TONES[outcome],
        words.text(f"scan_head.{outcome.value}"),
        returned.title,
        tuple(lines),
        code=code,
        return_id=str(returned.return_id) if undoable else "",
    )


def of_night(words: Words, answer: Answer, outcome: Outcome, counts_at: datetime) -> Answer:
    """Say as of when a copy out of the book drop counts; one lent since then counts as of now."""
    if outcome is Outcome.OVERTAKEN:
        line = words.text("scan_night.overtaken")
        return replace(answer, lines=(line,), offers=("now",))
    line = words.text("scan_night.counted", at=words.moment(counts_at))
    return replace(answer, lines=(*answer.lines, line))


def of_shelf(words: Words, scanned: CopyScanned) -> Answer:
    """Say what became of a copy that is wanted."""
    values = {
        "pickup": scanned.pickup_name,
        "number": scanned.shelf_number or "",
        "day": words.day(scanned.expires_on) if scanned.expires_on else "",
        "barcode": scanned.barcode,
    }
    return Answer(
        _SCANS.get(scanned.result, "wrong"),
        words.text(f"scan.{scanned.result.value}"),
        scanned.full_title,
        (words.text(f"scan.{scanned.result.value}.detail", **values),),
        number=scanned.shelf_number if scanned.result in {Scan.READY, Scan.ALREADY_READY} else None,
        code=scanned.barcode,
        deed=scanned.deed,
    )


def of_loan(words: Words, lent: Lent) -> Answer:
    """Say until when a copy is lent."""
    lines = [words.count("scan_lent.renewals", lent.renewals_left)]
    if lent.fulfilled_hold is not None:
        lines.append(words.text("scan_lent.fulfilled"))
    head = words.text("scan_lent.head", day=words.day(lent.due_on))
    return Answer("right", head, lent.title, tuple(lines), code=lent.barcode)


def of_renewal(words: Words, renewal: RenewalResult) -> Answer:
    """Say whether a loan was renewed."""
    day = words.day(renewal.due_on)
    if renewal.renewed:
        return Answer("right", words.text("scan_renewed.head", day=day), renewal.title)
    why = tuple(words.text(f"loan.{reason.value}") for reason in renewal.reasons)
    return Answer("wrong", words.text("scan_not_renewed.head", day=day), renewal.title, why)


def of_refused_loan(words: Words, refused: Refused, code: str, title: str = "") -> Answer:
    """Say all that speaks against a loan, and what can be done about it."""
    reasons = [LoanRefusal(reason) for reason in refused.reasons]
    lines = tuple(words.text(f"loan.{reason.value}") for reason in reasons)
    offers = ["return"] if _CALLS_FOR_RETURN & set(reasons) else []
    if LoanRefusal.ON_LOAN_TO_READER in reasons:
        offers.insert(0, "renew")
    all_may_go = bool(reasons) and OVERRIDABLE.issuperset(reasons)
    return Answer(
        "wrong",
        words.text("scan_refused.head"),
        title,
        lines,
        code=code,
        offers=tuple(offers),
        overridable=tuple(reason.value for reason in reasons) if all_may_go else (),
    )


def of_nothing(words: Words, key: str, code: str, *offers: str) -> Answer:
    """Say why nothing was done, under a key with `.detail` beside it."""
    detail = words.text(f"{key}.detail", barcode=code)
    return Answer("wrong", words.text(key), lines=(detail,), code=code, offers=offers)


def _note(words: Words, note: Note) -> str:
    day = words.day(note.on) if note.on else ""
    if note.kind is NoteKind.CHECK_PARTS:
        return words.text("note.check_parts", contents=note.text)
    return words.text(f"note.{note.kind.value}", date=day)
