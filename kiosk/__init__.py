"""The program in the wall: reads tags, takes returns, tells the patron and the catalogue.

It knows readers only through `drivers.interface` and the catalogue only through
`catalogue_api.contract`. It may not know reader families, database tables or the simulator.
"""
