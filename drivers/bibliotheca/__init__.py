"""The 3M / Bibliotheca family (models 210 and 810): frames, commands, reader."""
