"""SQLite as Django's database, with one fair turnstile for everything that writes.

ENGINE = "bitp.events.sqlite". Besides Django's own, OPTIONS may hold turn_wait_s (seconds a
writer waits for its turn), sync_delay_ms (benchmarks: a pause at the end of each write, as on a
slow disk) and synchronous (only for the test that shows what less than FULL loses).
"""
