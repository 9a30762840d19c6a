"""Charts of one comparison: the stack of linked plots and the track map.

``panel_data``, ``readings`` and the other modules without a widget hold finished arrays
and plain numbers and never load Qt; the widgets only place them on the screen.
"""
