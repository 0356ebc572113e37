"""Mail to readers: the words of a notice, the message, the mail server. It decides nothing."""
