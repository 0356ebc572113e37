"""The RL866 / RL8600 family: frames, commands, reader."""
