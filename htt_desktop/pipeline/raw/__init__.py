"""Raw logger files: long and wide, CSV, gzip and Parquet, streamed and pivoted per car."""
