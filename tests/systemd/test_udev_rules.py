"""The rules of udev: judged by udev itself, and read as it reads them for the devices they name."""

import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

UDEV = Path(__file__).parents[2] / "systemd" / "udev"
RULES = sorted(UDEV.glob("*.rules"))
ASK_UDEV = """
mount -t tmpfs none /run && mkdir -p /run/udev/rules.d && cp "$1" /run/udev/rules.d/
[ ! -d /dev/char ] || mount -t tmpfs none /dev/char
exec udevadm test --action=add /sys/class/tty/tty
"""
"""In a namespace of its own: nothing of the machine is touched, nothing of it is remembered."""
TERM = re.compile(r"""([A-Z]+)(?:\{(\w+)\})?\s*(==|!=|\+=|=)\s*"([^"]*)"\s*(?:,\s*|$)""")


def said_of(rules: Path) -> list[str]:
    """Return what udev says of a file of rules, line by line."""
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", ASK_UDEV, "sh", str(rules)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    said = (ran.stdout + ran.stderr).splitlines()
    assert any(line.endswith(f"Reading rules file: {_there(rules)}") for line in said), said
    return [line for line in said if line.startswith(f"{_there(rules)}:")]


def _there(rules: Path) -> str:
    return f"/run/udev/rules.d/{rules.name}"


@pytest.mark.server
@pytest.mark.parametrize("rules", RULES, ids=lambda rules: rules.stem)
def test_udev_understands_every_line(rules: Path) -> None:
    assert said_of(rules) == []


@pytest.mark.server
@pytest.mark.parametrize("slip", ['GRUOP="dialout"', 'SUBSYSTEM="tty"', 'MODE=="0660'])
def test_a_slip_of_the_pen_would_be_seen(tmp_path: Path, slip: str) -> None:
    wrong = tmp_path / "60-wrong.rules"
    wrong.write_text(f'SUBSYSTEM=="tty", {slip}\n')
    (said,) = said_of(wrong)
    assert ":1 " in said


def lines() -> Iterator[list[tuple[str, str, str, str]]]:
    """Give each rule as its terms: key, attribute, operator, value."""
    for rules in RULES:
        for line in rules.read_text().splitlines():
            if line and not line.startswith("#"):
                found = list(TERM.finditer(line))
                assert "".join(one[0] for one in found) == line, "nothing stands between the terms"
                yield [(one[1], one[2] or "", one[3], one[4]) for one in found]


def set_for(device: dict[str, str]) -> dict[str, str]:
    """Return what the rules set for a device."""
    given: dict[str, str] = {}
    for terms in lines():
        asked = [one for one in terms if one[2] == "=="]
        if all(
            any(fnmatchcase(device.get(attribute or key, ""), one) for one in value.split("|"))
            for key, attribute, _, value in asked
        ):
            given |= {key: value for key, _, operator, value in terms if operator in {"=", "+="}}
    return given


@pytest.mark.parametrize(
    ("device", "given"),
    [
        ({"KERNEL": "ttyUSB0"}, {"GROUP": "dialout", "MODE": "0660"}),
        ({"KERNEL": "ttyACM3"}, {"GROUP": "dialout", "MODE": "0660"}),
        (
            {"KERNEL": "ttyUSB1", "idVendor": "0d2c"},
            {"GROUP": "dialout", "MODE": "0660", "SYMLINK": "rfid-reader"},
        ),
        ({"KERNEL": "tty1"}, {}),
        ({"KERNEL": "ttyUSB0", "SUBSYSTEM": "usb"}, {}),
    ],
)
def test_what_a_device_is_given(device: dict[str, str], given: dict[str, str]) -> None:
    assert set_for({"SUBSYSTEM": "tty"} | device) == given
