"""Arrays in, arrays out: all speed."""
