"""What was fetched from the server, kept on this computer to be seen without it.

Layout, below one folder per table::

    table-<digest>/races.json                       races that the server offered
    table-<digest>/<track>_r<race>/inventory.json   drivers and laps that it listed
    table-<digest>/<track>_r<race>/contents.<digest>.json   a race's contents, once
    table-<digest>/<track>_r<race>/car-<number>.<digest>.parquet   rows of one car, a pack
    table-<digest>/<track>_r<race>/car-<number>.json   the entry: what belongs together

There is no common index: each entry is a file of its own that is replaced in one step, so two
instances of the program can neither tear nor lose an index. An entry is used last when its file
was changed last: reading sets that time, which every file system keeps (the time of access,
which many do not keep, would not do).
"""
