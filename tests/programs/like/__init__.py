"""Programs as people write them: each trains for twenty steps from one seed and keeps `losses`."""
