"""What every room may import: the settings base, the user's error, names and special ids."""
