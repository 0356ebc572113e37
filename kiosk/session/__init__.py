"""The visit of a patron as a pure state machine: `machine.advance(session, event)`.

It knows no clock, no log and no I/O. Times and identifiers arrive in events, time-outs are
events, and everything that must happen outside leaves as an effect. The order for each item is
fixed: read, record (on disk), ask the catalogue, secure the tag and read it back, tell.
"""
