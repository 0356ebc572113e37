"""Forgetting who used a computer, or waited for one, when the time of that is over."""

from datetime import datetime

from sqlalchemy import Delete, Update, and_, delete, update
from sqlmodel import col

from catalogue_api.domain.slots import quarter
from catalogue_api.storage.tables import Booking, BookingQuarter, GuestPass, SlotWish, WalkIn


def anonymise_bookings(before: datetime) -> Update:
    """Take the reader from slots that ended before."""
    over = and_(col(Booking.ended_at) < before, col(Booking.patron_id).is_not(None))
    return update(Booking).where(over).values(patron_id=None)


def forget_wishes(before: datetime) -> Delete:
    """Delete what was waited for, where that ended before."""
    return delete(SlotWish).where(col(SlotWish.ended_at) < before)


def forget_walk_ins(before: datetime) -> Delete:
    """Delete the numbers of those who waited in a room, where that ended before."""
    return delete(WalkIn).where(col(WalkIn.ended_at) < before)


def forget_passes(before: datetime) -> Delete:
    """Delete the codes of guests that were over before."""
    return delete(GuestPass).where(col(GuestPass.expires_at) < before)


def forget_quarters(before: datetime) -> Delete:
    """Delete the quarters of an hour that are over: nobody can want them any more."""
    return delete(BookingQuarter).where(col(BookingQuarter.quarter) < quarter(before))
