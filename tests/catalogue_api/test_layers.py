import ast
import subprocess
import sys
from pathlib import Path

import pytest

import catalogue_api

HERE = Path(catalogue_api.__file__).parent


def test_the_domain_stands_on_the_standard_library_alone() -> None:
    for path in (HERE / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("catalogue_api.domain")


@pytest.mark.server
def test_the_contract_loads_no_framework() -> None:
    program = (
        "import sys, catalogue_api.contract.all\n"
        "print(*(name for name in ('aiohttp', 'sqlmodel', 'sqlalchemy') if name in sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""
