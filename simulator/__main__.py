"""`ritournelle-sim`: readers and tags that are not there."""

from simulator.program.commands import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
