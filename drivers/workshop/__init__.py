"""What a technician does with readers and tags by hand: find, watch, write.

Beyond `drivers.interface` and `drivers.opening` it knows no reader.
"""
