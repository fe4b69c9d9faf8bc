"""Model-based fMRI: designs, models of one person and of the group, courses, maps of models."""
