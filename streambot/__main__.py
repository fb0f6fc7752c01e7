"""``python -m streambot`` and the ``streambot`` command."""

from streambot.cli import main

if __name__ == "__main__":
    main()
