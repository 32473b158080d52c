"""Storing what people say: from any channel, in batches, each item exactly once."""
