"""The outbox emptied: letters, reminders, mails that come back, and who wants none."""
