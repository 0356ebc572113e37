"""Library computers that are not there: the real program of each, and people who use them.

For trying the desk's page of computers, the portal and a server under use, without any computer.
"""
