"""BitP: a trading platform whose customers always reach a human."""

__version__ = "0.1.0"
