"""One module for each command of `esup`."""
