"""The FEIG OBID family in ISO host mode: frames, commands, reader."""
