"""streambot moderates live-shopping comments while the broadcast is on air."""

__version__ = "0.1.0"
