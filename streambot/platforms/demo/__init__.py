"""The demo room: a seeded, believable live-shopping broadcast in five languages, made without a network.

``lines/*.toml`` is what people say, ``script`` loads it, ``hands`` is how each of them types, ``cast`` is who they are,
``scenes`` what happens when; ``broadcast`` writes it all down as comments, ``source`` plays it in real time.
"""

from streambot.platforms.demo.broadcast import broadcast
from streambot.platforms.demo.source import DemoSource

__all__ = ["DemoSource", "broadcast"]
