"""Compare the machine with people's coding, and write the validation."""
