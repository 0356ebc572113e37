"""Public computers: slots, blocks, walk-ins, waiting, and the programs that guard them."""
