"""What CONTRIBUTING says of sizes: no function over 40 lines, no file over 300."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("kiosk", "catalogue_api", "drivers", "simulator", "bench")
LONGEST_FUNCTION, LONGEST_FILE = 40, 300
TABLES = {
    "drivers/rl866/commands.py",  # a third of it is commands, accesses and error codes by number
}


def shipped() -> list[Path]:
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    # A migration is never edited again: it stays as long as its tables were.
    return sorted(path for path in found if "versions" not in path.parts)


@pytest.mark.server
def test_no_file_and_no_function_is_too_long() -> None:
    too_long = []
    for path in shipped():
        name, text = str(path.relative_to(ROOT)), path.read_text()
        if text.count("\n") > LONGEST_FILE and name not in TABLES:
            too_long.append(name)
        too_long += [
            f"{name}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
        ]
    assert too_long == []
