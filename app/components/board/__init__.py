"""The error board: columns, cards, and what moves them."""
