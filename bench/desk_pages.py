"""Every page of the librarians' desk, by address: one list for the tests and the measurements.

A new page is one line here. What it shows is laid there under the same names by
`desk_world.busy_day` for the tests, and by `bench.year` for the measurements.
"""

from datetime import date, timedelta

PAGES = (
    "/desk/today",
    "/desk/today?only=picks",
    "/desk/today?only=baskets",
    "/desk/scan",
    "/desk/scan?reader=2",
    "/desk/sites/cachan/shelving",
    "/desk/readers",
    "/desk/readers/new",
    "/desk/readers/deletions",
    "/desk/readers/1",
    "/desk/readers/1/edit",
    "/desk/readers/1/history",
    "/desk/readers/1/notices",
    "/desk/readers/1/delete",
    "/desk/titles",
    "/desk/titles?q=t*",
    "/desk/titles?kind=x",
    "/desk/titles/1",
    "/desk/titles/new",
    "/desk/titles/1/edit",
    "/desk/titles/1/items",
    "/desk/titles/1/favourite",
    "/desk/favourites",
    "/desk/items/12",
    "/desk/items/12/edit",
    "/desk/kiosks",
    "/desk/kiosks/pad",
    "/desk/returns?q=12",
    "/desk/returns?kiosk=pad&day=x",
    "/desk/kiosk-tokens",
    "/desk/journal",
    "/desk/journal?day=x",
    "/desk/holds",
    "/desk/titles/11/holds",
    "/desk/holds/1",
    "/desk/holds/3",
    "/desk/holds/to-tell",
    "/desk/holds/letters?to=all",
    "/desk/notices/to-tell",
    "/desk/notices/letters?to=all",
    "/desk/questions",
    "/desk/questions/1",
    "/desk/suggestions",
    "/desk/holds/slips",
    "/desk/agenda",
    "/desk/agenda?as=list",
    "/desk/agenda?month=2026-12",
    "/desk/agenda/events/new",
    "/desk/agenda/events/1",
    "/desk/agenda/events/1/edit",
    "/desk/agenda/events/2/call-off",
    "/desk/agenda/sessions/1",
    "/desk/agenda/sessions/2/move",
    "/desk/agenda/vouchers",
    "/desk/agenda/schemes/new",
    "/desk/computers",
    "/desk/computers/programs",
    "/desk/computers/guests",
    "/desk/computers/book",
    "/desk/computers/slots/3/move",
    "/desk/computers/block",
    "/desk/computers/rooms",
    "/desk/computers/1",
    "/desk/computers/rules",
    "/desk/figures",
    "/desk/figures?first=2026-11-01&last=x&site=nowhere",
    "/desk/figures/year",
    "/desk/site",
    "/desk/help",
    "/desk/nothing-here",
)
SETTINGS = (
    "", "/closures?past=1", "/closures/new", "/closures/1", "/closures/1/remove", "/moves",
    "/calendar?month=2026-12", "/hours", "/holidays", "/rules", "/rules/change", "/bins",
    "/bins/pad", "/staff", "/staff/ana", "/account", "/import", "/places",
    "/places/cachan", "/texts", "/texts/legal/fr",
)  # fmt: skip
OUTSIDE = ("/desk/sign-in",)
"""What is open to who has not signed in."""


def long_pages(today: date) -> tuple[str, ...]:
    """Return what is long in the library of `bench.year`; in no other these addresses say much."""
    yesterday = today - timedelta(days=1)
    return (
        "/desk/readers/3",
        "/desk/titles?q=t*&kind=film",
        "/desk/holds/letters",
        "/desk/holds/slips?all=1",
        f"/desk/returns?kiosk=pad&day={yesterday}",
        f"/desk/returns?kiosk=pad&day={yesterday}&around=15:00",
        f"/desk/journal?day={yesterday}",
        f"/desk/figures?first={today.replace(month=1, day=1)}&last={today}&site=",
    )


SEARCHES = (
    ("/desk/readers", "lectrice"),
    ("/desk/readers", "lectrice 10"),
    ("/desk/holds", "lectrice"),
    ("/desk/holds", "t*"),
)
"""Forms that only look, and what is typed as their `words`: names stay out of addresses."""
