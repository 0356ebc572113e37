"""What stands around a reader in a kiosk: a sorter on its relay board, a receipt printer.

Wire faces know bytes and no time; `mechanics` knows what relays move and what the inputs then say.
"""
