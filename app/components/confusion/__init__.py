"""The confusion matrix, its classes and their errors."""
