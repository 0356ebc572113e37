"""A whole library on one machine: catalogue, simulated reader and kiosk as separate processes.

It drives the programs as a technician would, by their command lines and addresses only; it
imports neither the kiosk nor the catalogue.
"""
