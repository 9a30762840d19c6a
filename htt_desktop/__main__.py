"""Start the application with ``python -m htt_desktop``."""

import sys

from htt_desktop.app import main

if __name__ == "__main__":
    sys.exit(main())
