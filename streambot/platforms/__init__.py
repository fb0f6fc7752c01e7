"""Where comments come from and where actions go.

``replay`` and ``demo`` are sources, ``simulated`` and ``manual`` are actuators,
``records`` reads one line of a capture.
A platform imports core and ports only, and never another platform.
"""
