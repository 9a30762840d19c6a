"""The frame around the tabs: header, status line, palette, overlays."""
