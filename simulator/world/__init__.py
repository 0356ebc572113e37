"""A town in which time is virtual and every fault is seeded: the proof that no return is lost.

Real kiosks (session, journal, delivery, drivers) and the catalogue's real services run in one
process, around simulated metal, disks, networks and people. One seed is one exact history. This
is the one part of the simulator that knows the kiosk.
"""
