"""The command line: one file per verb. It prints and exits; nothing below it does."""
