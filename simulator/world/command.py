"""`ritournelle-sim fuzz`: play worlds from seeds, on a technician's machine or in CI."""

import json
import os
from typing import Annotated

import typer


def fuzz(
    seeds: Annotated[str, typer.Option(help="Which worlds: FIRST:END, without END.")] = "0:100",
    jobs: Annotated[int, typer.Option(min=1, help="Processes at once.")] = 1,
    show: Annotated[bool, typer.Option("--show", help="Print each whole history.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Play kiosks and catalogue in virtual time, with seeded faults, and check what must hold.

    Example: ritournelle-sim fuzz --seeds 0:2000 --jobs 2 --json
    """
    wanted = _range(seeds)
    # What it plays is the whole house: the other commands need not load it.
    from simulator.world import fuzzing  # noqa: PLC0415

    fuzzing.be_quiet()
    if show:
        for seed in wanted:
            for line in fuzzing.show(seed).story.lines:
                typer.echo(line)
        return
    total = fuzzing.Tally()
    for total in fuzzing.fuzz(wanted, jobs):
        if not as_json and os.isatty(2):
            done = f"{total.seeds}/{len(wanted)} worlds, {len(total.violations)} violations"
            typer.echo(f"\r{done}", nl=False, err=True)
    _report(total.as_json(), as_json=as_json)
    if total.violations:
        raise typer.Exit(1)


def _range(seeds: str) -> range:
    first, colon, end = seeds.partition(":")
    try:
        found = range(int(first), int(end) if colon else int(first) + 1)
    except ValueError:
        found = range(0)
    if not found:
        raise typer.BadParameter(f"{seeds!r} names no seeds: write FIRST:END, such as 0:100")
    return found


def _report(found: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    violations = found.pop("violations")
    for name, value in found.items():
        typer.echo(f"{name.replace('_', ' '):<14} {value}")
    if isinstance(violations, list):
        for violation in violations:
            typer.echo(f"\nseed {violation['seed']}: {violation['invariant']}")
            typer.echo(violation["detail"])
            typer.echo("\n".join(violation["history"]))
    typer.echo(f"violations     {len(violations) if isinstance(violations, list) else 0}")
