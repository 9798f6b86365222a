"""Prediction files: any table with a truth and an answer, stored as Parquet, its columns put to roles.

`read` gives one `Predictions` for each model or output in the file; `answered` applies what the user said about the
questions it carries; `join_labels` puts the truth of a second file beside the answers. Only pyarrow, numpy and DuckDB
touch the rows; nothing loads a table whole.
"""

from diagnostics.readers.predictions.answers import answered, shape_key
from diagnostics.readers.predictions.labels import join_labels
from diagnostics.readers.predictions.reading import read
from diagnostics.readers.predictions.sniffing import confidence

__all__ = ["answered", "confidence", "join_labels", "read", "shape_key"]
