import json
import subprocess
import sys

import pytest


@pytest.mark.server
def test_the_api_is_measured_over_its_floors() -> None:
    program = subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.api",
            "--check-ins",
            "200",
            "--databases",
            "sqlite",
            "--json",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    report = json.loads(program.stdout)
    ours = report["sqlite"]["ours"]
    assert set(ours) == {"1", "8", "64"}
    assert all(case["per_second"] > 0 for case in ours.values())
    assert report["sqlite"]["batches"]["per_second"] > 0
    assert all(ratio > 0 for ratio in report["sqlite"]["ratio_to_bare_driver"].values())
    assert all(ratio > 0 for ratio in report["sqlite"]["growth"].values())
