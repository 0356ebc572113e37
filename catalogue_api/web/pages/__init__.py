"""What the pages of the librarians' desk and of the readers' portal share; it knows neither."""
