"""Every door to the outside world: sizes, archives, XML, paths, spreadsheets, network."""
