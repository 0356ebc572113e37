"""One module for each revision; none is edited once it has been released."""
