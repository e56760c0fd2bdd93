"""An assignment with the challenge of the leaderboard's tests."""
