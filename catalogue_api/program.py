"""`ritournelle-api`, begun without delay.

While all of the catalogue is loaded, Python's collector of garbage would look at it time and again
and find nothing: two fifths of the time until a command does what it was asked.
"""

import gc


def main() -> None:
    """Load the program, and run it."""
    gc.disable()
    from catalogue_api.__main__ import main as run  # noqa: PLC0415 - not before

    gc.freeze()
    gc.enable()
    run()
