"""Sets: one item in several parts, each with a tag of its own. It is one return, or none yet."""

from dataclasses import replace

from catalogue_api.contract.returns import PartsCheck
from drivers.interface import Uid
from kiosk.session.states import NO_TAG, Laid, Part, Past, Sets, Stage
from kiosk.tagging import OurItem


def is_set(item: OurItem, sets: Sets) -> bool:
    """Say whether the other parts of an item have tags to be waited for."""
    return sets is Sets.EVERY_PART and item.parts > 1 and item.part > 0


def first_part(laid: Laid, item: OurItem) -> Laid:
    """Begin a set with the part that was read first."""
    return replace(laid, parts=(Part(laid.uid, item.part, present=laid.present),))


def joins(whole: Laid, item: OurItem, sets: Sets) -> bool:
    """Say whether a part just read belongs to a set that is there already.

    A second tag with the same ordinal does not: one of the two says something wrong.
    """
    same = whole.item is not None and bool(whole.parts) and whole.item.barcode == item.barcode
    return same and is_set(item, sets) and item.part not in {part.ordinal for part in whole.parts}


def join(whole: Laid, part: Laid, item: OurItem) -> Laid:
    """Put a part to its set; what was secured of the set says nothing of this part."""
    parts = (*whole.parts, Part(part.uid, item.part, present=part.present))
    return replace(whole, parts=parts, present=whole.present or part.present)


def is_lent_since(whole: Laid, item: OurItem, past: Past | None) -> bool:
    """Say whether a part shows that a set was lent since the return with which it goes on.

    So it is if the part has no past of its own, unless it was missing at that return.
    """
    return whole.recorded and past is None and item.part not in whole.missing


def lacking(laid: Laid) -> tuple[int, ...]:
    """Return the ordinals of the parts that do not lie here and are wanted."""
    if not laid.parts or laid.item is None:
        return ()
    here = {part.ordinal for part in laid.parts if part.present} | set(laid.missing)
    return tuple(one for one in range(1, laid.item.parts + 1) if one not in here)


def move(laid: Laid, uid: Uid, *, present: bool) -> Laid:
    """Note that a tag of this thing came or went: a set is there while any part of it is."""
    if not laid.parts:
        return replace(laid, present=present)
    parts = tuple(
        replace(part, present=present) if part.uid == uid else part for part in laid.parts
    )
    return replace(laid, parts=parts, present=any(part.present for part in parts))


def to_secure(laid: Laid) -> tuple[Uid, ...]:
    """Return the tags on the antenna that are still to be secured."""
    if laid.parts:
        return tuple(
            part.uid for part in laid.parts if part.present and not (part.secured or part.failed)
        )
    return (laid.uid,) if laid.present and laid.uid != NO_TAG else ()


def dealt_with(laid: Laid, uid: Uid, *, well: bool) -> Laid:
    """Note that a tag is secured, or (not `well`) that it never will be."""
    parts = tuple(
        replace(part, secured=well, failed=not well) if part.uid == uid else part
        for part in laid.parts
    )
    return replace(laid, parts=parts)


def is_dealt_with(laid: Laid) -> bool:
    """Say whether every tag of a set is done with: one that never lay here is not."""
    if not laid.parts or laid.item is None:
        return True
    done = {part.ordinal for part in laid.parts if part.secured or part.failed}
    return done | set(laid.missing) >= set(range(1, laid.item.parts + 1))


def is_at_hand(laid: Laid) -> bool:
    """Say whether an item lies here, as far as anybody can tell of one without a tag."""
    return laid.present or laid.uid == NO_TAG


def has_untagged_parts(laid: Laid) -> bool:
    """Say whether an item has parts of which only its reader can say whether they are there."""
    if laid.parts or laid.item is None:
        return False
    return laid.item.parts > 1 or contents(laid) != ""


def contents(laid: Laid) -> str:
    """Return the parts of an item in words, as far as the snapshot knows them."""
    return laid.expected.contents if laid.expected else ""


def check_of(laid: Laid) -> PartsCheck:
    """Return who has looked at its parts: for a set of several tags, the reader of tags itself."""
    if not laid.parts:
        return laid.check
    return PartsCheck.STAFF if laid.missing else PartsCheck.TAGS


def may_be_accepted_incomplete(laid: Laid) -> bool:
    """Say whether staff may let a set go without its missing parts, or unasked."""
    if laid.stage in {Stage.UNCHECKED, Stage.CHECKING}:
        return is_at_hand(laid)
    waits = laid.stage in {Stage.GATHERING, Stage.SETTLED} and not laid.recorded
    return waits and laid.present and bool(laid.parts) and bool(lacking(laid))
