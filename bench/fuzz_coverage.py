"""Do any bytes crash a codec? The same question as `bench.fuzz_codecs`, guided by line coverage.

`python -m bench.fuzz_coverage` lets libFuzzer (through atheris) search each decoder for inputs that
reach new branches. It wants `pip install --require-hashes -r requirements-fuzz.txt` in `.venv`.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

_COVERED = re.compile(r"cov: (\d+)")
_DONE = re.compile(r"Done (\d+) runs")


@app.command()
def fuzz_coverage(
    inputs: Annotated[int, typer.Option(min=1, help="Inputs for each decoder.")] = 1_000_000,
    seed: Annotated[int, typer.Option(min=1, help="The same seed, the same search.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    target: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Fuzz every decoder. Example: python -m bench.fuzz_coverage --inputs 1000000 --json."""
    if find_spec("atheris") is None:
        typer.echo(
            "atheris is missing: pip install --require-hashes -r requirements-fuzz.txt", err=True
        )
        raise typer.Exit(1)
    if target:
        _search(target, inputs, seed)
    results = [_run(name, inputs, seed) for name in _names()]
    if as_json:
        typer.echo(json.dumps({"inputs": inputs, "seed": seed, "targets": results}))
    else:
        for result in results:
            end = "CRASHED" if result["crashed"] else "no crash"
            typer.echo(
                f"{result['target']:<16} {result['inputs']:>9} inputs  {result['seconds']:>7} s  "
                f"{result['branches']:>5} branches  {end}"
            )
    if any(result["crashed"] for result in results):
        raise typer.Exit(1)


def _names() -> list[str]:
    return [target.name for target in import_module("bench.fuzz_codecs").targets()]


def _run(name: str, inputs: int, seed: int) -> dict[str, Any]:
    """Search one decoder in a process of its own: libFuzzer ends the one that it runs in."""
    command = [sys.executable, "-m", "bench.fuzz_coverage", "--target", name]
    began = time.monotonic()
    done = subprocess.run(
        [*command, "--inputs", str(inputs), "--seed", str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    fed, covered = _DONE.search(done.stderr), _COVERED.findall(done.stderr)
    if done.returncode:
        typer.echo(done.stderr[-2000:], err=True)
    return {
        "target": name,
        "inputs": int(fed.group(1)) if fed else 0,
        "seconds": round(time.monotonic() - began, 1),
        "branches": int(covered[-1]) if covered else 0,
        "crashed": done.returncode != 0,
    }


def _search(name: str, inputs: int, seed: int) -> None:
    """Begin with the valid tags and frames; never returns."""
    atheris: Any = import_module("atheris")
    # Only what is imported within this block is watched, so nothing of it may be imported before.
    with atheris.instrument_imports(include=["drivers"]):
        found = import_module("bench.fuzz_codecs").targets()
    (target,) = (one for one in found if one.name == name)
    corpus = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for number, valid in enumerate(target.seeds):
        (corpus / str(number)).write_bytes(valid)
    options = [f"-runs={inputs}", f"-seed={seed}", "-max_len=400", f"-artifact_prefix={corpus}/"]
    atheris.Setup(
        [sys.argv[0], *options, str(corpus)], lambda data: target.feed(data, Random(seed))
    )
    atheris.Fuzz()


if __name__ == "__main__":
    app(prog_name="python -m bench.fuzz_coverage")
