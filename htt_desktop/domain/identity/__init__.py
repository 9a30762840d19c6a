"""Who was it: which official entry a recording belongs to.

Start in ``entry_match``: lap times decide. ``candidates`` says how well each entry explains a
recording, ``interleaved`` whether its rows are of one car at all.
"""
