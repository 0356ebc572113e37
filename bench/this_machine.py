"""What is to be known of the machine on which something was measured."""

import os
import platform


def this_machine() -> dict[str, object]:
    """Return its system, Python and number of cores, and how busy it is: the load averages."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }
