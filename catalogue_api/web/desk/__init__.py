"""The librarians' pages: signed in, rendered on the server, at home without JavaScript."""
