"""The polkit rule, run as the script that it is."""

from pathlib import Path

import pytest

RULE = Path(__file__).parents[2] / "systemd" / "polkit" / "50-ritournelle-pcsc.rules"
READERS, CARDS = "org.debian.pcsc-lite.access_pcsc", "org.debian.pcsc-lite.access_card"
ASKED = """([text, id, user]) => {
    const rules = [];
    const polkit = { Result: { YES: "yes" }, addRule: (rule) => rules.push(rule) };
    new Function("polkit", text)(polkit);
    return rules.map((rule) => rule({ id }, { user }) || null);
}"""


@pytest.mark.parametrize(
    ("action", "user", "says"),
    [
        (READERS, "ritournelle", "yes"),
        (CARDS, "ritournelle", "yes"),
        (READERS, "somebody", None),
        ("org.freedesktop.login1.reboot", "ritournelle", None),
    ],
)
async def test_the_kiosk_may_use_readers_and_cards_and_nothing_else(page, action, user, says):
    opened = await page()
    assert await opened.evaluate(ASKED, [RULE.read_text(), action, user]) == [says]
