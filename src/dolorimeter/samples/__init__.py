"""Trials by features in: tables, arrays, images, connectivity, epochs; and simulated ones."""
