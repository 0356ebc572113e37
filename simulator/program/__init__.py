"""The simulated reader as a program: a port, a line, a face and a field, and its remote control.

`simulator.program.control.connect` is the way for other programs to lay, lift and break things.
"""
