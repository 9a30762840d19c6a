"""Charts of a season: every one is a widget that takes records and paints itself.

A chart turns what it is shown into a scene of plain shapes (``plot_scene``); one frame lays
the scene out for a size, paints it and answers pointer and keyboard.
"""
