"""The readers' portal: pages for whoever looks for something, and for readers who signed in."""
