"""What this machine does with streambot: one scenario a file, each measured here and now, nothing remembered.

A scenario is an async function from a :class:`~streambot.bench.lab.Lab` to figures. Ratios are taken side by side in
one run, because a shared machine is never as fast twice.
"""
