"""Rows of a file, and the file as it is → the file as it shall be."""
