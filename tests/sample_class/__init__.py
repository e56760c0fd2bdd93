"""A class for assignment 01: right, wrong, unlucky and hostile submissions, each with its expected scores."""
