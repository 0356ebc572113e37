"""`ritournelle-sim`: readers and tags that are not there."""

from simulator.computers.command import computers
from simulator.program import device_commands  # noqa: F401 - it adds its commands
from simulator.program.commands import app
from simulator.world.command import fuzz

app.command()(fuzz)
app.command()(computers)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
