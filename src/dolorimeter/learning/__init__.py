"""Learning from pain and relief: tasks, models, measures, fits (Seymour et al. 2005)."""
