"""What an instructor reads and does: a web page on this machine, over nbgrader's gradebook and the record."""
