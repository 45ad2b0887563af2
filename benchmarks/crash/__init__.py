"""`make crash`: kills, failing disks, flipped bits and runs at once must change no result and give no wrong answer."""
