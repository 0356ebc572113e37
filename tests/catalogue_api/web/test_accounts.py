import pytest
from catalogue_world import NOW
from http_world import QUICK
from sqlalchemy import text

from catalogue_api.contract import accounts as contract
from catalogue_api.contract import machinery
from catalogue_api.contract.anomalies import FIND_ANOMALIES, FindAnomalies
from catalogue_api.contract.audit import READ_AUDIT, ReadAudit
from catalogue_api.contract.calendars import SHOW_CALENDAR, CalendarAsked
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.sessions import SEE_SESSION, SIGN_IN_STAFF, SignInStaff
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.storage.engine.errors import StorageConflict

PASSWORD = "correct horse battery"
NEW = contract.NewStaff(name="ana", password=PASSWORD, role=Role.LIBRARIAN, site="cachan")
FIRST_PAGE = contract.FindStaff(cursor="", limit=50)


@pytest.fixture
def caller(world):
    def caller(token: str = "") -> EmbeddedCatalogue:
        return EmbeddedCatalogue(world.database, token, world.rules, world.clock, passwords=QUICK)

    return caller


@pytest.fixture
def root(world, caller) -> EmbeddedCatalogue:
    return caller(world.signed_in(Role.ADMINISTRATOR))


async def problem(asking) -> ProblemType:
    with pytest.raises(Refused) as refusal:
        await asking
    return refusal.value.type


async def sign_in(caller, password: str = PASSWORD, name: str = "ana") -> EmbeddedCatalogue:
    opened = await caller().call(SIGN_IN_STAFF, SignInStaff(name=name, password=password))
    return caller(opened.token)


async def test_an_account_lives_and_ends(world, caller, root) -> None:
    made = await root.call(contract.ADD_STAFF, NEW)
    assert (made.role, made.site, made.version) == (Role.LIBRARIAN, "cachan", 1)
    assert await problem(root.call(contract.ADD_STAFF, NEW)) is ProblemType.CONFLICT
    ana = await sign_in(caller)
    change = contract.StaffChange(role=Role.MANAGER, site="arcueil")
    changed = await root.call(contract.CHANGE_STAFF, change, staff="ana", version=1)
    assert (changed.role, changed.site, changed.version) == (Role.MANAGER, "arcueil", 2)
    stale = root.call(contract.CHANGE_STAFF, change, staff="ana", version=1)
    assert await problem(stale) is ProblemType.CHANGED_MEANWHILE
    assert (await ana.call(SEE_SESSION, Nothing())).role is Role.MANAGER
    gone = contract.StaffChange(role=Role.MANAGER, disabled=True)
    assert (await root.call(contract.CHANGE_STAFF, gone, staff="ana", version=2)).disabled_at == NOW
    assert await problem(ana.call(SEE_SESSION, Nothing())) is ProblemType.NOT_AUTHENTICATED
    assert await problem(sign_in(caller)) is ProblemType.NOT_AUTHENTICATED
    names = [one.name for one in (await root.call(contract.LIST_STAFF, FIRST_PAGE)).staff]
    assert names == ["administrator", "ana"]
    nowhere = contract.StaffChange(role=Role.MANAGER, site="nowhere")
    asked = root.call(contract.CHANGE_STAFF, nowhere, staff="ana", version=3)
    assert await problem(asked) is ProblemType.NOT_FOUND
    asked = root.call(contract.SEE_STAFF, Nothing(), staff="bo")
    assert await problem(asked) is ProblemType.NOT_FOUND


async def test_the_list_of_accounts_has_pages(root) -> None:
    for name in ("ana", "bo", "cy"):
        await root.call(contract.ADD_STAFF, NEW.model_copy(update={"name": name}))
    seen, cursor = [], ""
    while True:
        found = await root.call(contract.LIST_STAFF, contract.FindStaff(cursor=cursor, limit=2))
        seen += [one.name for one in found.staff]
        cursor = found.next
        if not cursor:
            break
    assert seen == ["administrator", "ana", "bo", "cy"]


async def test_there_is_always_an_administrator(world, root) -> None:
    for change in (
        contract.StaffChange(role=Role.MANAGER),
        contract.StaffChange(role=Role.ADMINISTRATOR, disabled=True),
    ):
        asked = root.call(contract.CHANGE_STAFF, change, staff="administrator", version=1)
        assert await problem(asked) is ProblemType.REFUSED_BY_RULE
    other = NEW.model_copy(update={"name": "second", "role": Role.ADMINISTRATOR})
    await root.call(contract.ADD_STAFF, other)
    change = contract.StaffChange(role=Role.MANAGER)
    await root.call(contract.CHANGE_STAFF, change, staff="administrator", version=1)
    asked = root.call(contract.LIST_STAFF, FIRST_PAGE)
    assert await problem(asked) is ProblemType.NOT_ALLOWED


async def test_a_password_that_somebody_else_made_opens_nothing_but_a_new_one(caller, root) -> None:
    given = contract.PasswordGiven(password=PASSWORD)
    for endpoint, body, path in (
        (contract.ADD_STAFF, NEW, {}),
        (contract.SET_STAFF_PASSWORD, given, {"staff": "ana"}),
    ):
        assert (await root.call(endpoint, body, **path)).password_given
        opened = await caller().call(SIGN_IN_STAFF, SignInStaff(name="ana", password=PASSWORD))
        assert opened.password_given
        ana = caller(opened.token)
        with pytest.raises(Refused) as refused:
            await ana.call(contract.LIST_STAFF, FIRST_PAGE)
        assert refused.value.type is ProblemType.NOT_ALLOWED
        with pytest.raises(Refused) as refused:
            await ana.call(FIND_ANOMALIES, FindAnomalies())
        assert refused.value.reasons == (contract.PASSWORD_GIVEN,)
        await ana.call(SHOW_CALENDAR, CalendarAsked(), site="cachan")  # anybody may ask this
        same = contract.PasswordChange(password=PASSWORD, new_password=PASSWORD)
        assert (
            await problem(ana.call(contract.CHANGE_PASSWORD, same)) is ProblemType.REFUSED_BY_RULE
        )
        own = same.model_copy(update={"new_password": "staple battery horse"})
        await ana.call(contract.CHANGE_PASSWORD, own)
        await ana.call(FIND_ANOMALIES, FindAnomalies())
        assert not (await root.call(contract.SEE_STAFF, Nothing(), staff="ana")).password_given
    own = contract.PasswordGiven(password="an administrator’s own choice")
    mine = await root.call(contract.SET_STAFF_PASSWORD, own, staff="administrator")
    assert not mine.password_given


async def test_passwords_are_set_and_changed(world, caller, root) -> None:
    await root.call(contract.ADD_STAFF, NEW)
    ana, elsewhere = await sign_in(caller), await sign_in(caller)
    change = contract.PasswordChange(password="wrong", new_password="staple battery horse")
    asked = ana.call(contract.CHANGE_PASSWORD, change)
    assert await problem(asked) is ProblemType.REFUSED_BY_RULE
    right = change.model_copy(update={"password": PASSWORD})
    await ana.call(contract.CHANGE_PASSWORD, right)
    assert (await ana.call(SEE_SESSION, Nothing())).name == "ana"
    assert await problem(elsewhere.call(SEE_SESSION, Nothing())) is ProblemType.NOT_AUTHENTICATED
    assert await problem(sign_in(caller)) is ProblemType.NOT_AUTHENTICATED
    ana = await sign_in(caller, "staple battery horse")
    given = contract.PasswordGiven(password="a third long password")
    await root.call(contract.SET_STAFF_PASSWORD, given, staff="ana")
    assert await problem(ana.call(SEE_SESSION, Nothing())) is ProblemType.NOT_AUTHENTICATED
    ana = await sign_in(caller, "a third long password")
    for _ in range(5):
        assert await problem(ana.call(contract.CHANGE_PASSWORD, change)) is (
            ProblemType.REFUSED_BY_RULE
        )
    assert await problem(ana.call(contract.CHANGE_PASSWORD, right)) is ProblemType.TOO_MANY_REQUESTS


async def test_tokens_of_kiosks_and_programs(world, caller, root) -> None:
    place = machinery.KioskPlace(site="arcueil")
    first = await root.call(machinery.GIVE_KIOSK_TOKEN, place, kiosk="hall")
    second = await root.call(machinery.GIVE_KIOSK_TOKEN, place, kiosk="hall")
    assert first.token != second.token
    page = machinery.FindMachinery(cursor="", limit=50)
    listed = (await root.call(machinery.LIST_KIOSKS, page)).kiosks
    assert [(one.name, one.site) for one in listed] == [
        ("a/b c", "arcueil"), ("hall", "arcueil"), ("pad", "cachan"),
    ]  # fmt: skip
    revoked = await root.call(machinery.REVOKE_KIOSK_TOKEN, Nothing(), kiosk="hall")
    assert revoked.revoked_at == NOW
    portal = await root.call(machinery.GIVE_MACHINE_TOKEN, Nothing(), machine="portal")
    asked = caller(portal.token).call(machinery.LIST_MACHINES, page)
    assert await problem(asked) is ProblemType.NOT_ALLOWED
    await root.call(machinery.REVOKE_MACHINE_TOKEN, Nothing(), machine="portal")
    asked = caller(portal.token).call(machinery.LIST_MACHINES, page)
    assert await problem(asked) is ProblemType.NOT_AUTHENTICATED
    (listed,) = (await root.call(machinery.LIST_MACHINES, page)).machines
    assert listed.revoked_at == NOW
    for name in ("a:b", " a", "x" * 65, "a\nb"):
        asked = root.call(machinery.GIVE_MACHINE_TOKEN, Nothing(), machine=name)
        assert await problem(asked) is ProblemType.INVALID_REQUEST
    stored = str(world.rows("SELECT * FROM kiosks") + world.rows("SELECT * FROM machines"))
    assert not any(given.token in stored for given in (first, second, portal))


async def test_the_audit_says_who_did_what_and_no_secret(world, caller, root) -> None:
    await root.call(contract.ADD_STAFF, NEW)
    ana = await sign_in(caller)
    new = contract.PasswordChange(password=PASSWORD, new_password="staple battery horse")
    await ana.call(contract.CHANGE_PASSWORD, new)
    given = await root.call(machinery.GIVE_MACHINE_TOKEN, Nothing(), machine="portal")
    first = await root.call(READ_AUDIT, ReadAudit(cursor="", limit=2))
    rest = await root.call(READ_AUDIT, ReadAudit(cursor=first.next, limit=2))
    told = [(one.actor, one.action, one.subject) for one in first.entries + rest.entries]
    assert told == [
        ("administrator:administrator", "machine_token_given", "machine:portal"),
        ("librarian:ana", "own_password_changed", "staff:ana"),
        ("administrator:administrator", "staff_added", "staff:ana"),
    ]
    assert rest.next == ""
    stored = str(world.rows("SELECT * FROM audit") + world.rows("SELECT * FROM idempotency_keys"))
    for secret in (PASSWORD, "staple", given.token, "argon2"):
        assert secret not in stored
    only = await root.call(READ_AUDIT, ReadAudit(actor="librarian:ana", cursor="", limit=50))
    assert len(only.entries) == 1
    for never in (
        ReadAudit(action="nothing", cursor="", limit=50),
        ReadAudit(subject="nothing", cursor="", limit=50),
        ReadAudit(until=NOW, cursor="", limit=50),
    ):
        assert (await root.call(READ_AUDIT, never)).entries == ()
    assert len((await root.call(READ_AUDIT, ReadAudit(since=NOW, cursor="", limit=9))).entries) == 3


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit", "UPDATE audit SET detail = '{}'"],
)
async def test_the_database_itself_keeps_the_audit(world, root, statement) -> None:
    await root.call(contract.ADD_STAFF, NEW)
    with pytest.raises(StorageConflict, match="audit log is"):
        world.database.write_now(lambda db: db.execute(text(statement)))
    assert world.row("SELECT count(*) FROM audit") == (1,)
