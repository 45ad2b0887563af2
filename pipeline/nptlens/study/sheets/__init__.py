"""Coding sheets: drawn for coding blind, imported when filled in, adjudicated."""
