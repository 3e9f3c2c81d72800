"""Other frameworks' conventions, against the answers that these frameworks gave."""
