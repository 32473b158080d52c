"""Measuring the gateway from outside: cheap clients, and figures as plain dictionaries.

Each function takes addresses and what it needs to get in; none starts a server. They run in a
process of their own, so that the load is not measured with the server.
"""
