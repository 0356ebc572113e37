"""The program that guards a library computer: a reference for the lock screen of any desktop.

It knows the contract and nothing else of the catalogue. `machine` is pure and decides everything;
`running` carries it out; `panels` are the two ways in which it speaks: to a person in a terminal,
and in lines of JSON to a lock screen.
"""
