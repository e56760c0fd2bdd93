"""What a student does from the terminal of the kit: look at the course, hand in, take a newer kit over."""
