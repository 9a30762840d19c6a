"""Everything on screen about Snowflake: profiles, keys, tests, queries, transfers, the badge.

Nothing here blocks, reads a file or holds a private key; the work is done by
:class:`~htt_desktop.workers.connection_service.ConnectionService`.
"""
