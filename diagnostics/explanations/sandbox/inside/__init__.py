"""What a loaded model holds: the importance its own library keeps, its trees, its coefficients. Worker only."""
