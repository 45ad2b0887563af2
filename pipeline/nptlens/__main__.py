"""``python -m nptlens``."""

from nptlens.cli.main import main

if __name__ == "__main__":
    main()
