"""Private keys: read from files, made, and kept in the system's keyring and nowhere else.

Only :mod:`~htt_desktop.sources.credentials.keyring_keys` and
:mod:`~htt_desktop.sources.credentials.system_keyring` know the keyring; the other modules may
be imported from everywhere.
"""
