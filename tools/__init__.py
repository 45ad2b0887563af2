"""What keeps the repository's lists true: lock files and licences."""
