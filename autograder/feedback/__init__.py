"""What people read: the student's page and the class report, made from plain data."""
