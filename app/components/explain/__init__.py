"""Explanations: of a row, of all rows, of the errors, and the model they speak of."""
