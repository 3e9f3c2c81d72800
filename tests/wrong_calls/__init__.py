"""Random wrong calls: every public function and method, handed what it does not take."""
